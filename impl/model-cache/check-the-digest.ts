import { bytesOfAChunkTable } from "../concepts/chunk-table.ts";
import { parseADigest } from "../concepts/digest.ts";
import type { Host } from "../host/host.ts";
import { assert } from "../infra/assert.ts";
import { withABuffer } from "../host/with-a-buffer.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import { countOfChunks, hasMissingChunks, isSameHash } from "./entry.ts";
import type { Entry } from "./entry.ts";
import { hashIfItIsItsTurn, startAHashInOrder } from "./hash-in-order.ts";
import { lengthOfTheLongestChunk, readAChunk } from "./open-entry.ts";
import type { OpenEntry } from "./open-entry.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#check-the-digest */
export async function checkTheDigest(
  host: Host,
  entry: OpenEntry,
  signal: AbortSignal,
): Promise<boolean | Failure> {
  // 1. Let parsed be the result of parsing a digest given entry's digest.
  const parsed = parseADigest(entry.digest);

  // 2. Assert: parsed is not failure.
  assert(!isFailure(parsed));

  // 3. If parsed's kind is "tree", then let bytes be the bytes of the chunk table whose file size is entry's
  //    size, chunk size is entry's chunk size, and hashes are entry's hashes in ascending order of their
  //    index.
  // 4. Otherwise, let bytes be entry's chunks in ascending order of their index, as one byte sequence. If one
  //    of them cannot be read, then return failure.
  // 5. Let hash be the SHA-256 of bytes.
  const hash = await (parsed.kind === "tree"
    ? hashOfTheChunkTable(host, entry)
    : hashOfTheWhole(host, entry, signal));
  if (isFailure(hash)) return hash;

  // 6. Return true if hash is parsed's hash; otherwise false.
  return isSameHash(parsed.hash, hash);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#belie-the-digest */
export async function belieTheDigest(host: Host, entry: Entry): Promise<boolean> {
  // 1. If entry has missing chunks, then return false.
  if (hasMissingChunks(entry)) return false;

  // 2. Let parsed be the result of parsing a digest given entry's digest.
  const parsed = parseADigest(entry.digest);

  // 3. Assert: parsed is not failure.
  assert(!isFailure(parsed));

  // 4. If parsed's kind is not "tree" and entry has more than one chunk, then return false.
  if (parsed.kind !== "tree" && countOfChunks(entry) > 1) return false;

  // 5. If parsed's kind is "tree", then let hash be the SHA-256 of the bytes of the chunk table whose file
  //    size is entry's size, chunk size is entry's chunk size, and hashes are entry's hashes in ascending
  //    order of their index.
  let hash: Uint8Array;
  if (parsed.kind === "tree") hash = await hashOfTheChunkTable(host, entry);

  // 6. Otherwise, let hash be entry's hashes[0], or the SHA-256 of no bytes if entry has no chunk.
  else hash = entry.hashes.get(0) ?? (await host.sha256(new Uint8Array()));

  // 7. Return true if hash is not parsed's hash; otherwise false.
  return !isSameHash(hash, parsed.hash);
}

function hashOfTheChunkTable(host: Host, entry: Entry): Promise<Uint8Array<ArrayBuffer>> {
  const hashes = [...entry.hashes].toSorted(([one], [other]) => one - other).map(([, hash]) => hash);
  return host.sha256(bytesOfAChunkTable({ fileSize: entry.size, chunkSize: entry.chunkSize, hashes }));
}

async function hashOfTheWhole(
  host: Host,
  entry: OpenEntry,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | Failure> {
  const { hashInOrder } = entry;
  if (hashInOrder === null) return entry.hashes.get(0)!;
  if (hashInOrder.next < entry.hashes.size) {
    const failure = await withABuffer(host, lengthOfTheLongestChunk(entry), async (buffer) => {
      while (hashInOrder.next < entry.hashes.size) {
        signal.throwIfAborted();
        const { next } = hashInOrder;
        const bytes = await readAChunk(entry, next, buffer);
        if (bytes === null) return new Failure(`chunk ${next} cannot be read`);
        await hashIfItIsItsTurn(hashInOrder, next, bytes);
      }
      return null;
    });
    if (failure !== null) return failure;
  }
  const hash = await hashInOrder.running.digest();
  Object.assign(hashInOrder, startAHashInOrder(host));
  return hash;
}
