import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import { areBytesLost } from "../host/lost-bytes.ts";
import { withABuffer } from "../host/with-a-buffer.ts";
import { belieTheDigest } from "./check-the-digest.ts";
import { hasMissingChunks, isSameHash } from "./entry.ts";
import { forgetTheTurnOf, hashIfItIsItsTurn } from "./hash-in-order.ts";
import { writeAHash } from "./hashes-file.ts";
import { closeAnEntry, lengthOfTheLongestChunk, openAnEntry, readAChunk, setWhole } from "./open-entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import { moveAnEntryToMemory } from "./move-an-entry-to-memory.ts";
import { transientStore } from "./stores.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#drop-a-chunk */
export async function dropAChunk(host: Host, entry: OpenEntry, index: number): Promise<void> {
  // 1. Remove entry's hashes[index].
  entry.hashes.delete(index);
  await writeAHash(entry.hashesFile, index, null);

  // 2. Remove entry's chunks[index].
  // NB: Its bytes may stand where they are: without a hash they are nothing.
  if (entry.hashInOrder !== null) forgetTheTurnOf(host, entry.hashInOrder, index);
}

/** The same of an entry that is being filled: where the disk does not even take that, the entry goes on in memory. */
export async function dropAChunkOfADownload(host: Host, entry: OpenEntry, index: number): Promise<void> {
  try {
    await dropAChunk(host, entry, index);
  } catch (error) {
    if (entry.folder === transientStore(host) || areBytesLost(error)) throw error;
    await moveAnEntryToMemory(host, entry);
    if (entry.hashInOrder !== null) forgetTheTurnOf(host, entry.hashInOrder, index);
  }
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#drop-bad-chunks */
export async function dropBadChunks(
  host: Host,
  entry: OpenEntry,
  signal: AbortSignal | null = null,
): Promise<void> {
  // 1. Let bad be an empty list.
  let bad: number[] = [];

  // 2. For each index → bytes of entry's chunks, if the SHA-256 of bytes is not entry's hashes[index], or
  //    bytes could not be read, then append index to bad.
  await withABuffer(host, lengthOfTheLongestChunk(entry), async (buffer) => {
    for (const [index, hash] of [...entry.hashes].toSorted(([one], [other]) => one - other)) {
      signal?.throwIfAborted();
      const bytes = await readAChunk(entry, index, buffer);
      if (bytes === null || !isSameHash(hash, await host.sha256(bytes))) bad.push(index);
      else if (entry.hashInOrder !== null) await hashIfItIsItsTurn(entry.hashInOrder, index, bytes);
    }
  });

  // 3. Let belied be true if bad is empty and entry's hashes belie the digest; otherwise false.
  const belied = bad.length === 0 && (await belieTheDigest(host, entry));

  // 4. If belied is true, then set bad to the keys of entry's chunks.
  if (belied) bad = [...entry.hashes.keys()];

  // 5. If belied is true, or bad is not empty, or entry has missing chunks, then set entry's whole to false.
  // NB: Where that fails, the hashes that are dropped keep it from being found all the same.
  if (entry.whole && (belied || bad.length > 0 || hasMissingChunks(entry)))
    await setWhole(entry, false).catch(() => undefined);

  // 6. For each index of bad, drop the chunk with index index of entry.
  for (const index of bad) await dropAChunk(host, entry, index);
}

/** The same for a whole entry that nobody has open. Whoever calls it holds the download lock. */
export async function dropBadChunksOfAStoredEntry(host: Host, folder: Folder, digest: Digest): Promise<void> {
  try {
    const inactive = host.untilItIsInactive();
    const entry = await openAnEntry(host, folder, digest, "whole");
    if (entry !== null) await dropBadChunks(host, entry, inactive).finally(() => closeAnEntry(entry));
  } catch {
    // NB: What a disk does not let go, or a page that is left, is found to be bad again.
  }
}
