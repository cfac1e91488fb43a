import type { ModelCache, ModelFetchOptions, ModelFile, ModelFileDescriptor } from "../idl/page-types.ts";
import { modelCache as ownModelCache } from "./cache.ts";

interface CrossOriginStorageOptions {
  readonly create?: boolean;
  readonly origins?: string | readonly string[];
}

type GetFileHandle = (
  hash: { readonly algorithm: "SHA-256"; readonly value: string },
  options?: CrossOriginStorageOptions,
) => Promise<FileSystemFileHandle>;

/** https://github.com/WICG/cross-origin-storage : the second name is the older one. */
type CrossOriginStorageManager = Partial<Record<"getFileHandle" | "requestFileHandle", GetFileHandle>>;

export interface SharingOptions {
  readonly modelCache?: ModelCache;
  /** The origins that may have what this one stores, or "*"; by default nothing is stored for others, and only taken. */
  readonly origins?: string | readonly string[];
}

/**
 * A model cache that asks `navigator.crossOriginStorage` for a file before it asks the network, where the browser has such a
 * thing. What comes out of it is a source like any URL: it is verified by the cache, and the network is asked where it is not
 * the file. Digests of whole files only: it does not know others.
 *
 *     const modelCache = withCrossOriginStorage();
 *     useModelCache(env, { modelCache });
 */
export function withCrossOriginStorage(options: SharingOptions = {}): ModelCache {
  const { modelCache = navigator.modelCache ?? ownModelCache, origins } = options;
  const storage = (navigator as { crossOriginStorage?: CrossOriginStorageManager }).crossOriginStorage;
  const getFileHandle = storage?.getFileHandle ?? storage?.requestFileHandle;
  if (getFileHandle === undefined) return modelCache;

  /** The file as others have stored it, as far as this origin may know. */
  async function sharedCopyOf(digest: string): Promise<Blob | null> {
    const hash = hashOf(digest);
    if (hash === null) return null;
    try {
      return await (await getFileHandle!.call(storage, hash)).getFile();
    } catch {
      return null;
    }
  }

  async function share(file: ModelFile): Promise<void> {
    const hash = hashOf(file.digest);
    if (hash === null || origins === undefined) return;
    const handle = await getFileHandle!.call(storage, hash, { create: true, origins });
    await file.stream().pipeTo(await handle.createWritable());
  }

  async function fetch(
    descriptor: ModelFileDescriptor,
    fetchOptions?: ModelFetchOptions,
  ): Promise<ModelFile> {
    const own = await modelCache.match(descriptor.digest);
    const blob = own === null ? await sharedCopyOf(descriptor.digest) : null;
    if (blob === null) {
      const file = await modelCache.fetch(descriptor, fetchOptions);
      // Whoever waits for the file does not wait for others to have it.
      if (own === null) share(file).catch(() => undefined);
      return file;
    }
    const url = URL.createObjectURL(blob);
    try {
      return await modelCache.fetch({ ...descriptor, urls: [url, ...descriptor.urls] }, fetchOptions);
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  return {
    fetch,
    match: (digest) => modelCache.match(digest),
    keys: () => modelCache.keys(),
    delete: (digest) => modelCache.delete(digest),
  };
}

/** The hash of a digest of a whole file; null for a tree's. */
function hashOf(digest: string): { algorithm: "SHA-256"; value: string } | null {
  const base64 = /^sha256-(.+)$/.exec(digest)?.[1];
  if (base64 === undefined) return null;
  const value = Array.from(atob(base64), (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join(
    "",
  );
  return { algorithm: "SHA-256", value };
}
