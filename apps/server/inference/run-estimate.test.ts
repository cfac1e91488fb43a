import { describe, it } from "mocha";
import assert from "node:assert/strict";
import type { NodeProto, TensorProto } from "onnx-buf";
import { writeOnnxModel } from "../../cli/onnx/model-file.ts";
import {
  constantTensor,
  DataType,
  onnxModel,
  operator,
  tensorDeclaration,
} from "../../cli/onnx/onnx-parts.ts";
import { RunEstimate } from "./run-estimate.ts";

describe("the estimate of a run", () => {
  type Shape = (number | string)[];

  function model(
    inputs: Record<string, Shape>,
    operators: NodeProto[],
    [output, shape]: [string, Shape],
    constants: TensorProto[] = [],
  ): Uint8Array {
    const declared = (name: string, size: Shape) => tensorDeclaration(name, DataType.FLOAT, size);
    return writeOnnxModel(
      onnxModel({
        name: "graph",
        operatorSet: 17,
        operators,
        constants,
        inputs: Object.entries(inputs).map(([name, size]) => declared(name, size)),
        outputs: [declared(output, shape)],
      }),
    );
  }

  const repeats = constantTensor("repeats", DataType.INT64, [2], BigInt64Array.of(1n, 1000n));
  const widen = (from: string, to: string) =>
    model(
      { [from]: ["rows", 3] },
      [operator("Tile", [from, "repeats"], [to])],
      [to, ["rows", 3000]],
      [repeats],
    );

  it("is of the tensors between the operators, not of the request", () => {
    const estimate = RunEstimate.of([widen("x", "y")])!;
    estimate.require([{ name: "x", shape: [10, 3] }], 10 * 12_012);
    assert.throws(
      () => estimate.require([{ name: "x", shape: [10, 3] }], 10 * 12_012 - 1),
      /take 0 MiB in the model/,
    );
    assert.throws(
      () => estimate.require([{ name: "x", shape: [4000, 3] }], 2 ** 20),
      /take 46 MiB.* may take 1/,
    );
  });

  it("goes from one part to the next", () => {
    const sum = model({ y: ["rows", 3000] }, [operator("Relu", ["y"], ["z"])], ["z", ["rows", 3000]]);
    const estimate = RunEstimate.of([widen("x", "y"), sum])!;
    estimate.require([{ name: "x", shape: [10, 3] }], 240_000);
    assert.throws(() => estimate.require([{ name: "x", shape: [10, 3] }], 239_999), /Send less at a time/);
  });

  it("refuses two sizes of one dimension, and shapes that the operators cannot take", () => {
    const add = model(
      { x: ["rows", "columns"], y: ["rows", "columns"] },
      [operator("Add", ["x", "y"], ["z"])],
      ["z", ["rows", "columns"]],
    );
    const inputs = [
      { name: "x", shape: [1000, 1] },
      { name: "y", shape: [1, 1] },
    ];
    assert.throws(
      () => RunEstimate.of([add])!.require(inputs, Infinity),
      /different sizes of the dimension 'rows'/,
    );

    const shape = constantTensor("shape", DataType.INT64, [2], BigInt64Array.of(-1n, 64n));
    const operators = [operator("Reshape", ["x", "shape"], ["y"])];
    const fold = RunEstimate.of([
      model({ x: ["rows", "columns"] }, operators, ["y", ["count", 64]], [shape]),
    ])!;
    fold.require([{ name: "x", shape: [8, 16] }], 2 ** 20);
    assert.throws(() => fold.require([{ name: "x", shape: [1, 3] }], Infinity), {
      name: "ProtocolError",
      message: /impossible shape/,
    });
  });

  it("keeps shapes and no weights, and is none where an operator is unknown", () => {
    const weights = constantTensor("w", DataType.FLOAT, [3, 1000], new Float32Array(3000));
    const product = model(
      { x: ["rows", 3] },
      [operator("MatMul", ["x", "w"], ["y"])],
      ["y", ["rows", 1000]],
      [weights],
    );
    const estimate = RunEstimate.of([product])!;
    assert.throws(() => estimate.require([{ name: "x", shape: [1, 3] }], 4011));
    estimate.require([{ name: "x", shape: [1, 3] }], 4012);

    const unknown = model({ x: [1] }, [operator("Mystery", ["x"], ["y"])], ["y", [1]]);
    assert.equal(RunEstimate.of([unknown]), null);
    assert.equal(RunEstimate.of([Uint8Array.of(1, 2, 3)]), null);
  });
});
