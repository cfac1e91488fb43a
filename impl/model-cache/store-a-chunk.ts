import type { ChunkTable } from "../concepts/chunk-table.ts";
import type { Host, HostBuffer } from "../host/host.ts";
import { unlessBytesAreLost } from "../host/lost-bytes.ts";
import { isSameHash } from "./entry.ts";
import { hashIfItIsItsTurn } from "./hash-in-order.ts";
import { moveAnEntryToMemory } from "./move-an-entry-to-memory.ts";
import { writeAChunk } from "./open-entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import { transientStore } from "./stores.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#store-a-chunk */
export async function storeAChunk(
  host: Host,
  entry: OpenEntry,
  index: number,
  bytes: Uint8Array<ArrayBuffer> | HostBuffer,
  table: ChunkTable | null,
): Promise<boolean> {
  // 1. Let hash be the SHA-256 of bytes.
  const hash = await host.sha256(bytes);

  // 2. If table is not null and hash is not table's hashes[index], then return false.
  if (table !== null && !isSameHash(hash, table.hashes[index])) return false;

  await entry.turns.during("write", "write", async () => {
    // 3. If entry is in a persistent store and the user agent cannot or declines to store bytes there, then
    //    move entry to memory for environment.
    if (entry.folder !== transientStore(host)) {
      if (await isWritten(writeAChunk(entry, index, bytes, hash))) return;
      await moveAnEntryToMemory(host, entry);
    }

    // 4. If entry is in a transient store and there is not so much memory:
    // 4.1. Remove entry from it.
    // NOTE: What memory cannot hold whole would only be in the way of all else.
    // 4.2. Throw a RangeError.
    // 5. Set entry's chunks[index] to bytes and entry's hashes[index] to hash.
    try {
      await writeAChunk(entry, index, bytes, hash);
    } catch (error) {
      entry.isTooMuch = true;
      throw error;
    }
  });
  const { hashInOrder } = entry;
  if (hashInOrder !== null) {
    await entry.turns.during("hash", "write", () => hashIfItIsItsTurn(hashInOrder, index, bytes));
  }

  // 6. Return true.
  return true;
}

function isWritten(writing: Promise<void>): Promise<boolean> {
  return writing.then(() => true).catch(unlessBytesAreLost(false));
}
