import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { bytesOfAChunkTable, parseAChunkTable } from "../concepts/chunk-table.ts";
import type { ChunkTable } from "../concepts/chunk-table.ts";
import { MemoryFolder } from "../host/memory-folder.ts";
import { isFailure } from "../infra/failure.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { holdingTheDownloadLock } from "./locks.ts";
import { createAnEntry } from "./open-entry.ts";
import {
  Network,
  agent,
  bytesOfLength,
  chunkSize,
  sha256,
  tableOf,
  treeDigest,
} from "./scripted-host.test.ts";
import type { Bytes } from "./scripted-host.test.ts";
import { takeChunksOfOtherEntries } from "./take-chunks-of-other-entries.ts";

/** A folder in which a file of zeros lies, which takes no memory, and how often it was read. */
async function folderWithZeros(
  count: number,
  canBeRead = true,
): Promise<{ folder: MemoryFolder; reads: () => number }> {
  let reads = 0;
  const folder = new MemoryFolder();
  const zero = sha256(new Uint8Array(chunkSize));
  const hashes = Array.from({ length: count }, () => zero);
  const table = bytesOfAChunkTable({ fileSize: count * chunkSize, chunkSize, hashes });
  const files = filesOfAnEntry(`sha256tree-${Buffer.from(sha256(table)).toString("base64")}`);
  for (const [name, bytes] of [
    [files.hashes, table],
    [files.whole, new Uint8Array()],
  ] as const) {
    const file = await folder.create(name);
    await file.write(0, bytes);
    await file.close();
  }
  const [size, open] = [folder.size.bind(folder), folder.open.bind(folder)];
  folder.size = async (name) => (name === files.whole ? count * chunkSize : size(name));
  folder.open = async (name, access) => {
    if (name === files.whole && access === "read") reads += 1;
    const file = await open(name, access);
    if (file === null || name !== files.whole) return file;
    return {
      ...file,
      close: () => file.close(),
      readInto: async (_offset, buffer) => (canBeRead ? buffer.length : 0),
    };
  };
  return { folder, reads: () => reads };
}

/** Takes what there is in a folder of a file whose first two chunks are zeros, and tells which chunks it has then. */
async function taken(folder: MemoryFolder): Promise<number[]> {
  const bytes = bytesOfLength(3 * chunkSize);
  bytes.fill(0, 0, 2 * chunkSize);
  const host = agent(new Network(), folder);
  const size = bytes.length;
  const entry = await createAnEntry(host, host.memory, { digest: treeDigest(bytes), size, chunkSize });
  await holdingTheDownloadLock(host, entry.digest, () =>
    takeChunksOfOtherEntries(host, entry, parsedTableOf(bytes), new AbortController().signal),
  );
  return [...entry.hashes.keys()];
}

function parsedTableOf(bytes: Bytes): ChunkTable {
  const table = parseAChunkTable(tableOf(bytes), bytes.length, chunkSize);
  assert.ok(!isFailure(table));
  return table;
}

describe("take chunks of other entries", () => {
  it("steps 1.1.1, 1.1.2, 1.1.3 and 1.1.4: of chunks that are all the same the first is taken, many of them take no time, and what is not there is not read", async () => {
    const { folder, reads } = await folderWithZeros(2 ** 15);
    assert.deepEqual(await taken(folder), [0, 1]);
    assert.equal(reads(), 2);
  }).timeout(4000);

  it("step 1.1.6: what could not be read is not asked for more", async () => {
    const { folder, reads } = await folderWithZeros(2, false);
    assert.deepEqual(await taken(folder), []);
    assert.equal(reads(), 1);
  });
});
