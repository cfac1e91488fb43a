import { readFile } from "node:fs/promises";
import path from "node:path";
import * as esbuild from "esbuild";
import type { BuildOptions, Plugin } from "esbuild";

/** How a module names the script of a worker: the way that browsers and other bundlers understand, too. */
export const scriptOfAWorker = /new URL\(\s*"(?<file>\.[^"]+\.worker\.ts)",\s*import\.meta\.url,?\s*\)/g;

/**
 * Puts the script of a worker, bundled, into the bundle that starts it:
 *
 *     new Worker(new URL("./storage.worker.ts", import.meta.url))
 *
 * A worker's script must be of the page's own origin, and a polyfill often is not: as a part of it, it always starts.
 */
export function embedWorkers(options: BuildOptions): Plugin {
  return {
    name: "embed-workers",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
        const source = await readFile(file, "utf8");
        const contents = await withEmbeddedWorkers(source, file, options);
        return contents === source ? undefined : { contents, loader: "ts" };
      });
    },
  };
}

/** The source of a module, with the scripts of the workers that it starts in it. */
export async function withEmbeddedWorkers(
  source: string,
  file: string,
  options: BuildOptions,
): Promise<string> {
  let contents = source;
  for (const match of source.matchAll(scriptOfAWorker)) {
    const worker = path.resolve(path.dirname(file), match.groups!["file"]!);
    const text = JSON.stringify(await bundleWorker(worker, options));
    contents = contents.replace(
      match[0],
      () => `URL.createObjectURL(new Blob([${text}], { type: "text/javascript" }))`,
    );
  }
  return contents;
}

async function bundleWorker(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await esbuild.build({
    ...options,
    entryPoints: [entry],
    bundle: true,
    format: "iife",
    sourcemap: false,
    legalComments: "none",
    write: false,
    outfile: "worker.js",
  });
  return outputFiles[0]!.text;
}
