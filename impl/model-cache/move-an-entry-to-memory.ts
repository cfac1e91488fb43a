import type { Host } from "../host/host.ts";
import { assert } from "../infra/assert.ts";
import { withABuffer } from "../host/with-a-buffer.ts";
import { isSameHash } from "./entry.ts";
import type { Entry } from "./entry.ts";
import { forgetTheTurnOf } from "./hash-in-order.ts";
import {
  closeAnEntry,
  createAnEntry,
  lengthOfTheLongestChunk,
  readAChunk,
  writeAChunk,
} from "./open-entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import { removeTheFiles } from "./remove-the-files.ts";
import { transientStore } from "./stores.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#move-an-entry-to-memory */
export async function moveAnEntryToMemory(host: Host, entry: OpenEntry): Promise<void> {
  // 1. Let store be the transient store of environment's global object.
  const store = transientStore(host);
  assert(entry.folder !== store);

  // 2. If entry's size is greater than the memory limit, or there is not so much memory as its chunks take
  //    up:
  // 2.1. If entry's chunks is empty, then remove it from the model store that it is in.
  // 2.2. Throw a RangeError.
  // NB: Its files are open: whoever closes them removes it where it is empty.
  if (entry.size > host.memoryLimit()) throw moreThanMemoryHolds(entry);
  const moved = await createAnEntry(host, store, entry);
  try {
    // 3. Drop bad chunks of entry.
    await copyTheGoodChunks(host, entry, moved);
  } catch (error) {
    await closeAnEntry(moved);
    await removeTheFiles(host, store, entry.digest);
    throw error;
  }

  // 4. Remove entry from the model store that it is in.
  await closeAnEntry(entry);
  await removeTheFiles(host, entry.folder, entry.digest).catch(() => undefined);

  // 5. Set store[entry's digest] to entry.
  entry.folder = moved.folder;
  entry.bytesFile = moved.bytesFile;
  entry.hashesFile = moved.hashesFile;
}

export function moreThanMemoryHolds({ digest, size }: Pick<Entry, "digest" | "size">): RangeError {
  return new RangeError(
    `There is no room for the ${size} bytes of ${digest} in the store, and they are more than memory is to hold. ` +
      "Delete files that are no longer needed.",
  );
}

async function copyTheGoodChunks(host: Host, entry: OpenEntry, moved: OpenEntry): Promise<void> {
  await withABuffer(host, lengthOfTheLongestChunk(entry), async (buffer) => {
    for (const [index, hash] of entry.hashes) {
      const bytes = await readAChunk(entry, index, buffer);
      if (bytes !== null && isSameHash(hash, await host.sha256(bytes))) {
        await writeAChunk(moved, index, bytes, hash);
        continue;
      }
      entry.hashes.delete(index);
      if (entry.hashInOrder !== null) forgetTheTurnOf(host, entry.hashInOrder, index);
    }
  });
}
