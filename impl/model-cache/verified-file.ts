import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import type { Failure } from "../infra/failure.ts";
import type { Entry } from "./entry.ts";
import { endOfChunk, startOfChunk } from "./entry.ts";
import { readParts } from "./read-parts.ts";
import type { Part, StoredEntry } from "./read-parts.ts";

/**
 * A whole entry of a model store, as it is read. Every read verifies again what it gives, chunk by chunk. Where the file
 * is no longer there or its stored bytes have gone bad, `readBytes` returns failure and the others reject with a
 * "NotFoundError" DOMException: obtain it again.
 */
export interface VerifiedFile {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly chunkSize: number;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#read-bytes : in a fresh buffer that is the caller's. */
  readBytes(offset: number, end: number): Promise<Uint8Array<ArrayBuffer> | Failure>;
  /** All bytes, in one fresh buffer that is the caller's. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** The `length` bytes from `offset`, in a fresh buffer that is the caller's. The range lies within the file. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** All bytes, a chunk at a time, each fresh and the caller's. */
  chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;
  /**
   * The bytes from `offset` up to `end` where they are, a part for each chunk or several; a failure is the last one. A part is there until the
   * next one is asked for, and the file is held until then: to be read without a pause.
   */
  readParts(offset: number, end: number): AsyncGenerator<Part | Failure, void, undefined>;
}

export function aVerifiedFile(
  host: Host,
  folder: Folder,
  entry: Entry,
  { isReadByADownload = false }: Partial<Pick<StoredEntry, "isReadByADownload">> = {},
): VerifiedFile {
  const stored: StoredEntry = { host, folder, entry, isReadByADownload };
  const read = async (offset: number, end: number) => {
    const bytes = await readBytes(stored, offset, end);
    if (isFailure(bytes)) throw notFound(bytes);
    return bytes;
  };
  return {
    digest: entry.digest,
    size: entry.size,
    chunkSize: entry.chunkSize,
    readBytes: (offset, end) => readBytes(stored, offset, end),
    readParts: (offset, end) => readParts(stored, offset, end),
    arrayBuffer: async () => (await read(0, entry.size)).buffer,
    read: (offset, length) => read(offset, offset + length),
    async *chunks() {
      for (let index = 0; startOfChunk(entry, index) < entry.size; index += 1) {
        yield await read(startOfChunk(entry, index), endOfChunk(entry, index));
      }
    },
  };
}

export function notFound({ message }: Failure): DOMException {
  return new DOMException(message, "NotFoundError");
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#read-bytes */
async function readBytes(
  stored: StoredEntry,
  offset: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer> | Failure> {
  // 1. Let bytes be an empty byte sequence.
  const bytes = await stored.host.makeABuffer(end - offset);
  try {
    // 2. For each index of the indices of the chunks of entry that have bytes between offset and end, in
    //    order:
    // 2.1. Let chunk be the result of reading a chunk with index index of entry.
    // NB: A part is such bytes, of one chunk or of several in a row.
    for await (const part of readParts(stored, offset, end)) {
      // 2.2. If chunk is failure, then return failure.
      if (isFailure(part)) return part;

      // 2.3. Append to bytes those bytes of chunk that lie between offset and end.
      await bytes.set(part.buffer, part.start - offset);
    }

    // 3. Return bytes.
    return await bytes.take();
  } finally {
    bytes.free();
  }
}
