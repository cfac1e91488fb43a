import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { isFailure } from "../infra/failure.ts";
import { bytesOfAChunkTable, isAValidChunkSize, numberOfChunks, parseAChunkTable } from "./chunk-table.ts";

const chunkSize = 65536;

function table(size: number) {
  const hashes = Array.from({ length: numberOfChunks(size, chunkSize) }, (_, index) =>
    new Uint8Array(32).fill(index + 1),
  );
  return { fileSize: size, chunkSize, hashes };
}

describe("number of chunks", () => {
  it("is the size over the chunk size, rounded up", () => {
    assert.deepEqual(
      [0, 1, 65536, 65537].map((size) => numberOfChunks(size, chunkSize)),
      [0, 1, 1, 2],
    );
  });
});

describe("valid chunk size", () => {
  it("is a power of two from 64 KiB to 64 MiB", () => {
    const valid = Array.from({ length: 11 }, (_, index) => 65536 * 2 ** index);
    assert.equal(valid.at(-1), 67108864);
    assert.ok(valid.every(isAValidChunkSize));
    assert.ok(![0, 1, 32768, 65537, 98304, 134217728, Number.NaN, Infinity, -65536].some(isAValidChunkSize));
  });
});

describe("parse a chunk table", () => {
  it("step 5: gives back what the bytes were made of", () => {
    fc.assert(
      fc.property(fc.nat(chunkSize * 5), (size) => {
        assert.deepEqual(parseAChunkTable(bytesOfAChunkTable(table(size)), size, chunkSize), table(size));
      }),
      { numRuns: 30 },
    );
  });

  it("reads the layout that the text gives, byte by byte", () => {
    const bytes = new Uint8Array(52).fill(7);
    bytes.set([0x48, 0x41, 0x49, 0x43, 0x48, 0x4e, 0x4b, 0x31]);
    bytes.set([0, 0, 0, 0, 0, 0, 0, 3], 8);
    bytes.set([0, 1, 0, 0], 16);
    assert.deepEqual(parseAChunkTable(bytes, 3, chunkSize), {
      fileSize: 3,
      chunkSize,
      hashes: [new Uint8Array(32).fill(7)],
    });
  });

  it("keeps a file size of more than 32 bits", () => {
    const bytes = new Uint8Array(20 + 32 * 2 ** 8);
    bytes.set(bytesOfAChunkTable({ fileSize: 2 ** 34, chunkSize: 2 ** 26, hashes: [] }));
    assert.ok(!isFailure(parseAChunkTable(bytes, 2 ** 34, 2 ** 26)));
  });

  it("step 2: bytes of another length are failure", () => {
    const bytes = bytesOfAChunkTable(table(chunkSize + 1));
    const longer = new Uint8Array([...bytes, 0]);
    for (const other of [bytes.subarray(1), bytes.subarray(0, -1), longer, new Uint8Array()]) {
      assert.ok(isFailure(parseAChunkTable(other, chunkSize + 1, chunkSize)));
    }
  });

  it("step 3: another tag, file size or chunk size is failure", () => {
    for (let index = 0; index < 20; index += 1) {
      const bytes = bytesOfAChunkTable(table(5));
      bytes[index] = bytes[index]! ^ 1;
      assert.ok(isFailure(parseAChunkTable(bytes, 5, chunkSize)), `byte ${index}`);
    }
  });
});
