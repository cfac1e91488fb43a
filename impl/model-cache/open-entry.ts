import { numberOfChunks } from "../concepts/chunk-table.ts";
import { parseADigest } from "../concepts/digest.ts";
import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host, HostBuffer, OpenFile } from "../host/host.ts";
import { unlessBytesAreLost } from "../host/lost-bytes.ts";
import { Turns } from "../host/turns.ts";
import { isFailure } from "../infra/failure.ts";
import type { Entry } from "./entry.ts";
import { Hashes, countOfChunks, lengthOfChunk, startOfChunk } from "./entry.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { startAHashInOrder } from "./hash-in-order.ts";
import type { HashInOrder } from "./hash-in-order.ts";
import { readHashes, writeAHash, writeTheHeadOfHashes } from "./hashes-file.ts";
import { removeTheFiles } from "./remove-the-files.ts";

/** An entry whose files are open to write. Whoever opens one holds the download lock. */
export interface OpenEntry extends Entry {
  folder: Folder;
  bytesFile: OpenFile;
  hashesFile: OpenFile;
  whole: boolean;
  /** Whether memory could not hold it: it is then removed when it is closed. */
  isTooMuch: boolean;
  /** Null where the digest can be computed from the hashes of the chunks. */
  readonly hashInOrder: HashInOrder | null;
  /** Chunks come from several sides at once, and go into the entry one after another. */
  readonly turns: Turns;
}

export async function createAnEntry(
  host: Host,
  folder: Folder,
  { digest, size, chunkSize }: Pick<Entry, "digest" | "size" | "chunkSize">,
): Promise<OpenEntry> {
  const entry: Entry = { digest, size, chunkSize, hashes: new Hashes(numberOfChunks(size, chunkSize)) };
  const files = filesOfAnEntry(digest);
  const opened: OpenFile[] = [];
  try {
    const bytesFile = await folder.create(files.partial);
    opened.push(bytesFile);
    const hashesFile = await folder.create(files.hashes);
    opened.push(hashesFile);
    await writeTheHeadOfHashes(hashesFile, entry);
    return openEntry(host, folder, entry, bytesFile, hashesFile, false);
  } catch (error) {
    for (const file of opened) await file.close().catch(() => undefined);
    await removeTheFiles(host, folder, digest).catch(() => undefined);
    throw error;
  }
}

/** The entry that a folder has under one of its names; null where there is none or it makes no sense. */
export async function openAnEntry(
  host: Host,
  folder: Folder,
  digest: Digest,
  name: "whole" | "partial",
): Promise<OpenEntry | null> {
  const files = filesOfAnEntry(digest);
  const bytesFile = await folder.open(files[name], "write");
  if (bytesFile === null) return null;
  const hashesFile = await folder.open(files.hashes, "write").catch(() => null);
  const entry = hashesFile === null ? null : await readHashes(hashesFile, digest).catch(() => null);
  if (hashesFile !== null && entry !== null) {
    return openEntry(host, folder, entry, bytesFile, hashesFile, name === "whole");
  }
  await bytesFile.close();
  await hashesFile?.close();
  return null;
}

function openEntry(
  host: Host,
  folder: Folder,
  entry: Entry,
  bytesFile: OpenFile,
  hashesFile: OpenFile,
  whole: boolean,
): OpenEntry {
  const parsed = parseADigest(entry.digest);
  const needsAll = !isFailure(parsed) && parsed.kind === "whole-file" && countOfChunks(entry) !== 1;
  const hashInOrder = needsAll ? startAHashInOrder(host) : null;
  return {
    ...entry,
    folder,
    bytesFile,
    hashesFile,
    whole,
    isTooMuch: false,
    hashInOrder,
    turns: new Turns(),
  };
}

/** How long a buffer has to be that every chunk fits in. */
export function lengthOfTheLongestChunk({ size, chunkSize }: Entry): number {
  return Math.min(size, chunkSize);
}

/** The bytes of a chunk, in the beginning of `buffer`; null where they cannot be read. */
export async function readAChunk(
  entry: OpenEntry,
  index: number,
  buffer: HostBuffer,
): Promise<HostBuffer | null> {
  const chunk = buffer.subarray(0, lengthOfChunk(entry, index));
  const count = await entry.bytesFile
    .readInto(startOfChunk(entry, index), chunk)
    .catch(unlessBytesAreLost(0));
  return count < chunk.length ? null : chunk;
}

export async function writeAChunk(
  entry: OpenEntry,
  index: number,
  bytes: Uint8Array<ArrayBuffer> | HostBuffer,
  hash: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await entry.bytesFile.write(startOfChunk(entry, index), bytes);
  await writeAHash(entry.hashesFile, index, hash);
  entry.hashes.set(index, hash);
}

/** NB: Where closing fails the disk has failed; the next read finds out what it has lost. */
export async function closeAnEntry(entry: OpenEntry): Promise<void> {
  await entry.bytesFile.close().catch(() => undefined);
  await entry.hashesFile.close().catch(() => undefined);
}

/** Sets the entry's whole. The files of a whole one are closed afterwards: nobody writes to a file that has a name. */
export async function setWhole(entry: OpenEntry, whole: boolean): Promise<void> {
  const files = filesOfAnEntry(entry.digest);
  await entry.bytesFile.close();
  await entry.hashesFile.close();
  const [from, to] = whole ? [files.partial, files.whole] : [files.whole, files.partial];
  try {
    await entry.folder.rename(from, to);
  } catch (error) {
    await openAgain(entry, from);
    throw error;
  }
  entry.whole = whole;
  if (!whole) await openAgain(entry, to);
}

/** Goes on with an entry on which work was lost: what was stored of it is there still. */
export async function resumeAnEntry(host: Host, entry: OpenEntry): Promise<void> {
  await closeAnEntry(entry);
  await openAgain(entry, filesOfAnEntry(entry.digest).partial);
  if (entry.hashInOrder !== null) Object.assign(entry.hashInOrder, startAHashInOrder(host));
}

/** Where an entry could not be given its name, or has lost it, its bytes and hashes are still needed. */
async function openAgain(entry: OpenEntry, name: string): Promise<void> {
  const bytesFile = await entry.folder.open(name, "write").catch(() => null);
  if (bytesFile !== null) entry.bytesFile = bytesFile;
  const { hashes } = filesOfAnEntry(entry.digest);
  const hashesFile = await entry.folder.open(hashes, "write").catch(() => null);
  if (hashesFile !== null) entry.hashesFile = hashesFile;
}
