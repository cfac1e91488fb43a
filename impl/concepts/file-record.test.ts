import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import type { ModelFileDescriptor } from "../../idl/contracts.ts";
import { isFailure } from "../infra/failure.ts";
import {
  createAFileRecord,
  maximumFileSize,
  maximumNumberOfChunks,
  parseAFileURL,
  parseASource,
} from "./file-record.ts";

const base = new URL("https://example.com/models/manifest.json");
const hash = (text: string) => createHash("sha256").update(text).digest("base64");
const digest = `sha256-${hash("file")}`;
const tree = `sha256tree-${hash("table")}`;
const otherTree = `sha256tree-${hash("other table")}`;

function create(members: Partial<ModelFileDescriptor> = {}) {
  return createAFileRecord({ digest, size: 5, urls: ["file.onnx"], ...members }, base);
}

function created(members: Partial<ModelFileDescriptor> = {}) {
  const record = create(members);
  assert.ok(!isFailure(record), "message" in record ? record.message : "");
  return record;
}

describe("parse a file URL", () => {
  it("step 1: parses against the base", () => {
    assert.deepEqual(parseAFileURL("../a b", base), new URL("https://example.com/a%20b"));
    assert.ok(isFailure(parseAFileURL("https://", base)));
  });

  it("step 2: other schemes and credentials are failure", () => {
    const others = [
      "data:,",
      "blob:https://example.com/1",
      "file:///etc/passwd",
      "javascript:1",
      "about:blank",
    ];
    for (const string of [...others, "https://user@example.com/", "https://:secret@example.com/"]) {
      assert.ok(isFailure(parseAFileURL(string, base)), string);
    }
  });

  it("step 2: says no secret in words", () => {
    const failure = parseAFileURL("https://:secret@example.com/", base);
    assert.ok(isFailure(failure) && !failure.message.includes("secret"));
  });
});

describe("parse a source", () => {
  it("steps 1 and 2: a blob: URL stays as it is; whatever else does not parse is failure", () => {
    const blob = "blob:https://example.com/2d8e4b1c-0000-4000-8000-000000000000";
    assert.deepEqual(parseASource(blob, base), new URL(blob));
    assert.ok(isFailure(parseASource("https://", base)));
  });

  it("step 3: other schemes are those of a file URL", () => {
    assert.deepEqual(parseASource("a", base), new URL("https://example.com/models/a"));
    assert.ok(isFailure(parseASource("data:,", base)));
  });
});

describe("create a file record", () => {
  it("step 5: has the descriptor's digest and size, and the default chunk size", () => {
    assert.deepEqual(created(), {
      digest,
      size: 5,
      urls: [new URL("https://example.com/models/file.onnx")],
      treeDigest: null,
      chunkSize: 524288,
      chunkTableURLs: [],
    });
  });

  it("step 2: a wrong digest is failure", () => assert.ok(isFailure(create({ digest: "sha256-" }))));

  it("step 3: a size over the maximum is failure", () => {
    assert.ok(isFailure(create({ size: maximumFileSize + 1 })));
    const chunks = { size: 2 ** 22, urls: [] };
    assert.equal(created({ size: maximumFileSize, chunks }).size, maximumFileSize);
    assert.equal(created({ size: 0 }).size, 0);
  });

  it("step 4: no URL is failure", () => assert.ok(isFailure(create({ urls: [] }))));

  it("step 6.2: one wrong URL among many is failure", () => {
    assert.ok(isFailure(create({ urls: ["file.onnx", "ftp://example.com/"] })));
  });

  it("step 6.3: keeps the order of the URLs", () => {
    assert.deepEqual(created({ urls: ["b", "a"] }).urls.map(String), [
      "https://example.com/models/b",
      "https://example.com/models/a",
    ]);
  });

  it("steps 7 and 11: a file named by a tree digest has that tree digest", () => {
    assert.equal(created({ digest: tree }).treeDigest, tree);
  });

  it("step 9: a chunk size that is not valid is failure", () => {
    for (const size of [0, 1, 65535, 65537, 2 ** 27]) {
      assert.ok(isFailure(create({ chunks: { size, urls: [] } })), `${size}`);
    }
  });

  it("step 8: takes the chunk size", () => {
    assert.equal(created({ chunks: { size: 65536, urls: [] } }).chunkSize, 65536);
  });

  it("step 10: more chunks than a table may have are failure", () => {
    const chunks = { size: 65536, urls: [] };
    const size = maximumNumberOfChunks * chunks.size;
    assert.equal(created({ size, chunks }).size, size);
    assert.ok(isFailure(create({ size: size + 1, chunks })));
    assert.equal(created({ size: size + 1, chunks: { ...chunks, size: 131072 } }).chunkSize, 131072);
    const usual = maximumNumberOfChunks * created({}).chunkSize;
    assert.equal(created({ size: usual }).size, usual);
    assert.ok(isFailure(create({ size: usual + 1 })), "also where nothing is said of chunks");
  });

  it("step 13.2: a digest of chunks that is no tree digest is failure", () => {
    for (const other of [digest, "sha256tree-"]) {
      assert.ok(isFailure(create({ chunks: { digest: other, size: 65536, urls: [] } })), other);
    }
  });

  it("step 13.3: two tree digests that differ are failure", () => {
    assert.ok(isFailure(create({ digest: tree, chunks: { digest: otherTree, size: 65536, urls: [] } })));
    const same = created({ digest: tree, chunks: { digest: tree, size: 65536, urls: [] } });
    assert.equal(same.treeDigest, tree);
  });

  it("step 13.4: takes the tree digest of the chunks", () => {
    assert.equal(created({ chunks: { digest: tree, size: 65536, urls: [] } }).treeDigest, tree);
  });

  it("step 14.2: a wrong URL of the chunk table is failure", () => {
    assert.ok(isFailure(create({ chunks: { size: 65536, urls: ["file:///x"] } })));
  });

  it("step 14.3: takes the URLs of the chunk table", () => {
    const { chunkTableURLs } = created({ chunks: { size: 65536, urls: ["file.chunks"] } });
    assert.deepEqual(chunkTableURLs.map(String), ["https://example.com/models/file.chunks"]);
  });
});
