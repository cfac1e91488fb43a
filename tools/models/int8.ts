import { create } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType, AttributeProtoSchema } from "onnx-buf";
import type { NodeProto, TensorProto } from "onnx-buf";
import { constantTensor, DataType, operator } from "../../apps/cli/onnx/onnx-parts.ts";

/** Weights as 8-bit integers around zero: weight = value x scale, the largest magnitude of a channel at 127. */
export interface Int8Weights {
  values: Int8Array<ArrayBuffer>;
  scales: Float32Array<ArrayBuffer>;
}

/** `channelOf` tells which of the `channels` a weight belongs to, each of which has a scale of its own. */
export function symmetricInt8(
  weights: Float32Array,
  channels: number,
  channelOf: (index: number) => number,
): Int8Weights {
  const scales = new Float32Array(channels);
  weights.forEach((weight, index) => {
    const channel = channelOf(index);
    scales[channel] = Math.max(scales[channel] ?? 0, Math.abs(weight) / 127);
  });
  const values = Int8Array.from(weights, (weight, index) => {
    const scale = scales[channelOf(index)] ?? 0;
    return scale === 0 ? 0 : Math.round(weight / scale);
  });
  return { values, scales };
}

/** A tensor's data type is a plain number, not one of the enum. */
const float32: number = DataType.FLOAT;

/** Fewer weights than this are not worth two more operators. */
const fewestWeights = 1024;

/**
 * A model's operators with its float32 weights stored in 8 bits, a scale for each output channel, and widened again
 * when a runtime loads them: a quarter of the bytes at the same speed, at some loss. Weights are expected as the
 * operators `Constant` of the standard operators up to version 12, where DequantizeLinear knows no channels.
 */
export function withInt8Weights(operators: readonly NodeProto[]): NodeProto[] {
  return operators.flatMap((node) => {
    const weights = node.opType === "Constant" ? node.attribute[0]?.t : undefined;
    if (weights === undefined || weights.dataType !== float32) return [node];
    const shape = weights.dims.map(Number);
    const isLarge = shape.reduce((count, size) => count * size, 1) >= fewestWeights;
    return isLarge && shape.length >= 2 ? widenedInt8(node.output[0] ?? "", weights, shape) : [node];
  });
}

function widenedInt8(name: string, weights: TensorProto, shape: number[]): NodeProto[] {
  // A convolution's output channel is its first dimension, a matrix's its last.
  const axis = shape.length === 2 ? 1 : 0;
  const channels = shape[axis] ?? 1;
  const all = new Float32Array(new Uint8Array(weights.rawData).buffer);
  const perChannel = all.length / channels;
  const { values, scales } = symmetricInt8(all, channels, (index) =>
    axis === 1 ? index % channels : Math.floor(index / perChannel),
  );
  const scaleShape = shape.map((size, dimension) => (dimension === axis ? size : 1));
  return [
    constantOperator(`${name}-int8`, constantTensor(`${name}-int8`, DataType.INT8, shape, values)),
    constantOperator(`${name}-scale`, constantTensor(`${name}-scale`, DataType.FLOAT, scaleShape, scales)),
    operator("Cast", [`${name}-int8`], [`${name}-unscaled`], { to: BigInt(DataType.FLOAT) }),
    operator("Mul", [`${name}-unscaled`, `${name}-scale`], [name]),
  ];
}

function constantOperator(name: string, value: TensorProto): NodeProto {
  const constant = operator("Constant", [], [name]);
  constant.attribute = [
    create(AttributeProtoSchema, { name: "value", type: AttributeProto_AttributeType.TENSOR, t: value }),
  ];
  return constant;
}
