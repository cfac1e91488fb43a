import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isFailure } from "../infra/failure.ts";
import type { TensorDescription } from "../model-manifest/manifest.ts";
import { acceptOutputs, matchATensor } from "./match-a-tensor.ts";
import { float32 } from "./scripted-remote.test.ts";

function matches(shape: number[], expected: (number | string)[], dimensions = new Map<string, number>()) {
  return matchATensor("float32", shape, { dataType: "float32", shape: expected }, dimensions);
}

describe("match a tensor", () => {
  it("step 1: another data type does not match", () => {
    assert.equal(matchATensor("int32", [1], { dataType: "float32", shape: [1] }, new Map()), false);
  });

  it("step 2: another rank does not match", () => {
    assert.equal(matches([], [1]), false);
    assert.equal(matches([1, 1], [1]), false);
  });

  it("step 3.2: another size does not match", () => {
    assert.equal(matches([2, 3], [2, 4]), false);
    assert.equal(matches([2, 3], [1, 3]), false);
  });

  it("step 3.3: a dimension has one size", () => {
    assert.equal(matches([2], ["n"], new Map([["n", 3]])), false);
    assert.equal(matches([2], ["n"], new Map([["n", 2]])), true);
    assert.equal(matches([2, 3], ["n", "n"]), false);
    assert.equal(matches([2, 2], ["n", "n"]), true);
  });

  it("step 3.4: the sizes of dimensions are learnt", () => {
    const dimensions = new Map([["m", 9]]);
    assert.equal(matches([2, 5, 3], ["n", 5, "k"], dimensions), true);
    assert.deepEqual(Object.fromEntries(dimensions), { m: 9, n: 2, k: 3 });
  });

  it("step 4: the same type, rank and sizes match", () => {
    assert.equal(matches([2, 3], [2, 3]), true);
    assert.equal(matches([], []), true);
  });
});

describe("accept outputs", () => {
  const y: TensorDescription = { dataType: "float32", shape: ["n"] };
  const nothing = new Map<string, number>();

  it("step 1: an output too few, too many, or of another name is failure", () => {
    for (const names of [[], ["y", "z"], ["z"]]) {
      const tensors = new Map(names.map((name) => [name, float32(1)]));
      assert.ok(isFailure(acceptOutputs(tensors, new Map([["y", y]]), nothing)), names.join());
    }
  });

  it("step 3.1: an output that its description does not describe is failure", () => {
    const accept = (n: number) =>
      acceptOutputs(new Map([["y", float32(1, 2)]]), new Map([["y", y]]), new Map([["n", n]]));
    assert.ok(isFailure(accept(3)));
    assert.ok(!isFailure(accept(2)));
    assert.ok(!isFailure(acceptOutputs(new Map([["y", float32(1)]]), new Map([["y", null]]), nothing)));
  });

  it("step 4: outputs that are right are returned as they are, in any order, and nothing is learnt from them", () => {
    const tensors = new Map([
      ["z", float32(1)],
      ["y", float32(2, 3)],
    ]);
    const descriptions = new Map([
      ["y", y],
      ["z", null],
    ]);
    assert.equal(acceptOutputs(tensors, descriptions, nothing), tensors);
    assert.equal(nothing.size, 0);
  });
});
