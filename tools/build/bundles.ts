import type { BuildOptions, Plugin } from "esbuild";
import { dropAssertions } from "./drop-assertions.ts";
import { embedWorkers } from "./embed-workers.ts";
import { inOnePiece } from "./in-one-piece.ts";
import { withoutASharedStore } from "./without-a-shared-store.ts";

/** One file of `dist/`, and how esbuild makes it. */
export interface Bundle {
  /** What is made, from the root of the repository. */
  readonly outfile: string;
  /** What it is made from. */
  readonly entry: string;
  readonly options: BuildOptions;
  /** The most that it may weigh, in bytes, compressed by gzip at its best. The build fails above. */
  readonly limit?: number;
}

/** The oldest browsers that have what the implementation builds on: URL.parse(), Promise.withResolvers(), resizable buffers. */
const target = ["chrome126", "firefox128", "safari18"];

/** For pages, where there is no name for the constructor of shared buffers. */
export const common: BuildOptions = {
  platform: "browser",
  target,
  inject: ["impl/install/shared-array-buffer.ts"],
};

const minified: BuildOptions = { ...common, minify: true, plugins: [dropAssertions, withoutASharedStore] };

/** Readable, and true to the text to the last assertion. */
const forTests: BuildOptions = { ...common, plugins: [embedWorkers(common)] };

/** For Node: its own modules stay outside, and the runtime, which is not all JavaScript. */
const forNode: BuildOptions = { platform: "node", target: "node24", external: ["onnxruntime-node"] };

/** Modules that use the cache: they import it from its own file, so that a page that takes several has one cache. */
const theCacheApart: Plugin = {
  name: "the-cache-apart",
  setup(build) {
    build.onResolve({ filter: /^\.\/cache\.ts$/ }, () => ({ path: "./cache.js", external: true }));
  },
};

function besideTheCache(name: string, limit = 1050): Bundle {
  const options: BuildOptions = { ...minified, format: "esm", plugins: [theCacheApart] };
  return { outfile: `dist/${name}.js`, entry: `impl/${name}.ts`, options, limit };
}

/** In the order of their making: a bundle may hold an earlier one. */
export const bundles: readonly Bundle[] = [
  {
    outfile: "dist/polyfill.js",
    entry: "impl/polyfill.ts",
    options: inOnePiece(minified, []),
    limit: 44_400,
  },
  {
    outfile: "dist/ponyfill.js",
    entry: "impl/ponyfill.ts",
    options: inOnePiece(minified, [
      ...["HybridModel", "ModelRunError", "createHybridAI", "modelCache", "modelCapabilities"],
    ]),
    limit: 44_400,
  },
  {
    outfile: "dist/cache.js",
    entry: "impl/cache.ts",
    options: inOnePiece(minified, ["digestOf", "modelCache"]),
    limit: 24_600,
  },
  ...["onnxruntime-web", "import", "service-worker", "cross-origin-storage"].map((name) =>
    besideTheCache(name),
  ),
  // It verifies what others fetch, too, and says what to do where that cannot be.
  besideTheCache("transformers", 3200),
  { outfile: "dist/testing.js", entry: "impl/testing.ts", options: { ...forTests, format: "iife" } },
  {
    outfile: "dist/testing-cache.js",
    entry: "impl/testing-cache.ts",
    options: { ...forTests, format: "iife" },
  },
  { outfile: "dist/node.js", entry: "impl/node.ts", options: { ...forNode, format: "esm" } },
];
