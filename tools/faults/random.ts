/** Random numbers that are the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to 2 ** 32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 up to but not including `limit`. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.next());
  }
}

/** What happens to bytes on their way: some are changed, lost, doubled or added. At least one edit is tried. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let damaged = Uint8Array.from(bytes);
  do {
    const at = random.below(damaged.length + 1);
    const length = random.chance(0.5) ? 1 : random.below(40);
    const [before, after] = [damaged.subarray(0, at), damaged.subarray(at)];
    const edit = random.below(6);
    if (edit === 0) damaged = joined(before, random.bytes(length), after);
    else if (edit === 1) damaged = joined(before, after.subarray(length));
    else if (edit === 2) damaged = joined(before, after.subarray(0, length), after);
    else if (edit === 3) damaged = joined(before);
    else if (at < damaged.length) damaged[at]! ^= 1 << random.below(8);
  } while (random.chance(0.4));
  return damaged;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
