import type { TypeProto, ValueInfoProto } from "onnx-buf";
import { elementTypeOf, isOperandDataType } from "./data-types.ts";
import type { OperandDataType } from "./data-types.ts";
import type { OnnxModel } from "./model-file.ts";
import { UnsupportedModelError } from "./unsupported-model-error.ts";

/** An input or output as a manifest describes it: a string in the shape names a dimension that may have any size. */
export interface TensorDescription {
  dataType: OperandDataType;
  shape: (number | string)[];
}

/** The inputs that a run must be given, by name. */
export function inputsOf(model: OnnxModel): Map<string, TensorDescription> {
  // Older files list their constants among the inputs.
  const constants = new Set(model.graph.initializer.map(({ name }) => name));
  return describe(model.graph.input.filter(({ name }) => !constants.has(name)));
}

/** The outputs by name. */
export function outputsOf(model: OnnxModel): Map<string, TensorDescription> {
  return describe(model.graph.output);
}

function describe(declarations: readonly ValueInfoProto[]): Map<string, TensorDescription> {
  return new Map(declarations.map(({ name, type }) => [name, descriptionOf(name, type)]));
}

function descriptionOf(name: string, type: TypeProto | undefined): TensorDescription {
  if (type?.value.case !== "tensorType") {
    throw new UnsupportedModelError(`${name} is no tensor: only tensors can go in and out of a model.`);
  }
  const { elemType, shape } = type.value.value;
  const dataType = elementTypeOf(elemType);
  if (dataType === undefined || !isOperandDataType(dataType)) {
    throw new UnsupportedModelError(
      `${name} is of the ONNX data type ${elemType}: numbers of float32, float16 or integers of 8, 32 or 64 bits can go in and out of a model.`,
    );
  }
  if (shape === undefined) {
    throw new UnsupportedModelError(
      `${name} has no declared shape. Declare its number of dimensions in the model.`,
    );
  }
  const sizes = shape.dim.map(({ value }, index) => {
    if (value.case === "dimValue" && value.value > 0n) return Number(value.value);
    // A dimension that was left open without a name gets one, and never that of another dimension.
    return value.case === "dimParam" && value.value !== "" ? value.value : `${name}.${index}`;
  });
  return { dataType, shape: sizes };
}
