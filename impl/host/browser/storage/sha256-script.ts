/** https://www.rfc-editor.org/rfc/rfc6234 : the numbers of SHA-256, and its compression in plain script. */

const primes: number[] = [];
for (let candidate = 2; primes.length < 64; candidate += 1) {
  if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
}

/** The first 32 bits of the fraction. */
function fraction(value: number): number {
  return Math.floor((value % 1) * 2 ** 32) | 0;
}

/** The constants of the rounds: of the cube roots of the first 64 primes. */
export const roundConstants: readonly number[] = primes.map((prime) => fraction(Math.cbrt(prime)));

/** The state before the first block: of the square roots of the first 8 primes. */
export const initialState: readonly number[] = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

/** The state after `blocks`, whose length is a multiple of 64, when it was `state` before them. */
export type Compress = (state: Int32Array<ArrayBuffer>, blocks: Uint8Array) => Int32Array<ArrayBuffer>;

const rotate = (word: number, count: number) => (word >>> count) | (word << (32 - count));

/** Slower than that in WebAssembly by a factor of five or so, and allowed everywhere. */
export const compressInScript: Compress = (state, blocks) => {
  const next = state.slice();
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  const words = new Int32Array(64);
  for (let start = 0; start < blocks.length; start += 64) {
    for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(start + 4 * at);
    for (let at = 16; at < 64; at += 1) {
      const early = words[at - 15]!;
      const late = words[at - 2]!;
      words[at] =
        words[at - 16]! +
        words[at - 7]! +
        (rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)) +
        (rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = next as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let round = 0; round < 64; round += 1) {
      const sum = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const one = (h + sum + (g ^ (e & (f ^ g))) + roundConstants[round]! + words[round]!) | 0;
      const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & (b | c)) | (b & c))) | 0;
      [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (next[at]! += word));
  }
  return next;
};
