import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { doBytesMatchMetadataList, parseMetadata } from "./subresource-integrity.ts";

const bytes = new TextEncoder().encode("hello");
const hash = (algorithm: string, text = "hello") =>
  `${algorithm}-${createHash(algorithm).update(text).digest("base64")}`;

describe("parse metadata", () => {
  it("takes each known hash, without its options", () => {
    assert.deepEqual(parseMetadata("sha256-YQ==?later\n sha512-Yg== md5-Yw=="), [
      { algorithm: "sha256", value: "YQ==" },
      { algorithm: "sha512", value: "Yg==" },
    ]);
  });

  it("gives nothing where there is nothing known", () => {
    for (const metadata of ["", " ", "md5-YQ==", "SHA256-YQ==", "sha256", "YQ=="]) {
      assert.equal(parseMetadata(metadata).length, metadata === "sha256" ? 1 : 0, metadata);
    }
  });
});

describe("do bytes match metadataList", () => {
  const lists: [metadata: string, matches: boolean][] = [
    [hash("sha256"), true],
    [hash("sha384"), true],
    [hash("sha512"), true],
    [hash("sha256", "other"), false],
    ["sha256", false],
    ["sha256-", false],
    // Any of the strongest will do; the weaker are not looked at.
    [`${hash("sha512", "other")} ${hash("sha512")}`, true],
    [`${hash("sha256", "other")} ${hash("sha384")}`, true],
    [`${hash("sha256")} ${hash("sha384", "other")}`, false],
  ];
  for (const [metadata, matches] of lists) {
    it(`${metadata}: ${matches}`, async () => {
      assert.equal(await doBytesMatchMetadataList(bytes, metadata), matches);
    });
  }
});
