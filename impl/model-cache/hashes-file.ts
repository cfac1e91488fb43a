import { bytesOfAChunkTable, isAValidChunkSize, numberOfChunks } from "../concepts/chunk-table.ts";
import type { Digest } from "../concepts/digest.ts";
import type { OpenFile } from "../host/host.ts";
import { Hashes } from "./entry.ts";
import type { Entry } from "./entry.ts";

const lengthOfHead = 20;
const lengthOfHash = 32;

/** The first bytes of the file of hashes: those of a chunk table. */
function headOfHashes(size: number, chunkSize: number): Uint8Array<ArrayBuffer> {
  return bytesOfAChunkTable({ fileSize: size, chunkSize, hashes: [] });
}

export async function writeTheHeadOfHashes(file: OpenFile, entry: Entry): Promise<void> {
  await file.write(0, headOfHashes(entry.size, entry.chunkSize));
}

export async function writeAHash(
  file: OpenFile,
  index: number,
  hash: Uint8Array<ArrayBuffer> | null,
): Promise<void> {
  await file.write(lengthOfHead + lengthOfHash * index, hash ?? new Uint8Array(lengthOfHash));
}

export async function forgetAllHashes(file: OpenFile): Promise<void> {
  await file.truncate(lengthOfHead);
}

/** The size and the chunk size that a file of hashes names, or null where it is not one. */
export async function readTheHeadOfHashes(file: OpenFile): Promise<Pick<Entry, "size" | "chunkSize"> | null> {
  return parseTheHeadOfHashes(await file.read(0, lengthOfHead));
}

function parseTheHeadOfHashes(bytes: Uint8Array<ArrayBuffer>): Pick<Entry, "size" | "chunkSize"> | null {
  if (bytes.length < lengthOfHead) return null;
  const view = new DataView(bytes.buffer);
  const size = Number(view.getBigUint64(8));
  const chunkSize = view.getUint32(16);
  if (!headOfHashes(size, chunkSize).every((byte, at) => byte === bytes[at])) return null;
  return isAValidChunkSize(chunkSize) ? { size, chunkSize } : null;
}

/** The entry whose file of hashes this is, or null where it is not one. */
export async function readHashes(file: OpenFile, digest: Digest): Promise<Entry | null> {
  const bytes = await file.read(0, await file.size());
  const head = parseTheHeadOfHashes(bytes);
  if (head === null) return null;

  const countOfChunks = numberOfChunks(head.size, head.chunkSize);
  const hashes = new Hashes(countOfChunks);
  const count = Math.min(countOfChunks, Math.floor((bytes.length - lengthOfHead) / lengthOfHash));
  for (let index = 0; index < count; index += 1) {
    const start = lengthOfHead + lengthOfHash * index;
    const hash = bytes.slice(start, start + lengthOfHash);
    if (hash.some((byte) => byte !== 0)) hashes.set(index, hash);
  }
  return { digest, ...head, hashes };
}
