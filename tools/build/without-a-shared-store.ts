import type { Plugin } from "esbuild";

/** What the algorithms of visibility come to for a user agent that has no shared store, as a page's script never has one. */
const instead: Readonly<Record<string, string>> = {
  "take-what-is-shared.ts": "export async function takeWhatIsShared() {}",
  "visibility.ts": "export async function settleTheVisibility() {}",
};

/** Leaves out of a bundle what is done with files that other sites have stored: the browser's host has nothing of them. */
export const withoutASharedStore: Plugin = {
  name: "without-a-shared-store",
  setup(build) {
    build.onLoad({ filter: /impl\/model-cache\/(take-what-is-shared|visibility)\.ts$/ }, ({ path }) => {
      return { contents: instead[path.replace(/.*\//, "")]!, loader: "ts" };
    });
  },
};
