import { Failure } from "../infra/failure.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#chunk-table */
export interface ChunkTable {
  readonly fileSize: number;
  readonly chunkSize: number;
  readonly hashes: readonly Uint8Array<ArrayBuffer>[];
}

/** The length of one of the hashes. */
const hashLength = 32;

/** https://hybrid-ai-web.github.io/hybrid-ai/#number-of-chunks */
export function numberOfChunks(size: number, chunkSize: number): number {
  return Math.ceil(size / chunkSize);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#valid-chunk-size */
export function isAValidChunkSize(chunkSize: number): boolean {
  return chunkSize >= 2 ** 16 && chunkSize <= 2 ** 26 && Number.isInteger(Math.log2(chunkSize));
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#chunk-tables : the bytes of `table`. */
export function bytesOfAChunkTable(table: ChunkTable): Uint8Array<ArrayBuffer> {
  const head = headOfAChunkTable(table.fileSize, table.chunkSize);
  const bytes = new Uint8Array(head.length + hashLength * table.hashes.length);
  bytes.set(head);
  for (const [index, hash] of table.hashes.entries()) bytes.set(hash, head.length + hashLength * index);
  return bytes;
}

function headOfAChunkTable(fileSize: number, chunkSize: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(20);
  head.set(new TextEncoder().encode("HAICHNK1"));
  const view = new DataView(head.buffer);
  view.setBigUint64(8, BigInt(fileSize));
  view.setUint32(16, chunkSize);
  return head;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#parse-a-chunk-table */
export function parseAChunkTable(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  chunkSize: number,
): ChunkTable | Failure {
  // 1. Let count be the number of chunks of a file of size bytes with chunks of chunkSize bytes.
  const count = numberOfChunks(size, chunkSize);

  // 2. If bytes's length is not 20 + 32 × count, then return failure.
  if (bytes.length !== 20 + hashLength * count) {
    return new Failure("the chunk table's length does not fit the file's size and chunk size");
  }

  // 3. If the first 20 bytes of bytes are not those of a chunk table whose file size is size and whose chunk
  //    size is chunkSize, then return failure.
  const head = headOfAChunkTable(size, chunkSize);
  if (!head.every((byte, index) => byte === bytes[index])) {
    return new Failure("the chunk table does not begin with its tag and the file's size and chunk size");
  }

  // 4. Let hashes be the count runs of 32 bytes that follow, in order.
  const hashes = Array.from({ length: count }, (_, index) => {
    const start = head.length + hashLength * index;
    return bytes.subarray(start, start + hashLength);
  });

  // 5. Return a chunk table whose file size is size, chunk size is chunkSize, and hashes is hashes.
  return { fileSize: size, chunkSize, hashes };
}
