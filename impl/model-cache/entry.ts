import { numberOfChunks } from "../concepts/chunk-table.ts";
import type { Digest } from "../concepts/digest.ts";

/**
 * The hashes of the chunks that are there, by their index.
 *
 * NB: A server that brings a chunk at a time makes one ask for the next gap as often as there are chunks, so that to find it takes no look
 * at each.
 */
export class Hashes extends Map<number, Uint8Array<ArrayBuffer>> {
  /** For each chunk, whether it is there. */
  readonly #there: Uint8Array;

  constructor(countOfChunks: number) {
    super();
    this.#there = new Uint8Array(countOfChunks);
  }

  override set(index: number, hash: Uint8Array<ArrayBuffer>): this {
    this.#there[index] = 1;
    return super.set(index, hash);
  }

  override delete(index: number): boolean {
    this.#there[index] = 0;
    return super.delete(index);
  }

  /** The first index from `from` on at which there is no chunk; null where all others are there. */
  firstMissing(from: number): number | null {
    const index = this.#there.indexOf(0, from);
    return index === -1 ? null : index;
  }

  /** Where the gap ends in which `from` lies: the index of a chunk that is there, or the number of chunks. */
  endOfTheGap(from: number): number {
    const index = this.#there.indexOf(1, from);
    return index === -1 ? this.#there.length : index;
  }
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#entry : what is known of it without its bytes. */
export interface Entry {
  readonly digest: Digest;
  readonly size: number;
  readonly chunkSize: number;
  /** The indices that it has are those of the chunks that are there. */
  readonly hashes: Hashes;
}

export function countOfChunks(entry: Entry): number {
  return numberOfChunks(entry.size, entry.chunkSize);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#entry-missing-chunks */
export function hasMissingChunks(entry: Entry): boolean {
  return entry.hashes.size < countOfChunks(entry);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#entry-missing-chunks */
export function missingChunks(entry: Entry): number[] {
  const indices: number[] = [];
  for (let index = entry.hashes.firstMissing(0); index !== null; index = entry.hashes.firstMissing(index + 1))
    indices.push(index);
  return indices;
}

export function startOfChunk(entry: Entry, index: number): number {
  return index * entry.chunkSize;
}

/** Where the chunk ends that has the byte before it. */
export function endOfChunk(entry: Entry, index: number): number {
  return Math.min((index + 1) * entry.chunkSize, entry.size);
}

export function lengthOfChunk(entry: Entry, index: number): number {
  return endOfChunk(entry, index) - startOfChunk(entry, index);
}

/** How many bytes are there. */
export function bytesThere(entry: Entry): number {
  const last = countOfChunks(entry) - 1;
  const lacking = entry.hashes.has(last) ? entry.chunkSize - lengthOfChunk(entry, last) : 0;
  return entry.hashes.size * entry.chunkSize - lacking;
}

/** NB: A loop of its own, and no method that somebody else can have put into its place. */
export function isSameHash(one: Uint8Array, other: Uint8Array | undefined): boolean {
  if (other === undefined || one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
