import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { digestFile, isValidChunkSize } from "./digests.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

describe("the digests of a file", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "digests-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function digest(bytes: Uint8Array, chunkSize: number) {
    const file = path.join(folder, "file");
    await writeFile(file, bytes);
    const reports: number[] = [];
    const digests = await digestFile(file, chunkSize, (count) => reports.push(count));
    return { ...digests, reports };
  }

  const chunk = 65536;
  for (const size of [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk]) {
    it(`are right for ${size} bytes in chunks of ${chunk}`, async () => {
      const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
      const { wholeFileDigest, treeDigest, chunkTable, ...rest } = await digest(bytes, chunk);
      assert.equal(wholeFileDigest, `sha256-${sha256(bytes).toString("base64")}`);

      const head = Buffer.from("HAICHNK1________----");
      head.writeBigUInt64BE(BigInt(size), 8);
      head.writeUInt32BE(chunk, 16);
      const hashes = Array.from({ length: Math.ceil(size / chunk) }, (_, index) =>
        sha256(bytes.subarray(index * chunk, (index + 1) * chunk)),
      );
      const table = Buffer.concat([head, ...hashes]);
      assert.deepEqual(Buffer.from(chunkTable), table);
      assert.equal(treeDigest, `sha256tree-${sha256(table).toString("base64")}`);

      assert.equal(rest.size, size);
      assert.equal(
        rest.reports.reduce((sum, count) => sum + count, 0),
        size,
      );
    });
  }

  it("are the ones that everybody knows", async () => {
    const { wholeFileDigest } = await digest(new Uint8Array(), chunk);
    assert.equal(wholeFileDigest, "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  });
});

describe("a chunk size", () => {
  it("is a power of two from 64 KiB to 64 MiB", () => {
    assert.ok([65536, 4194304, 67108864].every(isValidChunkSize));
    assert.ok(![0, 65535, 65537, 98304, 134217728, NaN, -65536].some(isValidChunkSize));
  });
});
