import { TensorProto_DataType as DataType } from "onnx-buf";

/** The element types that a tensor of an ONNX graph can have here: WebNN's, and those that only graphs use inside. */
export type ElementType =
  | "float32"
  | "float16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "int8"
  | "uint8"
  | "bool"
  | "float64"
  | "int16"
  | "uint16"
  | "bfloat16";

const elementTypes = new Map<number, ElementType>([
  [DataType.FLOAT, "float32"],
  [DataType.FLOAT16, "float16"],
  [DataType.INT32, "int32"],
  [DataType.UINT32, "uint32"],
  [DataType.INT64, "int64"],
  [DataType.UINT64, "uint64"],
  [DataType.INT8, "int8"],
  [DataType.UINT8, "uint8"],
  [DataType.BOOL, "bool"],
  [DataType.DOUBLE, "float64"],
  [DataType.INT16, "int16"],
  [DataType.UINT16, "uint16"],
  [DataType.BFLOAT16, "bfloat16"],
]);

const elementSizes: Record<ElementType, number> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  int8: 1,
  uint8: 1,
  bool: 1,
  float64: 8,
  int16: 2,
  uint16: 2,
  bfloat16: 2,
};

/** The types that may cross a page's border: https://www.w3.org/TR/webnn/#enumdef-mloperanddatatype */
const operandDataTypes = [
  "float32",
  "float16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "int8",
  "uint8",
] as const;

export type OperandDataType = (typeof operandDataTypes)[number];

/** The element type that an ONNX file writes as a number; undefined for those that are not numbers, or narrower than a byte. */
export function elementTypeOf(dataType: number): ElementType | undefined {
  return elementTypes.get(dataType);
}

/** In bytes. */
export function elementSize(type: ElementType): number {
  return elementSizes[type];
}

/** Whether a page can hold tensors of this type. */
export function isOperandDataType(type: ElementType): type is OperandDataType {
  return operandDataTypes.some((each) => each === type);
}
