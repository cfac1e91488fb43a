import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { AttributeProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from "onnx-buf";

/** The parts that an ONNX model is built of, each made by one function. */

export { DataType };

type Attribute = bigint | number | string | bigint[];

function attribute(name: string, value: Attribute): AttributeProto {
  if (typeof value === "bigint") {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: value });
  }
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value });
}

/** An operator. A bigint attribute is an integer, a number a float. The first output names the operator. */
export function operator(
  opType: string,
  input: string[],
  output: string[],
  attributes: Record<string, Attribute> = {},
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    name: output[0] ?? "",
    input,
    output,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

/** A constant tensor, its elements in little-endian order. */
export function constantTensor(
  name: string,
  dataType: DataType,
  shape: number[],
  elements: ArrayBufferView<ArrayBuffer>,
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType,
    dims: shape.map(BigInt),
    rawData: new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength).slice(),
  });
}

/** The declaration of an input or output; a string in the shape names a dynamic dimension. */
export function tensorDeclaration(
  name: string,
  dataType: DataType,
  shape: (number | string)[],
): ValueInfoProto {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === "number"
          ? { case: "dimValue", value: BigInt(size) }
          : { case: "dimParam", value: size },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: dataType,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType } }),
  });
}

/** A model of one graph over the standard operators. */
export function onnxModel(graph: {
  name: string;
  operatorSet: number;
  operators: NodeProto[];
  constants: TensorProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
}): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: "hybrid-ai",
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(graph.operatorSet) })],
    graph: create(GraphProtoSchema, {
      name: graph.name,
      node: graph.operators,
      initializer: graph.constants,
      input: graph.inputs,
      output: graph.outputs,
    }),
  });
}
