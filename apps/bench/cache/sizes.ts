import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Laboratory } from "../harness/laboratory.ts";
import type { Measuring } from "./measuring.ts";
import type { BenchFile } from "./page/arm.ts";

/** What a page fetches of us, in bytes. */
export interface Sizes {
  /** Scripts, compressed. */
  readonly scripts: number;
  /** Of the runtime, as they are. */
  readonly runtime: number;
}

/**
 * What a page that uses only the cache fetches of this package, through the public entry point of this name. Counted by the
 * server, so that nothing that comes later by itself is left out. Null where it cannot be told.
 */
export async function measureSizes(
  { laboratory, files, failures }: Measuring,
  folder: string,
  entryPoint: string,
): Promise<Sizes | null> {
  const smallest = Math.min(...files.keys());
  try {
    await laboratory.server.begin();
    await useTheCache(laboratory, scriptOf(entryPoint), files.get(smallest)!);
    const { others } = await laboratory.server.tally();
    const sizes = { scripts: 0, runtime: 0 };
    for (const name of new Set(others.filter((each) => each.startsWith("/dist/")))) {
      const bytes = await readFile(path.join(folder, name));
      if (name.startsWith("/dist/onnxruntime/")) sizes.runtime += bytes.length;
      else sizes.scripts += gzipSync(bytes, { level: 9 }).length;
    }
    return sizes;
  } catch (error) {
    failures.push(`sizes, ${entryPoint}: ${String(error)}`);
    return null;
  }
}

function scriptOf(entryPoint: string): string {
  const { exports } = createRequire(import.meta.url)("../../../package.json") as {
    exports: Readonly<Record<string, { default: string } | undefined>>;
  };
  const found = exports[entryPoint];
  if (found === undefined) throw new Error("The package has no such entry point.");
  return found.default.replace("./", "/");
}

/** Has a page that has nothing else load a script of ours, and fetch a file with it. */
function useTheCache(laboratory: Laboratory, script: string, file: BenchFile): Promise<void> {
  return laboratory.withPage("sizes", "empty.html", (page) =>
    page.evaluate(
      async (module, descriptor) => {
        const loaded = (await import(module)) as { modelCache?: ModelCache };
        const cache = loaded.modelCache ?? (navigator as unknown as { modelCache: ModelCache }).modelCache;
        await (await cache.fetch(descriptor)).arrayBuffer();
        await cache.delete(descriptor.digest);
      },
      script,
      { digest: file.wholeFileDigest, size: file.size, urls: [file.url] },
    ),
  );
}

/** The part of it that is used here. */
interface ModelCache {
  fetch(file: object): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;
  delete(digest: string): Promise<boolean>;
}
