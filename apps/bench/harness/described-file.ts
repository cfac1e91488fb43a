import { createHash } from "node:crypto";

/** What a file is known by. */
export interface DescribedFile {
  readonly size: number;
  readonly chunkSize: number;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#whole-file-digest */
  readonly wholeFileDigest: string;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#tree-digest */
  readonly treeDigest: string;
  /** The bytes of its chunk table: https://hybrid-ai-web.github.io/hybrid-ai/#chunk-table */
  readonly chunkTable: Buffer;
  /** Some of its bytes, by their position: enough to notice that a file is not the one that was asked for. */
  readonly samples: readonly (readonly [position: number, byte: number])[];
}

/** @param bytes - gives the bytes from a position up to another */
export function describeFile(
  size: number,
  chunkSize: number,
  bytes: (start: number, end: number) => Iterable<Uint8Array>,
): DescribedFile {
  const whole = createHash("sha256");
  const head = Buffer.alloc(20);
  head.write("HAICHNK1");
  head.writeBigUInt64BE(BigInt(size), 8);
  head.writeUInt32BE(chunkSize, 16);
  const hashes: Buffer[] = [];
  for (let start = 0; start < size; start += chunkSize) {
    const chunk = createHash("sha256");
    for (const piece of bytes(start, Math.min(start + chunkSize, size))) {
      whole.update(piece);
      chunk.update(piece);
    }
    hashes.push(chunk.digest());
  }
  const chunkTable = Buffer.concat([head, ...hashes]);
  const positions = Array.from({ length: 64 }, (_, index) => Math.floor((index * (size - 1)) / 63));
  return {
    size,
    chunkSize,
    wholeFileDigest: `sha256-${whole.digest("base64")}`,
    treeDigest: `sha256tree-${createHash("sha256").update(chunkTable).digest("base64")}`,
    chunkTable,
    samples: positions.map((position) => [position, [...bytes(position, position + 1)][0]![0]!]),
  };
}
