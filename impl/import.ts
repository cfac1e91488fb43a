import type { ModelCache, ModelFile } from "../idl/page-types.ts";
import type { FileNote } from "./adapters/file-note.ts";
import { importABlob } from "./adapters/import-model-file.ts";
import { notesIn } from "./adapters/notes.ts";
import { digestOf, modelCache as ownModelCache } from "./cache.ts";

export interface ImportOptions {
  /** The cache to bring the bytes into; by default that of the browser, or else of `hybrid-ai/cache`. */
  readonly modelCache?: ModelCache;
  readonly signal?: AbortSignal;
}

/**
 * Brings bytes of whatever origin into the model cache, without a download: they are hashed, and kept under the digest that they
 * have. Compare it with the one that you expect.
 *
 * They pass through a blob, which the browser keeps on the disk where it is large; service workers cannot make its URL.
 */
export async function importModelFile(
  bytes: Blob | Response | ReadableStream<Uint8Array>,
  options: ImportOptions = {},
): Promise<ModelFile> {
  const { modelCache = navigator.modelCache ?? ownModelCache, signal } = options;
  const response = bytes instanceof Blob ? null : bytes instanceof Response ? bytes : new Response(bytes);
  const blob = response === null ? (bytes as Blob) : await response.blob();
  return importABlob(blob, modelCache, digestOf, signal === undefined ? {} : { signal });
}

export interface CacheImportOptions extends ImportOptions {
  /** Which of the responses to import; all that were successful, by default. */
  readonly filter?: (url: string) => boolean;
  /** Whether to delete each response once its bytes are in the model cache. */
  readonly move?: boolean;
}

/**
 * Imports what a cache of the Cache API holds, one response after another. The adapters of this package then find each
 * file by the URL that it was stored under.
 *
 * Returns the files that came, by their URLs.
 */
export async function importCacheStorage(
  cacheName: string,
  { filter = () => true, move = false, ...options }: CacheImportOptions = {},
): Promise<Map<string, ModelFile>> {
  const notes = notesIn(caches);
  const files = new Map<string, ModelFile>();
  if (!(await caches.has(cacheName))) return files;
  const cache = await caches.open(cacheName);
  for (const request of await cache.keys()) {
    const { url } = request;
    const response = filter(url) ? await cache.match(request) : undefined;
    if (response === undefined || response.status !== 200) continue;
    const type = response.headers.get("Content-Type") ?? "application/octet-stream";
    const file = await importModelFile(response, options);
    await notes.write(url, { digest: file.digest, size: file.size, type } satisfies FileNote);
    if (move) await cache.delete(request);
    files.set(url, file);
  }
  return files;
}
