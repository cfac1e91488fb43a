import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { integersOf, readFields } from "./protocol-buffer.ts";

const message = (...bytes: number[]) => Uint8Array.from(bytes);

describe("a protocol buffer", () => {
  it("holds integers, numbers of fixed size and bytes, by field", () => {
    const fields = readFields(message(0x08, 0x96, 0x01, 0x12, 2, 7, 8, 0x1d, 1, 2, 3, 4, 0x12, 0));
    assert.deepEqual(fields.get(1), [150n]);
    assert.deepEqual(fields.get(2), [message(7, 8), message()]);
    assert.deepEqual(fields.get(3), [message(1, 2, 3, 4)]);
  });

  it("holds negative integers in two's complement", () => {
    const bytes = message(0x08, ...new Array<number>(9).fill(0xff), 0x01);
    assert.deepEqual(readFields(bytes).get(1), [-1n]);
  });

  it("holds a list of integers together or one by one", () => {
    assert.deepEqual(integersOf(readFields(message(0x0a, 3, 1, 0x80, 0x01)).get(1)), [1n, 128n]);
    assert.deepEqual(integersOf(readFields(message(0x08, 1, 0x08, 2)).get(1)), [1n, 2n]);
    assert.deepEqual(integersOf(undefined), []);
  });

  const broken = {
    "ends in a tag": message(0x80),
    "ends in an integer": message(0x08, 0x80),
    "ends in bytes": message(0x12, 5, 1),
    "has an integer without an end": message(0x08, ...new Array<number>(11).fill(0xff)),
    "has a wire type that there is not": message(0x0b),
    "has a negative length": message(0x12, ...new Array<number>(9).fill(0xff), 0x01),
  };
  for (const [what, bytes] of Object.entries(broken)) {
    it(`is none where it ${what}`, () => assert.throws(() => readFields(bytes), RangeError));
  }
});
