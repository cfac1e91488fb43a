import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { isFailure } from "../infra/failure.ts";
import { parseADigest } from "./digest.ts";

const hash = createHash("sha256").update("hello").digest();
const encoded = hash.toString("base64");

describe("parse a digest", () => {
  it("step 1: tells a whole-file digest", () => {
    assert.deepEqual(parseADigest(`sha256-${encoded}`), { kind: "whole-file", hash: new Uint8Array(hash) });
  });

  it("step 2: tells a tree digest", () => {
    assert.deepEqual(parseADigest(`sha256tree-${encoded}`), { kind: "tree", hash: new Uint8Array(hash) });
  });

  const others: Record<string, string> = {
    "step 3: no prefix": encoded,
    "step 3: another algorithm": `sha512-${encoded}`,
    "step 3: another case": `SHA256-${encoded}`,
    "step 5: not base64": "sha256-!",
    "step 5: nothing": "sha256-",
    "step 5: a shorter hash": `sha256-${hash.subarray(1).toString("base64")}`,
    "step 5: a longer hash": `sha256-${Buffer.concat([hash, hash]).toString("base64")}`,
    "step 6: white space around it": `sha256-${encoded} `,
    "step 6: white space inside": `sha256-${encoded.slice(0, 8)}\n${encoded.slice(8)}`,
    "step 6: no padding": `sha256-${encoded.replace(/=+$/, "")}`,
    // The 43rd digit carries two bits that no byte needs.
    "step 6: other unused bits": `sha256-${encoded.slice(0, 42)}${nextDigit(encoded.charAt(42))}=`,
  };
  for (const [what, string] of Object.entries(others)) {
    it(`${what} is failure, and says so`, () => {
      const failure = parseADigest(string);
      assert.ok(isFailure(failure));
      const says = { 3: /starts with/, 5: /ends with/, 6: /padded/ }[what.slice(5, 6)];
      assert.match(failure.message, says!);
    });
  }
});

function nextDigit(digit: string): string {
  return String.fromCharCode(digit.charCodeAt(0) + 1);
}
