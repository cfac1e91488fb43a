import { writeOnnxModel } from "./onnx/model-file.ts";
import { constantTensor, DataType, onnxModel, operator, tensorDeclaration } from "./onnx/onnx-parts.ts";

/** A model that multiplies rows with a matrix of ones: [rows, from] to [rows, to]. */
export function matrixModel({
  input = "x",
  output = "y",
  from = 4,
  to = 2,
  rows = "rows",
} = {}): Uint8Array<ArrayBuffer> {
  return writeOnnxModel(
    onnxModel({
      name: "matrix",
      operatorSet: 13,
      operators: [operator("MatMul", [input, "weights"], [output])],
      constants: [constantTensor("weights", DataType.FLOAT, [from, to], new Float32Array(from * to).fill(1))],
      inputs: [tensorDeclaration(input, DataType.FLOAT, [rows, from])],
      outputs: [tensorDeclaration(output, DataType.FLOAT, [rows, to])],
    }),
  );
}
