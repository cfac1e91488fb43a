import assert from "node:assert/strict";
import { Random, damage } from "../../tools/faults/random.ts";
import { isFailure } from "../infra/failure.ts";
import { bytesOfAChunkTable, numberOfChunks, parseAChunkTable } from "./chunk-table.ts";

/** One case of the fuzzer of chunk tables: bytes made from a seed, and what becomes of them. */
export async function fuzzCase(seed: number): Promise<"accepted" | "refused"> {
  const random = new Random(seed);
  const chunkSize = 2 ** (16 + random.below(11));
  const count = random.below(random.chance(0.1) ? 300 : 6);
  const fileSize = count === 0 ? 0 : count * chunkSize - random.below(chunkSize);
  const hashes = Array.from({ length: count }, () => random.bytes(32));
  const table = { fileSize, chunkSize, hashes };
  assert.equal(numberOfChunks(fileSize, chunkSize), count);

  const right = bytesOfAChunkTable(table);
  assert.deepEqual(parseAChunkTable(right, fileSize, chunkSize), table);

  const bytes = random.chance(0.1) ? random.bytes(random.below(200)) : damage(right, random);
  const askedSize = random.chance(0.9) ? fileSize : random.below(2 ** 32);
  const askedChunkSize = random.chance(0.9) ? chunkSize : 2 ** (16 + random.below(11));
  const parsed = parseAChunkTable(bytes, askedSize, askedChunkSize);
  if (isFailure(parsed)) {
    assert.notEqual(parsed.message, "");
    return "refused";
  }
  assert.equal(parsed.fileSize, askedSize);
  assert.equal(parsed.chunkSize, askedChunkSize);
  assert.equal(parsed.hashes.length, numberOfChunks(askedSize, askedChunkSize));
  assert.deepEqual(bytesOfAChunkTable(parsed), bytes);
  return "accepted";
}
