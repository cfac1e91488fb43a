import type { Tensor } from "onnxruntime-node";

type Elements =
  | Float16Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** A datatype of the Open Inference Protocol, and how ONNX Runtime and JavaScript call it. */
export interface Datatype {
  /** As in the protocol: `FP32`. */
  readonly name: string;
  /** As in ONNX Runtime: `float32`. */
  readonly tensorType: Tensor.Type;
  readonly elementSize: number;
  /** The elements held by little-endian bytes whose length is a multiple of the element size. */
  fromBytes(bytes: Uint8Array): Elements;
  /** The elements held by values of JSON, or null where one of them is not of this type. */
  fromJSON(values: readonly unknown[]): Elements | null;
  /** Values for JSON, or null where one of them (an infinity, not-a-number) has no spelling there. */
  toJSON(elements: ArrayLike<number | bigint>): unknown[] | null;
}

interface NumericArray {
  new (lengthOrBuffer: number | ArrayBuffer): Elements;
  readonly BYTES_PER_ELEMENT: number;
}

function datatype(
  name: string,
  tensorType: Tensor.Type,
  ArrayType: unknown,
  accepts: (value: unknown) => number | bigint | null,
  spell: (element: number | bigint) => unknown,
): Datatype {
  const Numeric = ArrayType as NumericArray;
  return {
    name,
    tensorType,
    elementSize: Numeric.BYTES_PER_ELEMENT,
    // A copy, because the bytes need not be aligned.
    fromBytes: (bytes) => new Numeric(Uint8Array.from(bytes).buffer),
    fromJSON(values) {
      const elements = new Numeric(values.length);
      for (const [index, value] of values.entries()) {
        const element = accepts(value);
        if (element === null) return null;
        (elements as { [index: number]: number | bigint })[index] = element;
      }
      return elements;
    },
    toJSON(elements) {
      const values = Array.from(elements, spell);
      return values.includes(undefined) ? null : values;
    },
  };
}

const isNumber = (value: unknown) => (typeof value === "number" ? value : null);
const spellNumber = (element: number | bigint) => (Number.isFinite(element) ? element : undefined);

function real(name: string, tensorType: Tensor.Type, ArrayType: unknown): Datatype {
  return datatype(name, tensorType, ArrayType, isNumber, spellNumber);
}

function integer(
  name: string,
  tensorType: Tensor.Type,
  ArrayType: unknown,
  least: number,
  most: number,
): Datatype {
  const accepts = (value: unknown) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : null;
  return datatype(name, tensorType, ArrayType, accepts, spellNumber);
}

/** JSON's numbers are exact up to 2^53 in JavaScript; who needs more sends bytes. */
function longInteger(name: string, tensorType: Tensor.Type, ArrayType: unknown, least: number): Datatype {
  const accepts = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= least ? BigInt(value as number) : null;
  const spell = (element: number | bigint) =>
    Number.isSafeInteger(Number(element)) ? Number(element) : undefined;
  return datatype(name, tensorType, ArrayType, accepts, spell);
}

/** Every datatype that this server speaks. BYTES and BF16 are not among them. */
export const datatypes: readonly Datatype[] = [
  datatype(
    "BOOL",
    "bool",
    Uint8Array,
    (value) => (typeof value === "boolean" ? Number(value) : null),
    (element) => element !== 0,
  ),
  integer("UINT8", "uint8", Uint8Array, 0, 2 ** 8 - 1),
  integer("UINT16", "uint16", Uint16Array, 0, 2 ** 16 - 1),
  integer("UINT32", "uint32", Uint32Array, 0, 2 ** 32 - 1),
  longInteger("UINT64", "uint64", BigUint64Array, 0),
  integer("INT8", "int8", Int8Array, -(2 ** 7), 2 ** 7 - 1),
  integer("INT16", "int16", Int16Array, -(2 ** 15), 2 ** 15 - 1),
  integer("INT32", "int32", Int32Array, -(2 ** 31), 2 ** 31 - 1),
  longInteger("INT64", "int64", BigInt64Array, -Infinity),
  real("FP16", "float16", Float16Array),
  real("FP32", "float32", Float32Array),
  real("FP64", "float64", Float64Array),
];

/** The datatype of a name of the protocol. */
export function datatypeOf(name: unknown): Datatype | undefined {
  return datatypes.find((each) => each.name === name);
}

/** The datatype of a tensor of ONNX Runtime's. */
export function datatypeOfTensor(type: Tensor.Type): Datatype | undefined {
  return datatypes.find((each) => each.tensorType === type);
}
