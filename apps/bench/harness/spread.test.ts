import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ratioOf, spreadOf, spreadOfSeries } from "./spread.ts";

describe("the spread", () => {
  it("has the middle one as its median, or the mean of the middle two", () => {
    assert.deepEqual(spreadOf([3, 10, 1]), { median: 3, min: 1, max: 10 });
    assert.deepEqual(spreadOf([4, 1, 10, 2]), { median: 3, min: 1, max: 10 });
    assert.deepEqual(spreadOf([5]), { median: 5, min: 5, max: 5 });
    assert.throws(() => spreadOf([]), RangeError);
  });

  it("is of the rounds that gave a number", () => {
    assert.deepEqual(spreadOfSeries([2, undefined, 4]), { median: 3, min: 2, max: 4 });
    assert.equal(spreadOfSeries([undefined]), null);
  });
});

describe("a ratio", () => {
  it("is taken within each round, and only then is the middle one chosen", () => {
    // The ratio of the medians would be 1.
    assert.deepEqual(ratioOf([1, 2, 30], [2, 1, 2]), { median: 2, min: 0.5, max: 15 });
  });

  it("leaves out rounds in which an arm failed", () => {
    assert.deepEqual(ratioOf([1, undefined, 3], [2, 1]), { median: 0.5, min: 0.5, max: 0.5 });
    assert.equal(ratioOf([1], [undefined]), null);
    assert.equal(ratioOf([0], [0]), null);
  });
});
