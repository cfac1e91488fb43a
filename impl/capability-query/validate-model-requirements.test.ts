import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { validateModelRequirements } from "./validate-model-requirements.ts";

describe("validate model requirements", () => {
  it("accepts nothing, and both ends of each range", () => {
    for (const each of [{}, { maxLatency: 0, minFidelity: 0 }, { maxLatency: 1e9, minFidelity: 1 }]) {
      validateModelRequirements(each);
    }
  });

  it("step 1: throws for a negative latency", () => {
    assert.throws(() => validateModelRequirements({ maxLatency: -1 }), RangeError);
  });

  it("step 2: throws for what is no share", () => {
    assert.throws(() => validateModelRequirements({ minFidelity: -0.1 }), RangeError);
    assert.throws(() => validateModelRequirements({ minFidelity: 95 }), RangeError);
  });
});
