import type { Digest } from "../concepts/digest.ts";
import { parseADigest } from "../concepts/digest.ts";
import { assert } from "../infra/assert.ts";
import { isFailure } from "../infra/failure.ts";
import { digestOf } from "./files-of-an-entry.ts";

/**
 * The bytes of an inventory.
 *
 * NB: A head of 16 bytes: a tag, the store version, its complement, and the day on which the store was last tidied. Then
 * 48 bytes for each change: the kind of a digest (1 or 2), the binary logarithm of the chunk size (0: the entry was
 * removed), the sum of the other bytes, the day on which it was last used, its size, its hash. Numbers are big-endian; of
 * the records of a digest the last one counts, and what is not a record, such as one that was torn, is passed over. A
 * version to come has the same first twelve bytes, but for the number.
 */

/** An entry, without what is in it. */
export interface Item {
  readonly digest: Digest;
  readonly size: number;
  readonly chunkSize: number;
  readonly lastUsed: number;
}

export interface Inventory {
  /** In the order in which they were last used, as far as it is known. */
  readonly items: ReadonlyMap<Digest, Item>;
  /** The day on which the store was last tidied. */
  readonly tidied: number;
}

/** Version 1 had no inventory. */
export const ownStoreVersion = 2;

export const lengthOfTheHead = 16;
export const lengthOfARecord = 48;

const tag = new TextEncoder().encode("HAIS");
const kinds = ["whole-file", "tree"] as const;

export function bytesOfTheHead(tidied: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOfTheHead);
  bytes.set(tag);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, ownStoreVersion);
  view.setUint32(8, ~ownStoreVersion);
  view.setUint32(12, tidied);
  return bytes;
}

/** The version and the day that a head names, or null where it is none. */
export function parseTheHead(bytes: Uint8Array<ArrayBuffer>): { version: number; tidied: number } | null {
  if (bytes.length < lengthOfTheHead || !tag.every((byte, at) => byte === bytes[at])) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = view.getUint32(4);
  return version === ~view.getInt32(8) ? { version, tidied: view.getUint32(12) } : null;
}

export function bytesOfRecords(
  items: Iterable<Item>,
  removed: Iterable<Digest> = [],
): Uint8Array<ArrayBuffer> {
  const records = [...[...removed].map((digest) => recordOf({ digest, size: 0, chunkSize: 1, lastUsed: 0 }))];
  for (const item of items) records.push(recordOf(item));
  const bytes = new Uint8Array(lengthOfARecord * records.length);
  for (const [index, record] of records.entries()) bytes.set(record, lengthOfARecord * index);
  return bytes;
}

function recordOf({ digest, size, chunkSize, lastUsed }: Item): Uint8Array {
  const parsed = parseADigest(digest);
  assert(!isFailure(parsed));
  const bytes = new Uint8Array(lengthOfARecord);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1 + kinds.indexOf(parsed.kind));
  view.setUint8(1, Math.log2(chunkSize));
  view.setUint32(4, lastUsed);
  view.setBigUint64(8, BigInt(size));
  bytes.set(parsed.hash, 16);
  view.setUint16(2, sumOf(bytes));
  return bytes;
}

/** The sum of the bytes of a record, but for those of the sum. */
function sumOf(record: Uint8Array): number {
  return record.reduce((sum, byte, at) => (at === 2 || at === 3 ? sum : sum + byte), 0);
}

/** The items that the records after the head leave. */
export function parseTheRecords(bytes: Uint8Array<ArrayBuffer>): Map<Digest, Item> {
  const items = new Map<Digest, Item>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = lengthOfTheHead; at + lengthOfARecord <= bytes.length; at += lengthOfARecord) {
    const kind = kinds[view.getUint8(at) - 1];
    const record = bytes.subarray(at, at + lengthOfARecord);
    if (kind === undefined || view.getUint16(at + 2) !== sumOf(record)) continue;
    const digest = digestOf(kind, record.subarray(16));
    items.delete(digest);
    const exponent = view.getUint8(at + 1);
    if (exponent === 0) continue;
    const size = Number(view.getBigUint64(at + 8));
    items.set(digest, { digest, size, chunkSize: 2 ** exponent, lastUsed: view.getUint32(at + 4) });
  }
  return items;
}
