import { inflateSync } from "node:zlib";

/** A decoded picture: RGBA bytes, row by row from the top left. */
export interface DecodedPicture {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

const signature = Buffer.from("89504e470d0a1a0a", "hex");

/** Samples per pixel for each colour type that can be read: grey, RGB, palette, grey + alpha, RGBA. */
const samplesOfColourType = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

/** Decodes a PNG of 8 bits per sample that is not interlaced, as screenshots are, for use where there is no canvas. */
export function readPng(file: Uint8Array): DecodedPicture {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!bytes.subarray(0, 8).equals(signature)) throw new TypeError("Not a PNG file.");
  const pieces: Buffer[] = [];
  let header: Buffer = Buffer.alloc(0);
  let palette: Buffer = Buffer.alloc(0);
  let paletteOpacity: Buffer = Buffer.alloc(0);
  for (let at = 8; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = data;
    if (type === "PLTE") palette = data;
    if (type === "tRNS") paletteOpacity = data;
    if (type === "IDAT") pieces.push(data);
    at += 12 + length;
  }
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const [depth, colourType = -1, , , interlaced] = header.subarray(8);
  const samples = samplesOfColourType.get(colourType);
  if (depth !== 8 || interlaced !== 0 || samples === undefined) {
    throw new TypeError("Only PNG files of 8 bits per sample without interlacing can be read here.");
  }
  const rows = unfilter(inflateSync(Buffer.concat(pieces)), width * samples, height, samples);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const [first = 0, second = 0, third = 0, fourth = 255] = rows.subarray(
      pixel * samples,
      (pixel + 1) * samples,
    );
    if (samples >= 3) data.set([first, second, third, fourth], 4 * pixel);
    else if (samples === 2) data.set([first, first, first, second], 4 * pixel);
    else if (colourType === 0) data.set([first, first, first, 255], 4 * pixel);
    else {
      data.set(palette.subarray(3 * first, 3 * first + 3), 4 * pixel);
      data[4 * pixel + 3] = paletteOpacity[first] ?? 255;
    }
  }
  return { width, height, data };
}

/** https://www.w3.org/TR/png-3/#9Filters : each row is stored as differences that its first byte names. */
function unfilter(stored: Uint8Array, rowLength: number, height: number, pixelLength: number): Uint8Array {
  const rows = new Uint8Array(rowLength * height);
  for (let row = 0; row < height; row += 1) {
    const filter = stored[row * (rowLength + 1)] ?? 0;
    const start = row * rowLength;
    for (let column = 0; column < rowLength; column += 1) {
      const left = column < pixelLength ? 0 : (rows[start + column - pixelLength] ?? 0);
      const up = row === 0 ? 0 : (rows[start + column - rowLength] ?? 0);
      const upLeft =
        row === 0 || column < pixelLength ? 0 : (rows[start + column - rowLength - pixelLength] ?? 0);
      const predictions = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)];
      rows[start + column] = (stored[row * (rowLength + 1) + 1 + column] ?? 0) + (predictions[filter] ?? 0);
    }
  }
  return rows;
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const [toLeft, toUp, toUpLeft] = [left, up, upLeft].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}
