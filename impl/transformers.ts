import type { ModelCache } from "../idl/page-types.ts";
import { keepTheFilesOf } from "./adapters/transformers.ts";
import type { LockedFiles, TransformersEnvironment } from "./adapters/transformers.ts";
import { notesIn } from "./adapters/notes.ts";
import { digestOf, modelCache as ownModelCache } from "./cache.ts";

export type { LockedFiles, TransformersEnvironment } from "./adapters/transformers.ts";

export interface ModelCacheOptions {
  /** The cache to keep the files in; by default that of the browser, or else of `hybrid-ai/cache`. */
  readonly modelCache?: ModelCache;
  /** Digests and sizes that are known beforehand, by URL: these files are had as they were locked, or not at all. */
  readonly lock?: LockedFiles;
  /** Called while a file is downloaded, with a fraction from 0 to 1. */
  readonly progress?: (url: string, loaded: number) => void;
}

/**
 * Lets transformers.js keep its files in the model cache: verified, taken up where a download broke off, shared between
 * tabs, there without a network.
 *
 *     import { env, pipeline } from "@huggingface/transformers";
 *     import { useModelCache } from "hybrid-ai/transformers";
 *     useModelCache(env);
 *
 * Where the digests come from, and so what is promised: a `lock`; else the hub's own list of a repository's files, as it
 * was when the repository was first used; else, where the server has no such list, the bytes that came first, which are
 * then what the URL stands for. Where the list cannot be had, loading rejects with a "NetworkError": try again.
 * What transformers.js has kept in its own cache is moved over, not downloaded again.
 */
export function useModelCache(environment: TransformersEnvironment, options: ModelCacheOptions = {}): void {
  const { modelCache = navigator.modelCache ?? ownModelCache, lock = {}, progress } = options;
  keepTheFilesOf(environment, {
    modelCache,
    lock,
    digestOf,
    notes: notesIn(caches),
    caches,
    locks: navigator.locks,
    progress: progress ?? (() => undefined),
  });
}
