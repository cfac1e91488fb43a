import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import type { BuildOptions, Plugin } from "esbuild";
import { bundles, common } from "../build/bundles.ts";
import { withEmbeddedWorkers } from "../build/embed-workers.ts";
import { mutate } from "./mutants.ts";
import { bundleOpening } from "./switch.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Puts the switches of all mutants into the sources of impl/ as they are bundled. */
const switched = (options: BuildOptions): Plugin => ({
  name: "switched",
  setup(builder) {
    builder.onLoad({ filter: /\/impl\/.*\.ts$/ }, async ({ path: file }) => {
      const { code } = mutate(await readFile(file, "utf8"), path.relative(root, file));
      // Workers have no steps of the text in them: they are as they are. Only the first plugin that loads a file is asked.
      return { contents: await withEmbeddedWorkers(code, file, options), loader: "ts" };
    });
  },
});

/** Builds the bundle for the web-platform-tests with every mutant in it, each behind its switch. */
export async function buildSwitchedBundle(outfile: string): Promise<void> {
  const testing = bundles.find((bundle) => bundle.outfile === "dist/testing.js")!;
  await build({
    absWorkingDir: root,
    entryPoints: [testing.entry],
    bundle: true,
    logLevel: "warning",
    ...testing.options,
    plugins: [switched(common), ...(testing.options.plugins ?? [])],
    banner: { js: bundleOpening },
    outfile,
  });
}
