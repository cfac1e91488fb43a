import type { Folder, Host, HostBuffer, OpenFile } from "../host/host.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import { dropBadChunksOfAStoredEntry } from "./drop-bad-chunks.ts";
import type { Entry } from "./entry.ts";
import { isSameHash, lengthOfChunk, startOfChunk } from "./entry.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { holdingTheDownloadLock, use } from "./locks.ts";
import { lengthOfTheLongestChunk } from "./open-entry.ts";

/** An entry, and where it stands. */
export interface StoredEntry {
  readonly host: Host;
  readonly folder: Folder;
  readonly entry: Entry;
  /** Whether a download reads it, which holds a lock already. */
  readonly isReadByADownload: boolean;
}

/** Bytes of one chunk. */
export interface Part {
  readonly buffer: HostBuffer;
  /** Where they stand in the file. */
  readonly start: number;
}

/** How many chunks are under way at a time: one is read while others are hashed. */
const mostAtOnce = 6;

/** https://hybrid-ai-web.github.io/hybrid-ai/#read-a-chunk : into `chunk`, from a file that is open; null where there is none. */
async function readAChunk(
  { host, folder, entry, isReadByADownload }: StoredEntry,
  file: OpenFile | null,
  index: number,
  chunk: HostBuffer,
): Promise<HostBuffer | Failure> {
  // 1. If entry is in no model store any more, and the one that it was in has an entry of its digest, size
  //    and chunk size, then set entry to that one.
  // 2. If entry is in no model store any more, or entry's whole is false, then return failure.
  if (file === null) return new Failure(`The file ${entry.digest} is not there any more: fetch it again.`);

  // 3. Let chunk be entry's chunks[index].
  const count = await file.readInto(startOfChunk(entry, index), chunk).catch(() => 0);

  // 4. If the SHA-256 of chunk is not entry's hashes[index], or chunk could not be read:
  if (count < chunk.length || !isSameHash(await host.sha256(chunk), entry.hashes.get(index))) {
    const failure = new Failure(
      `The stored bytes of ${entry.digest} went bad and are dropped: fetch it again.`,
    );

    // 4.1. If these steps are part of those that run a download, then return failure.
    // NOTE: What holds one lock waits for no other. The chunk is dropped by whoever reads it next.
    if (isReadByADownload) return failure;

    // 4.2. Wait for the download lock of entry's digest, and hold it until these steps are at their end.
    // 4.3. If entry's whole is true, then drop bad chunks of entry.
    await file.close();
    await holdingTheDownloadLock(host, entry.digest, () =>
      dropBadChunksOfAStoredEntry(host, folder, entry.digest),
    ).catch(() => undefined);

    // 4.4. Return failure.
    return failure;
  }

  // 5. Return chunk.
  return chunk;
}

/** The bytes from `offset` up to `end`, in order, a part for each chunk; a failure is the last one. A part is there until the next is asked for. */
export async function* readParts(
  stored: StoredEntry,
  offset: number,
  end: number,
): AsyncGenerator<Part | Failure, void, undefined> {
  const { host, folder, entry } = stored;
  const { chunkSize } = entry;
  const inactive = host.untilItIsInactive();
  const endTheUse = await use(host, entry.digest);
  const file = await folder.open(filesOfAnEntry(entry.digest).whole, "read").catch(() => null);
  const buffers: HostBuffer[] = [];
  const underWay: Promise<HostBuffer | Failure>[] = [];
  let next = Math.floor(offset / chunkSize);
  const last = offset === end ? next : Math.ceil(end / chunkSize);
  const most = Math.min(mostAtOnce, last - next);
  try {
    while (buffers.length < most) buffers.push(await host.makeABuffer(lengthOfTheLongestChunk(entry)));
    for (let start = offset; start < end;) {
      while (next < last && underWay.length < most) {
        const place = buffers[next % most]!.subarray(0, lengthOfChunk(entry, next));
        underWay.push(readAChunk(stored, file, next, place));
        next += 1;
      }
      const chunk = (await underWay.shift())!;
      if (inactive.aborted) {
        yield new Failure("The page was left while the file was read: read it again.");
        return;
      }
      if (isFailure(chunk)) {
        yield chunk;
        return;
      }
      const before = start % chunkSize;
      const buffer = chunk.subarray(before, Math.min(chunk.length, before + end - start));
      yield { buffer, start };
      start += buffer.length;
    }
  } finally {
    await Promise.allSettled(underWay);
    for (const buffer of buffers) buffer.free();
    await file?.close().catch(() => undefined);
    endTheUse();
  }
}
