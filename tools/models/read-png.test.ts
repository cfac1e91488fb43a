import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { describe, it } from "mocha";
import { readPng } from "./read-png.ts";

function piece(type: string, data: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([frame.subarray(0, 4), content, frame.subarray(4)]);
}

interface Header {
  width: number;
  colourType: number;
  depth?: number;
  interlaced?: number;
}

/** A PNG of rows that each begin with their filter. */
function png(
  { width, colourType, depth = 8, interlaced = 0 }: Header,
  rows: number[][],
  ...others: Buffer[]
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([depth, colourType, 0, 0, interlaced], 8);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    piece("IHDR", header),
    ...others,
    piece("IDAT", deflateSync(Buffer.from(rows.flat()))),
    piece("IEND", Buffer.alloc(0)),
  ]);
}

const pixels = (file: Buffer) => [...readPng(file).data];

describe("reading a PNG", () => {
  it("undoes each filter", () => {
    const rows = [
      [0, 10, 20, 30],
      [1, 10, 10, 10],
      [2, 1, 1, 1],
      [3, 10, 10, 10],
      [4, 1, 1, 1],
    ];
    const expected = [
      [10, 20, 30],
      [10, 20, 30],
      [11, 21, 31],
      [15, 28, 39],
      [16, 29, 40],
    ];
    const [reds, alphas] = [0, 3].map((channel) =>
      pixels(png({ width: 3, colourType: 0 }, rows)).filter((_, index) => index % 4 === channel),
    );
    assert.deepEqual(reds, expected.flat());
    assert.ok(alphas!.every((alpha) => alpha === 255));
  });

  it("knows every kind of colour", () => {
    const palette = piece("PLTE", Buffer.from([1, 2, 3, 4, 5, 6]));
    const opacity = piece("tRNS", Buffer.from([7]));
    assert.deepEqual(pixels(png({ width: 1, colourType: 2 }, [[0, 1, 2, 3]])), [1, 2, 3, 255]);
    assert.deepEqual(pixels(png({ width: 1, colourType: 4 }, [[0, 1, 2]])), [1, 1, 1, 2]);
    assert.deepEqual(pixels(png({ width: 1, colourType: 6 }, [[0, 1, 2, 3, 4]])), [1, 2, 3, 4]);
    assert.deepEqual(
      pixels(png({ width: 2, colourType: 3 }, [[0, 1, 0]], palette, opacity)),
      [4, 5, 6, 255, 1, 2, 3, 7],
    );
  });

  it("refuses what it cannot read", () => {
    for (const file of [
      Buffer.from("GIF89a"),
      png({ width: 1, colourType: 0, depth: 16 }, [[0, 1, 2]]),
      png({ width: 1, colourType: 0, interlaced: 1 }, [[0, 1]]),
    ]) {
      assert.throws(() => readPng(file), TypeError);
    }
  });
});
