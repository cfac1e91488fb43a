import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { standstillInWords } from "./standstill.ts";

describe("standstillInWords", () => {
  it("says what the page says, what went wrong in it, and what its server saw", () => {
    const signs = { status: "Reading …", device: "downloading", "locks held": "", "locks pending": "a, b" };
    const exchanges = [
      { method: "GET", path: "/demo/", range: undefined, status: 200, bodySent: 7 },
      { method: "GET", path: "/models/a/float32.onnx", range: "bytes=0-9", status: 0, bodySent: 0 },
    ];
    assert.equal(
      standstillInWords(signs, ["out of memory"], exchanges),
      [
        "The page did not get there.",
        "  status: Reading …",
        "  device: downloading",
        "  locks held: none",
        "  locks pending: a, b",
        "  error: out of memory",
        "  GET /demo/ (all): 200, 7 bytes sent",
        "  GET /models/a/float32.onnx (bytes=0-9): 0, 0 bytes sent",
      ].join("\n"),
    );
  });
});
