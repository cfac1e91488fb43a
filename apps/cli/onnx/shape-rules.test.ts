import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import { describe, it } from "mocha";
import { ValueInfoProtoSchema } from "onnx-buf";
import type { NodeProto, TensorProto } from "onnx-buf";
import { analyzeOnnxModel } from "./analyze.ts";
import { compareWithTheRuntime } from "./compare-with-the-runtime.ts";
import { NotAnOnnxModelError, writeOnnxModel } from "./model-file.ts";
import { constantTensor, DataType, onnxModel, operator, tensorDeclaration } from "./onnx-parts.ts";
import { elementCount } from "./tensor-information.ts";
import { UnsupportedModelError } from "./unsupported-model-error.ts";

describe("the analysis of an operator", function () {
  const float = (name: string, shape: number[]): TensorProto =>
    constantTensor(name, DataType.FLOAT, shape, new Float32Array(elementCount(shape)).fill(1));
  const integers = (name: string, values: number[]): TensorProto =>
    constantTensor(name, DataType.INT64, [values.length], BigInt64Array.from(values.map(BigInt)));

  interface Case {
    shape: number[];
    operators: NodeProto[];
    constants?: TensorProto[];
  }
  const cases: Record<string, Case> = {
    "a convolution with groups, dilations and strides": {
      shape: [2, 4, 17, 19],
      operators: [
        operator("Conv", ["x", "w"], ["y"], {
          group: 2n,
          dilations: [2n, 1n],
          strides: [2n, 3n],
          pads: [1n, 2n, 0n, 1n],
        }),
      ],
      constants: [float("w", [6, 2, 3, 2])],
    },
    "a convolution that pads by itself": {
      shape: [1, 3, 7, 8],
      operators: [operator("Conv", ["x", "w"], ["y"], { auto_pad: "SAME_UPPER", strides: [2n, 2n] })],
      constants: [float("w", [5, 3, 3, 3])],
    },
    "a transposed convolution": {
      shape: [1, 4, 5, 6],
      operators: [
        operator("ConvTranspose", ["x", "w"], ["y"], {
          group: 2n,
          strides: [2n, 3n],
          output_padding: [1n, 0n],
          pads: [0n, 1n, 1n, 0n],
        }),
      ],
      constants: [float("w", [4, 3, 3, 2])],
    },
    "pools, rounded up and down": {
      shape: [1, 2, 9, 10],
      operators: [
        operator("MaxPool", ["x"], ["a"], { kernel_shape: [2n, 2n], strides: [2n, 2n], ceil_mode: 1n }),
        operator("AveragePool", ["a"], ["b"], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
        operator("GlobalAveragePool", ["b"], ["y"]),
      ],
    },
    "products of matrices": {
      shape: [2, 3, 4],
      operators: [
        operator("MatMul", ["x", "w"], ["a"]),
        operator("MatMul", ["a", "v"], ["b"]),
        operator("Gemm", ["b", "g", "c"], ["y"], { transA: 1n, transB: 1n }),
      ],
      constants: [float("w", [4, 5]), float("v", [5]), float("g", [7, 2]), float("c", [7])],
    },
    "shapes computed from shapes": {
      shape: [2, 3, 4, 5],
      operators: [
        operator("Shape", ["x"], ["s"]),
        operator("Slice", ["s", "zero", "two"], ["front"]),
        operator("Gather", ["s", "last"], ["end"]),
        operator("Mul", ["end", "four"], ["product"]),
        operator("Concat", ["front", "product"], ["wanted"], { axis: 0n }),
        operator("Reshape", ["x", "wanted"], ["r"]),
        operator("Transpose", ["r"], ["t"], { perm: [2n, 0n, 1n] }),
        operator("Flatten", ["t"], ["f"], { axis: 2n }),
        operator("Unsqueeze", ["f", "front-axes"], ["u"]),
        operator("Squeeze", ["u", "zero"], ["y"]),
      ],
      constants: [
        integers("zero", [0]),
        integers("two", [2]),
        integers("four", [4]),
        integers("last", [-1]),
        integers("front-axes", [0, -1]),
      ],
    },
    "cutting, padding and repeating": {
      shape: [4, 9],
      operators: [
        operator("Slice", ["x", "starts", "ends", "axes", "steps"], ["s"]),
        operator("Pad", ["s", "pads"], ["p"]),
        operator("Tile", ["p", "repeats"], ["t"]),
        operator("Split", ["t", "sizes"], ["first", "y"], { axis: 1n }),
        operator("Expand", ["first", "wide"], ["e"]),
      ],
      constants: [
        integers("starts", [-1, 1]),
        integers("ends", [-100, 8]),
        integers("axes", [0, 1]),
        integers("steps", [-2, 3]),
        integers("pads", [0, 1, 1, 0]),
        integers("repeats", [1, 2]),
        integers("sizes", [3, 5]),
        integers("wide", [2, 1, 3]),
      ],
    },
    "reductions and the place of the largest": {
      shape: [2, 3, 4],
      operators: [
        operator("ReduceMean", ["x"], ["m"], { axes: [-1n], keepdims: 0n }),
        operator("ArgMax", ["m"], ["y"], { axis: -1n, keepdims: 0n }),
        operator("ReduceSum", ["x", "axes"], ["s"]),
      ],
      constants: [integers("axes", [0, 2])],
    },
    "resizing by scales and to sizes": {
      shape: [1, 2, 5, 7],
      operators: [
        operator("Resize", ["x", "", "scales"], ["r"], { mode: "nearest" }),
        operator("Resize", ["r", "", "", "sizes"], ["y"], { mode: "linear" }),
      ],
      constants: [
        constantTensor("scales", DataType.FLOAT, [4], Float32Array.of(1, 1, 1.5, 2)),
        integers("sizes", [1, 2, 3, 9]),
      ],
    },
    "quantisation on the way": {
      shape: [2, 8],
      operators: [
        operator("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        operator("MatMulInteger", ["q", "w", "z"], ["i"]),
        operator("Cast", ["i"], ["f"], { to: BigInt(DataType.FLOAT) }),
        operator("Mul", ["f", "s"], ["y"]),
      ],
      constants: [constantTensor("w", DataType.INT8, [8, 3], new Int8Array(24))],
    },
    "comparisons, choices and broadcasting": {
      shape: [2, 1, 4],
      operators: [
        operator("Greater", ["x", "c"], ["g"]),
        operator("Where", ["g", "x", "c"], ["w"]),
        operator("Pow", ["w", "two"], ["p"]),
        operator("Clip", ["p"], ["y"]),
      ],
      constants: [float("c", [3, 1]), constantTensor("two", DataType.FLOAT, [], Float32Array.of(2))],
    },
  };

  for (const [name, { shape, operators, constants = [] }] of Object.entries(cases)) {
    it(`knows the shapes of ${name}`, async () => {
      const made = operators.flatMap(({ output }) => output);
      const taken = new Set(operators.flatMap(({ input }) => input));
      const model = onnxModel({
        name,
        operatorSet: 13,
        operators,
        constants,
        inputs: [tensorDeclaration("x", DataType.FLOAT, shape)],
        outputs: made
          .filter((output) => !taken.has(output))
          .map((output) => create(ValueInfoProtoSchema, { name: output })),
      });
      assert.equal(await compareWithTheRuntime(writeOnnxModel(model), new Map()), operators.length);
    });
  }

  it("says which operator it does not know", () => {
    const model = onnxModel({
      name: "strange",
      operatorSet: 13,
      operators: [operator("Strange", ["x"], ["y"])],
      constants: [],
      inputs: [tensorDeclaration("x", DataType.FLOAT, [1])],
      outputs: [tensorDeclaration("y", DataType.FLOAT, [1])],
    });
    const analyze = () => analyzeOnnxModel(writeOnnxModel(model), { source: "it" });
    assert.throws(
      analyze,
      (error) => error instanceof UnsupportedModelError && /Strange/.test(error.message),
    );
  });

  it("tells shapes of any size in memory of none", () => {
    for (const size of [2 ** 31, 2 ** 40]) {
      const doublings = Array.from({ length: 40 }, (_, index) =>
        operator("Concat", [`s${index}`, `s${index}`], [`s${index + 1}`], { axis: 0n }),
      );
      const model = onnxModel({
        name: "large",
        operatorSet: 13,
        operators: [operator("Slice", ["x", "s0", "end"], ["y"]), ...doublings],
        constants: [integers("s0", [0]), integers("end", [2 ** 40])],
        inputs: [tensorDeclaration("x", DataType.FLOAT, [size])],
        outputs: [
          tensorDeclaration("y", DataType.FLOAT, [size]),
          tensorDeclaration("s40", DataType.INT64, [2 ** 40]),
        ],
      });
      const { outputShapes } = analyzeOnnxModel(writeOnnxModel(model), { source: "it" });
      assert.deepEqual([...outputShapes.values()], [[size], [2 ** 40]]);
    }
  });

  it("says which file is none of ONNX", () => {
    for (const bytes of [new TextEncoder().encode("<!doctype html>"), new Uint8Array()]) {
      assert.throws(
        () => analyzeOnnxModel(bytes, { source: "model.onnx" }),
        (error) => error instanceof NotAnOnnxModelError && error.message.startsWith("model.onnx: "),
      );
    }
  });

  it("names a dimension that the model leaves open", () => {
    const model = onnxModel({
      name: "open",
      operatorSet: 13,
      operators: [operator("Relu", ["x"], ["y"])],
      constants: [],
      inputs: [tensorDeclaration("x", DataType.FLOAT, ["", 3, ""])],
      outputs: [tensorDeclaration("y", DataType.FLOAT, ["", 3, ""])],
    });
    const { inputs, dimensions } = analyzeOnnxModel(writeOnnxModel(model), { source: "it" });
    assert.deepEqual(inputs.get("x")?.shape, ["x.0", 3, "x.2"]);
    assert.deepEqual([...dimensions.values()], [1, 256]);
  });
});
