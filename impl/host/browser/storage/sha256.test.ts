import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { compressInAssembly } from "./sha256-assembly.ts";
import { compressInScript } from "./sha256-script.ts";
import { runningHash } from "./sha256.ts";

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 31 + (at >> 9)) & 255);
const expected = (length: number) =>
  Uint8Array.from(createHash("sha256").update(bytes.subarray(0, length)).digest());

describe("SHA-256 piece by piece", () => {
  const kinds = {
    "in WebAssembly": compressInAssembly(),
    "in script": compressInScript,
    "the fastest": undefined,
  };
  for (const [kind, steps] of Object.entries(kinds)) {
    it(`is SHA-256, ${kind}`, async () => {
      for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 65_537, bytes.length]) {
        for (const piece of [length, 7919]) {
          if (length / Math.max(piece, 1) > 100 && kind === "in script") continue;
          const hash = runningHash(steps);
          for (let at = 0; at < length; at += piece) {
            await hash.update(bytes.slice(at, Math.min(length, at + piece)));
          }
          assert.deepEqual(await hash.digest(), expected(length), `${length} bytes by ${piece}`);
        }
      }
    });
  }
});
