import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { requestedRange } from "./byte-range.ts";

describe("requestedRange", () => {
  for (const [header, size, expected] of [
    [undefined, 10, "whole"],
    ["bytes=0-0", 10, { first: 0, last: 0 }],
    ["bytes=2-5", 10, { first: 2, last: 5 }],
    ["bytes= 2-5 ", 10, { first: 2, last: 5 }],
    ["bytes=2-", 10, { first: 2, last: 9 }],
    ["bytes=2-99", 10, { first: 2, last: 9 }],
    ["bytes=-3", 10, { first: 7, last: 9 }],
    ["bytes=-99", 10, { first: 0, last: 9 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=-5", 0, "unsatisfiable"],
    ["bytes=99999999999999999999-", 10, "unsatisfiable"],
    ["bytes=5-2", 10, "whole"],
    ["bytes=0-1,3-4", 10, "whole"],
    ["bytes=-", 10, "whole"],
    ["bytes=a-b", 10, "whole"],
    ["chunks=0-1", 10, "whole"],
  ] as const) {
    it(`${header ?? "no header"} of ${size} bytes`, () => {
      assert.deepEqual(requestedRange(header, size), expected);
    });
  }
});
