import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import type { GraphProto, ModelProto } from "onnx-buf";

/** An ONNX model that has a graph. */
export type OnnxModel = ModelProto & { graph: GraphProto };

/** Thrown for bytes that are not an ONNX model. */
export class NotAnOnnxModelError extends Error {
  override name = "NotAnOnnxModelError";
}

/** Parses the bytes of an ONNX file. `source` names the bytes in error messages. */
export function readOnnxModel(bytes: Uint8Array, source = "these bytes"): OnnxModel {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new NotAnOnnxModelError(`${source}: not an ONNX model (not a protocol buffer of one).`, { cause });
  }
  if (model.graph === undefined || model.graph.node.length === 0) {
    throw new NotAnOnnxModelError(`${source}: not an ONNX model (no graph, or a graph without operators).`);
  }
  return model as OnnxModel;
}

/** The bytes of an ONNX file; unknown fields survive, and an unchanged model gives the bytes that were read. */
export function writeOnnxModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  return toBinary(ModelProtoSchema, model);
}
