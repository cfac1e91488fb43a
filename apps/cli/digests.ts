import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

/** What a file is known by. */
export interface FileDigests {
  size: number;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#whole-file-digest */
  wholeFileDigest: string;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#tree-digest */
  treeDigest: string;
  /** The bytes of the file's chunk table: https://hybrid-ai-web.github.io/hybrid-ai/#chunk-table */
  chunkTable: Uint8Array<ArrayBuffer>;
}

export const defaultChunkSize = 524288;

/** A power of two from 64 KiB to 64 MiB: https://hybrid-ai-web.github.io/hybrid-ai/#valid-chunk-size */
export function isValidChunkSize(size: number): boolean {
  return size >= 65536 && size <= 67108864 && Number.isInteger(Math.log2(size));
}

/**
 * Reads a file once, one chunk in memory at a time, and tells what it is known by. `report` is told of the bytes read
 * since it was last called.
 */
export async function digestFile(
  file: string,
  chunkSize: number,
  report: (bytes: number) => void,
): Promise<FileDigests> {
  const whole = createHash("sha256");
  const hashes: Buffer[] = [];
  const chunk = Buffer.alloc(chunkSize);
  let size = 0;
  const handle = await open(file);
  try {
    for (;;) {
      const length = await fill(chunk, handle);
      if (length === 0) break;
      const bytes = chunk.subarray(0, length);
      whole.update(bytes);
      hashes.push(createHash("sha256").update(bytes).digest());
      size += length;
      report(length);
    }
  } finally {
    await handle.close();
  }
  const chunkTable = writeChunkTable(size, chunkSize, hashes);
  return {
    size,
    wholeFileDigest: `sha256-${whole.digest("base64")}`,
    treeDigest: `sha256tree-${createHash("sha256").update(chunkTable).digest("base64")}`,
    chunkTable,
  };
}

/** In bytes. */
export function chunkTableLength(fileSize: number, chunkSize: number): number {
  return 20 + 32 * Math.ceil(fileSize / chunkSize);
}

/** A file gives fewer bytes than asked for only at its end, but a pipe may at any time. */
async function fill(
  chunk: Buffer,
  handle: { read(into: Buffer, offset: number): Promise<{ bytesRead: number }> },
): Promise<number> {
  let length = 0;
  while (length < chunk.length) {
    const { bytesRead } = await handle.read(chunk, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

function writeChunkTable(
  fileSize: number,
  chunkSize: number,
  hashes: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(chunkTableLength(fileSize, chunkSize));
  const view = new DataView(table.buffer);
  table.set(new TextEncoder().encode("HAICHNK1"));
  view.setBigUint64(8, BigInt(fileSize));
  view.setUint32(16, chunkSize);
  hashes.forEach((hash, index) => {
    table.set(hash, 20 + 32 * index);
  });
  return table;
}
