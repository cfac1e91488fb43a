import { BackendError } from "../backend.ts";
import type { TensorDataType } from "../backend.ts";
import { arrayOf } from "./array.ts";
import type { NumberArray } from "./array.ts";
import { integersOf, readFields } from "./protocol-buffer.ts";
import type { Fields, FieldValue } from "./protocol-buffer.ts";

/** What this backend reads of an ONNX model. */
export interface Graph {
  /** In the order in which they run. */
  readonly operators: readonly Operator[];
  readonly constants: ReadonlyMap<string, NumberArray>;
  /** The names of the inputs that a run must be given. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface Operator {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers only. */
  readonly attributes: ReadonlyMap<string, number>;
}

/** Reads https://github.com/onnx/onnx/blob/main/onnx/onnx.proto as far as this backend understands it. */
export function readAGraph(model: Uint8Array<ArrayBuffer>): Graph {
  const graph = messageIn(readFields(model), 7);
  if (graph === undefined) throw new BackendError("This is not an ONNX model: it has no graph.");
  const constants = new Map(messagesIn(graph, 5).map((tensor) => [stringIn(tensor, 8), constantOf(tensor)]));
  return {
    operators: messagesIn(graph, 1).map(operatorOf),
    constants,
    inputs: messagesIn(graph, 11)
      .map((input) => stringIn(input, 1))
      .filter((name) => !constants.has(name)),
    outputs: messagesIn(graph, 12).map((output) => stringIn(output, 1)),
  };
}

function operatorOf(node: Fields): Operator {
  return {
    type: stringIn(node, 4),
    inputs: stringsIn(node, 1),
    outputs: stringsIn(node, 2),
    attributes: new Map(
      messagesIn(node, 5).map((attribute) => {
        const [float] = bytesIn(attribute, 2);
        return [stringIn(attribute, 1), float ? viewOf(float).getFloat32(0, true) : integerIn(attribute, 3)];
      }),
    ),
  };
}

const dataTypes = new Map<number, TensorDataType>([
  [1, "float32"],
  [6, "int32"],
  [7, "int64"],
]);

function constantOf(tensor: Fields): NumberArray {
  const name = stringIn(tensor, 8);
  const dataType = dataTypes.get(integerIn(tensor, 2));
  if (dataType === undefined)
    throw new BackendError(`${name}: there is no arithmetic for its data type here.`);
  const shape = integersOf(tensor.get(1)).map(Number);
  const data = bytesIn(tensor, 9)[0] ?? listedData(tensor, dataType);
  return arrayOf({ dataType, shape, data }, name);
}

/** The elements where they stand in a list of their type, and not as raw bytes. */
function listedData(tensor: Fields, dataType: TensorDataType): Uint8Array<ArrayBuffer> {
  // Floats have four bytes each, whether they stand alone or in a list: one after the other they are the raw bytes.
  if (dataType === "float32") return Uint8Array.from(bytesIn(tensor, 4).flatMap((floats) => [...floats]));
  const integers = integersOf(tensor.get(dataType === "int32" ? 5 : 7));
  const list = dataType === "int32" ? Int32Array.from(integers.map(Number)) : BigInt64Array.from(integers);
  return new Uint8Array(list.buffer);
}

function bytesIn(fields: Fields, number: number): Uint8Array<ArrayBuffer>[] {
  return (fields.get(number) ?? []).filter(
    (value): value is Exclude<FieldValue, bigint> => typeof value !== "bigint",
  );
}

function messagesIn(fields: Fields, number: number): Fields[] {
  return bytesIn(fields, number).map(readFields);
}

function messageIn(fields: Fields, number: number): Fields | undefined {
  return messagesIn(fields, number)[0];
}

function stringsIn(fields: Fields, number: number): string[] {
  return bytesIn(fields, number).map((bytes) => new TextDecoder().decode(bytes));
}

function stringIn(fields: Fields, number: number): string {
  return stringsIn(fields, number)[0] ?? "";
}

function integerIn(fields: Fields, number: number): number {
  return Number(integersOf(fields.get(number))[0] ?? 0n);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
