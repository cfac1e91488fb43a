import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { symmetricInt8 } from "./int8.ts";

describe("weights in 8 bits", () => {
  it("are within half a step of what they were, per channel", () => {
    const weights = Float32Array.of(0.5, -1, 0.25, 100, 3, -50);
    const channelOf = (index: number) => Math.floor(index / 3);
    const { values, scales } = symmetricInt8(weights, 2, channelOf);
    assert.deepEqual([values[1], values[3]], [-127, 127]);
    weights.forEach((weight, index) => {
      const scale = scales[channelOf(index)]!;
      assert.ok(Math.abs(values[index]! * scale - weight) <= scale / 2 + 1e-6);
    });
  });

  it("are zero where all of a channel is", () => {
    const { values } = symmetricInt8(new Float32Array(4), 1, () => 0);
    assert.deepEqual([...values], [0, 0, 0, 0]);
  });
});
