import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { printable } from "./printable.ts";

describe("a line for the terminal", () => {
  it("is what it was where it only stands there", () => {
    assert.equal(printable("“Ganymed”, 木星, 🪐: 5 %"), "“Ganymed”, 木星, 🪐: 5 %");
  });

  it("shows what would move the cursor, begin a line or turn the reading direction", () => {
    assert.equal(
      printable("\u001b]0;x\u0007\r\n\u009b2A\u202e\u007f"),
      "\\u001b]0;x\\u0007\\u000d\\u000a\\u009b2A\\u202e\\u007f",
    );
  });

  it("leaves JSON the same", () => {
    const object = { name: "\u001b[2A\n\u009b\u202e" };
    assert.deepEqual(JSON.parse(printable(JSON.stringify(object))), object);
  });
});
