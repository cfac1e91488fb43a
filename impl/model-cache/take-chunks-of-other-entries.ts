import type { ChunkTable } from "../concepts/chunk-table.ts";
import type { Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { donorsOf } from "./donors.ts";
import { endOfChunk, isSameHash, lengthOfChunk, missingChunks, startOfChunk } from "./entry.ts";
import type { Entry } from "./entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import { storeAChunk } from "./store-a-chunk.ts";
import { aVerifiedFile } from "./verified-file.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#take-chunks-of-other-entries */
export async function takeChunksOfOtherEntries(
  host: Host,
  entry: OpenEntry,
  table: ChunkTable,
  signal: AbortSignal,
): Promise<void> {
  // 1. For each donor of the donors of entry for environment:
  for await (const { store, donor } of donorsOf(host, entry)) {
    const file = aVerifiedFile(host, store, donor, { isReadByADownload: true });
    const leastIndices = leastIndicesByKey(donor);

    // 1.1. For each index of entry's missing chunks:
    for (const index of missingChunks(entry)) {
      signal.throwIfAborted();
      const hash = table.hashes[index]!;

      // 1.1.1. Let at be the least of the keys of donor's hashes whose value is table's hashes[index], or
      //        null if there is none.
      const at = leastIndices.get(keyOf(hash)) ?? null;

      // 1.1.2. If at is null, then continue.
      if (at === null || !isSameHash(hash, donor.hashes.get(at))) continue;

      // 1.1.3. Let start be at × donor's chunk size.
      const start = startOfChunk(donor, at);

      // 1.1.4. Let end be the least of start + donor's chunk size and donor's size.
      const end = endOfChunk(donor, at);

      // 1.1.5. Let bytes be the result of reading bytes of donor from start up to end.
      const bytes = await file.readBytes(start, end);

      // 1.1.6. If bytes is failure, then break.
      if (isFailure(bytes)) break;

      // 1.1.7. If bytes's length is the number of bytes that chunk index of entry has, then store bytes at
      //        index of entry given table and environment.
      if (bytes.length === lengthOfChunk(entry, index)) await storeAChunk(host, entry, index, bytes, table);
    }
  }
}

function leastIndicesByKey({ hashes }: Entry): Map<number, number> {
  const indices = new Map<number, number>();
  for (const [index, hash] of hashes) {
    const key = keyOf(hash);
    if (!indices.has(key)) indices.set(key, index);
  }
  return indices;
}

/** NB: The first six bytes of a hash, as a number. If ever two have the same, then one chunk is fetched. */
function keyOf(hash: Uint8Array): number {
  let key = 0;
  for (let at = 0; at < 6; at += 1) key = key * 256 + hash[at]!;
  return key;
}
