import type { Folder, Host, HostBuffer, OpenFile } from "../host/host.ts";
import { unlessBytesAreLost } from "../host/lost-bytes.ts";
import { Failure } from "../infra/failure.ts";
import { markAsHandled } from "../infra/promise.ts";
import { dropBadChunksOfAStoredEntry } from "./drop-bad-chunks.ts";
import type { Entry } from "./entry.ts";
import { endOfChunk, isSameHash, lengthOfChunk, startOfChunk } from "./entry.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { holdingTheDownloadLock, use } from "./locks.ts";

/** An entry, and where it stands. */
export interface StoredEntry {
  readonly host: Host;
  readonly folder: Folder;
  readonly entry: Entry;
  /** Whether a download reads it, which holds a lock already. */
  readonly isReadByADownload: boolean;
}

/** Bytes of one chunk, or of several in a row. */
export interface Part {
  readonly buffer: HostBuffer;
  /** Where they stand in the file. */
  readonly start: number;
}

/** Chunks in a row that are read and hashed together, for each step of it is a message to a worker. */
interface Stretch {
  /** Null where there is none. */
  readonly file: OpenFile | null;
  readonly buffer: HostBuffer;
  /** The index of the first. */
  readonly first: number;
  /** The index behind that of the last. */
  readonly end: number;
  /** 32 bytes for each that could be read. */
  readonly hashes: Uint8Array;
}

/** In bytes. */
const lengthOfAStretch = 2 ** 21;

/** How many stretches are under way at a time: one is read while others are hashed. */
const mostAtOnce = 4;

async function readAStretch(
  { host, entry }: StoredEntry,
  file: OpenFile | null,
  first: number,
  end: number,
  buffer: HostBuffer,
): Promise<Stretch> {
  const count = file === null ? 0 : await readAsFarAsPossible(file, entry, first, buffer);
  const whole = count === buffer.length ? count : count - (count % entry.chunkSize);
  const hashes = await host.sha256(buffer.subarray(0, whole), entry.chunkSize);
  return { file, buffer, first, end, hashes: hashes.subarray(0, 32 * Math.ceil(whole / entry.chunkSize)) };
}

/** Reads a stretch, or of one that cannot be read the chunks before the one that cannot. Returns the number of bytes. */
async function readAsFarAsPossible(
  file: OpenFile,
  entry: Entry,
  first: number,
  buffer: HostBuffer,
): Promise<number> {
  const start = startOfChunk(entry, first);
  const all = await file.readInto(start, buffer).catch(unlessBytesAreLost(null));
  if (all !== null) return all;
  let count = 0;
  for (let last = entry.chunkSize; last === entry.chunkSize && count < buffer.length; count += last) {
    const chunk = buffer.subarray(count, Math.min(count + entry.chunkSize, buffer.length));
    last = await file.readInto(start + count, chunk).catch(unlessBytesAreLost(0));
  }
  return count;
}

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#read-a-chunk : one of a stretch; where it cannot be had, what remains to be done: that waits
 * for others, and what was read before is given first.
 */
function readAChunk(
  { host, folder, entry, isReadByADownload }: StoredEntry,
  { file, buffer, first, hashes }: Stretch,
  index: number,
): HostBuffer | (() => Promise<Failure>) {
  // 1. If entry is in no model store any more, and the one that it was in has an entry of its digest, size
  //    and chunk size, then set entry to that one.
  // 2. If entry is in no model store any more, or entry's whole is false, then return failure.
  if (file === null) {
    return async () => new Failure(`The file ${entry.digest} is not there any more: fetch it again.`);
  }

  // 3. Let chunk be entry's chunks[index].
  const start = startOfChunk(entry, index) - startOfChunk(entry, first);
  const chunk = buffer.subarray(start, start + lengthOfChunk(entry, index));
  const hash = hashes.subarray(32 * (index - first), 32 * (index - first + 1));

  // 4. If the SHA-256 of chunk is not entry's hashes[index], or chunk could not be read:
  if (!isSameHash(hash, entry.hashes.get(index))) {
    return async () => {
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
    };
  }

  // 5. Return chunk.
  return chunk;
}

/**
 * The bytes from `offset` up to `end`, in order, a part for each chunk or several; a failure is the last one. A part is there until
 * the next is asked for.
 */
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
  const underWay: Promise<Stretch>[] = [];
  const begin = Math.floor(offset / chunkSize);
  const last = offset === end ? begin : Math.ceil(end / chunkSize);
  const together = Math.max(1, Math.min(Math.floor(lengthOfAStretch / chunkSize), last - begin));
  const most = Math.min(mostAtOnce, Math.ceil((last - begin) / together));
  let next = begin;
  try {
    while (buffers.length < most) {
      buffers.push(await host.makeABuffer(Math.min(entry.size, together * chunkSize)));
    }
    for (let start = offset; start < end;) {
      while (next < last && underWay.length < most) {
        const behind = Math.min(next + together, last);
        const length = endOfChunk(entry, behind - 1) - startOfChunk(entry, next);
        const buffer = buffers[((next - begin) / together) % most]!.subarray(0, length);
        const reading = readAStretch(stored, file, next, behind, buffer);
        markAsHandled(reading);
        underWay.push(reading);
        next = behind;
      }
      const stretch = (await underWay.shift())!;
      if (inactive.aborted) {
        yield new Failure("The page was left while the file was read: read it again.");
        return;
      }
      const startOfTheStretch = startOfChunk(entry, stretch.first);
      let verified = 0;
      let fail: (() => Promise<Failure>) | null = null;
      for (let index = stretch.first; index < stretch.end && fail === null; index += 1) {
        const chunk = readAChunk(stored, stretch, index);
        if (typeof chunk === "function") fail = chunk;
        else verified += chunk.length;
      }
      const before = start - startOfTheStretch;
      if (verified > before) {
        const buffer = stretch.buffer.subarray(before, Math.min(verified, end - startOfTheStretch));
        yield { buffer, start };
        start += buffer.length;
      }
      if (fail !== null) {
        await Promise.allSettled(underWay);
        yield await fail();
        return;
      }
    }
  } finally {
    await Promise.allSettled(underWay);
    for (const buffer of buffers) buffer.free();
    await file?.close().catch(() => undefined);
    endTheUse();
  }
}
