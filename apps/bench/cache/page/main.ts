import type { Arm, BenchFile, Task } from "./arm.ts";
import { clear } from "./clear.ts";
import { fileSystemHandle } from "./file-system-handle.ts";
import * as plain from "./plain-fetch.ts";

/** The arms, each loaded only where it runs. */
const arms = {
  fetch: async () => plain.plainFetch,
  "cache-api": async () => plain.cacheAPI,
  "cache-api-digest": async () => plain.cacheAPIAndDigest,
  "indexeddb-buffer": async () => plain.indexedDBWithBuffers,
  "indexeddb-blob": async () => plain.indexedDBWithBlobs,
  "opfs-stream": async () => plain.fileSystemStream,
  "opfs-handle": async () => fileSystemHandle(false),
  "opfs-handle-flush": async () => fileSystemHandle(true),
  "transformers.js": async () => (await import("./transformers.ts")).transformers,
  "ours-tree": async () => (await import("./model-cache.ts")).ourModelCache("tree"),
  "ours-sha256": async () => (await import("./model-cache.ts")).ourModelCache("whole-file"),
} satisfies Record<string, () => Promise<Arm>>;

export type ArmName = keyof typeof arms;

let arm: Arm | null = null;

/** What the page offers to those who measure. */
const bench = {
  /** Loads the code of an arm, which is no part of what is measured. */
  async prepare(name: ArmName): Promise<void> {
    arm = await arms[name]();
  },

  /** Runs a task, and tells how many milliseconds it took. Rejects where the bytes are not those of the file. */
  async run(task: Task, file: BenchFile): Promise<number> {
    const start = performance.now();
    const result = await arm![task]!(file);
    const end = performance.now();
    if (task !== "store") compare(new Uint8Array(result as ArrayBuffer), file);
    return end - start;
  },

  clear,
};

function compare(bytes: Uint8Array, { size, samples }: BenchFile): void {
  const same = bytes.length === size && samples.every(([position, byte]) => bytes[position] === byte);
  if (!same) throw new Error(`What came is not the file: ${bytes.length} bytes of ${size}.`);
}

export type Bench = typeof bench;

Object.assign(globalThis, { bench });
