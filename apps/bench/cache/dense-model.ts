import { create } from "@bufbuild/protobuf";
import { StringStringEntryProtoSchema, TensorProto_DataLocation, TensorProtoSchema } from "onnx-buf";
import type { TensorProto } from "onnx-buf";
import { writeOnnxModel } from "../../cli/onnx/model-file.ts";
import { DataType, onnxModel, operator, tensorDeclaration } from "../../cli/onnx/onnx-parts.ts";

/** How many numbers the model takes and gives. */
export const width = 1024;

/** What the model gives for ones: its matrices are the same number everywhere, which keeps it. */
export const answer = 1;

/** The path under which a model names the file of its weights. */
export const weightsPath = "weights";

const layerSize = 4 * width * width;

export interface DenseModel {
  /** With its weights in it. */
  readonly whole: Uint8Array<ArrayBuffer>;
  /** Without them. */
  readonly graph: Uint8Array<ArrayBuffer>;
  /** What is missing there. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** An ONNX model of dense layers, with 4 MiB of weights each, together about so many MiB; in one file, and in two. */
export function denseModel(megabytes: number): DenseModel {
  const layers = Math.max(1, Math.round((megabytes << 20) / layerSize));
  const weights = new Float32Array((layers * layerSize) / 4).fill(1 / width);
  const bytes = new Uint8Array(weights.buffer);
  return {
    whole: write(layers, (layer) => ({
      rawData: bytes.subarray(layer * layerSize, (layer + 1) * layerSize),
    })),
    graph: write(layers, (layer) => ({
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries({
        location: weightsPath,
        offset: layer * layerSize,
        length: layerSize,
      }).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value: String(value) })),
    })),
    weights: bytes,
  };
}

type Data = Partial<Pick<TensorProto, "rawData" | "dataLocation" | "externalData">>;

function write(layers: number, dataOf: (layer: number) => Data): Uint8Array<ArrayBuffer> {
  const name = (index: number) => (index === 0 ? "x" : index === layers ? "y" : `h${index}`);
  const indices = Array.from({ length: layers }, (_, index) => index);
  const dims = [BigInt(width), BigInt(width)];
  return writeOnnxModel(
    onnxModel({
      name: "dense",
      operatorSet: 17,
      operators: indices.map((index) => operator("MatMul", [name(index), `w${index}`], [name(index + 1)])),
      constants: indices.map((index) =>
        create(TensorProtoSchema, { name: `w${index}`, dataType: DataType.FLOAT, dims, ...dataOf(index) }),
      ),
      inputs: [tensorDeclaration("x", DataType.FLOAT, [1, width])],
      outputs: [tensorDeclaration("y", DataType.FLOAT, [1, width])],
    }),
  );
}
