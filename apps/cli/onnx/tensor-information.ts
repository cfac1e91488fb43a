import { TensorProto_DataLocation } from "onnx-buf";
import type { TensorProto } from "onnx-buf";
import { elementSize, elementTypeOf } from "./data-types.ts";
import type { ElementType } from "./data-types.ts";
import { UnsupportedModelError } from "./unsupported-model-error.ts";

/** What is known of a tensor before a run. */
export interface TensorInformation {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** The elements, where they are few and follow from constants and shapes alone: shapes are computed from them. */
  readonly values?: readonly number[];
  /** Whether the tensor is the same in every run. */
  readonly isConstant: boolean;
}

/** More elements than a shape, a list of axes or of scales would have. */
export const mostValues = 64;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

export function byteCount({ type, shape }: TensorInformation): number {
  return elementCount(shape) * elementSize(type);
}

/** What an ONNX file says of one of its constants. */
export function informationOf(constant: TensorProto): TensorInformation {
  const type = elementTypeOf(constant.dataType);
  if (type === undefined) {
    throw new UnsupportedModelError(
      `The constant ${constant.name} is of the ONNX data type ${constant.dataType}, which is not supported.`,
    );
  }
  if (constant.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw new UnsupportedModelError(
      `The constant ${constant.name} lies in another file. Save the model as one file first.`,
    );
  }
  const shape = constant.dims.map(Number);
  if (elementCount(shape) > mostValues) return { type, shape, isConstant: true };
  return { type, shape, isConstant: true, values: valuesOf(constant, type) };
}

function valuesOf(constant: TensorProto, type: ElementType): number[] | undefined {
  const { rawData } = constant;
  if (rawData.length === 0) {
    const stored = [constant.floatData, constant.int32Data, constant.int64Data, constant.doubleData];
    return (stored.find((data) => data.length > 0) ?? []).map(Number);
  }
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const read: Partial<Record<ElementType, (offset: number) => number>> = {
    float32: (offset) => view.getFloat32(offset, true),
    float64: (offset) => view.getFloat64(offset, true),
    int32: (offset) => view.getInt32(offset, true),
    int64: (offset) => Number(view.getBigInt64(offset, true)),
    uint8: (offset) => view.getUint8(offset),
    int8: (offset) => view.getInt8(offset),
    bool: (offset) => view.getUint8(offset),
  };
  const size = elementSize(type);
  const readOne = read[type];
  if (readOne === undefined) return undefined;
  const length = Math.min(rawData.length / size, mostValues);
  return Array.from({ length }, (_, index) => readOne(index * size));
}
