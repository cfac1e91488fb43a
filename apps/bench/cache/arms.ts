import type { ArmName } from "./page/main.ts";

/** What each arm does, in the order in which tables have them. */
export const arms: Readonly<Record<ArmName, string>> = {
  fetch: "fetch() alone, nothing stored",
  "cache-api": "Cache API: put, match",
  "cache-api-digest": "the same and one SHA-256 of the whole",
  "indexeddb-buffer": "IndexedDB, an ArrayBuffer",
  "indexeddb-blob": "IndexedDB, a Blob",
  "opfs-stream": "OPFS, createWritable()",
  "opfs-handle": "OPFS, sync handle in a worker",
  "opfs-handle-flush": "the same, flushed",
  "transformers.js": "transformers.js, its own cache",
  "ours-tree": "ours, sha256tree- and a chunk table",
  "ours-sha256": "ours, sha256-",
};

export const armNames = Object.keys(arms) as ArmName[];

/** Those whose growth with the size of the file tells something; the others only cost time. */
export const armsThatGrow: readonly ArmName[] = [
  "fetch",
  "cache-api",
  "cache-api-digest",
  "opfs-handle",
  "transformers.js",
  "ours-tree",
  "ours-sha256",
];

/** Those whose memory does, which the goals speak of. */
export const armsWhoseMemoryGrows: readonly ArmName[] = ["fetch", "cache-api", "ours-tree", "ours-sha256"];

/** Those that a line that drops is tried on: all others begin anew like the Cache API. */
export const armsOnABadLine: readonly ArmName[] = [
  "cache-api",
  "transformers.js",
  "ours-tree",
  "ours-sha256",
];

/** What others offer for the same, and why it is no arm. */
export const peersNotHad: readonly string[] = [
  "@verifyfetch/transformers 1.1.1: it cannot be installed, because it depends on verifyfetch ^1.1.1, which the package registry did not have when this was written",
];
