import { randomNumbers } from "./random.ts";

/**
 * The bytes of generated files. A block of a prime length repeats, so that no chunk of a file is like another one, and a
 * file of any size costs the memory of one block.
 */
const block = makeBlock(8_388_593);

function makeBlock(length: number): Buffer {
  const random = randomNumbers(1);
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => random() * 2 ** 32);
  return Buffer.from(words.buffer, 0, length);
}

/** The bytes from `start` up to `end` of every generated file that is long enough, piece by piece, none of them copied. */
export function* generatedBytes(
  start: number,
  end: number,
  longest: number = 1 << 20,
): Generator<Buffer, void, undefined> {
  for (let position = start; position < end;) {
    const from = position % block.length;
    const piece = block.subarray(from, Math.min(from + longest, from + end - position));
    yield piece;
    position += piece.length;
  }
}
