import { copyFile, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { root } from "../../../tools/setup/where.mjs";

export interface Site {
  /** The folder of the sources. */
  readonly source: string;
  /** The scripts of pages and workers in it. */
  readonly scripts: readonly string[];
  /** The pages in it. */
  readonly pages: readonly string[];
  /** Other names of modules. */
  readonly alias?: Readonly<Record<string, string>>;
}

/** Makes the folder that a benchmark's server sends from: its pages and scripts with what these import, of this package the bundles in `dist/`. */
export async function buildSite(name: string, { source, scripts, pages, alias }: Site): Promise<string> {
  const folder = path.join(root, "build/bench/site", name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: scripts.map((script) => path.join(source, script)),
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome126", "firefox128"],
    logLevel: "warning",
    alias: { ...alias },
    plugins: [nothingOfNode],
  });
  for (const page of pages) await copyFile(path.join(source, page), path.join(folder, page));
  return folder;
}

/** What a package imports of Node and uses in Node alone. */
const nothingOfNode: Plugin = {
  name: "nothing of Node",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "nothing" }));
    build.onLoad({ filter: /./, namespace: "nothing" }, () => ({ contents: "export default {};" }));
  },
};
