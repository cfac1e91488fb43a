import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { NodeProto } from "onnx-buf";
import type { OnnxModel } from "../../apps/cli/onnx/model-file.ts";
import {
  constantTensor,
  DataType,
  onnxModel,
  operator,
  tensorDeclaration,
} from "../../apps/cli/onnx/onnx-parts.ts";
import { cutModel, lastOperator } from "./cut-model.ts";

const declared = (name: string) => tensorDeclaration(name, DataType.FLOAT, [3]);

function model(...operators: NodeProto[]): OnnxModel {
  return onnxModel({
    name: "model",
    operatorSet: 17,
    operators,
    constants: ["two", "three"].map((name) => constantTensor(name, DataType.FLOAT, [], Float32Array.of(1))),
    inputs: [declared("x")],
    outputs: [declared("y")],
  }) as OnnxModel;
}

describe("cutting a model", () => {
  it("gives each part what it needs, and no more", () => {
    const [first, second] = cutModel(
      model(operator("Mul", ["x", "two"], ["h"]), operator("Add", ["h", "three"], ["y"])),
      declared("h"),
    );
    const facts = ({ graph }: OnnxModel) => ({
      operators: graph.node.map(({ opType }) => opType),
      constants: graph.initializer.map(({ name }) => name),
      inputs: graph.input.map(({ name }) => name),
      outputs: graph.output.map(({ name }) => name),
    });
    assert.deepEqual(facts(first), { operators: ["Mul"], constants: ["two"], inputs: ["x"], outputs: ["h"] });
    assert.deepEqual(facts(second), {
      operators: ["Add"],
      constants: ["three"],
      inputs: ["h"],
      outputs: ["y"],
    });
  });

  it("refuses where the input is needed on both sides", () => {
    const skips = model(operator("Mul", ["x", "two"], ["h"]), operator("Add", ["h", "x"], ["y"]));
    assert.throws(() => cutModel(skips, declared("h")), /needs the model's input x/);
  });

  it("refuses where more than one tensor would cross", () => {
    const branches = model(
      operator("Mul", ["x", "two"], ["g"]),
      operator("Relu", ["g"], ["h"]),
      operator("Add", ["h", "g"], ["y"]),
    );
    assert.throws(() => cutModel(branches, declared("h")));
  });

  it("leaves the model as it was", () => {
    const whole = model(operator("Mul", ["x", "two"], ["h"]), operator("Add", ["h", "three"], ["y"]));
    cutModel(whole, declared("h"));
    assert.equal(whole.graph.node.length, 2);
    assert.equal(whole.graph.initializer.length, 2);
  });
});

describe("the last operator of a type", () => {
  it("is found, or named as missing", () => {
    const two = model(operator("Relu", ["x"], ["h"]), operator("Relu", ["h"], ["y"]));
    assert.equal(lastOperator(two, "Relu").output[0], "y");
    assert.throws(() => lastOperator(two, "Conv"), /no operator Conv/);
  });
});
