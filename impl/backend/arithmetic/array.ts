import { BackendError } from "../backend.ts";
import type { Tensor, TensorDataType } from "../backend.ts";

/** A number of the array's type: a bigint for int64, else a number. */
export type Value = number | bigint;

/** A tensor that can be computed with. */
export interface NumberArray {
  readonly dataType: ArithmeticType;
  readonly shape: readonly number[];
  readonly values: readonly Value[];
}

export type ArithmeticType = "float32" | "int32" | "int64";

/** Exact arithmetic in one type: the result of each operation is rounded or wrapped as the type demands. */
export interface Arithmetic {
  readonly zero: Value;
  /** A number that a model gives as an attribute. */
  readonly from: (number: number) => Value;
  readonly add: (a: Value, b: Value) => Value;
  readonly subtract: (a: Value, b: Value) => Value;
  readonly multiply: (a: Value, b: Value) => Value;
}

const arithmetics: Record<ArithmeticType, Arithmetic> = {
  float32: {
    zero: 0,
    from: Math.fround,
    add: (a, b) => Math.fround(Number(a) + Number(b)),
    subtract: (a, b) => Math.fround(Number(a) - Number(b)),
    multiply: (a, b) => Math.fround(Number(a) * Number(b)),
  },
  int32: {
    zero: 0,
    from: Math.trunc,
    add: (a, b) => (Number(a) + Number(b)) | 0,
    subtract: (a, b) => (Number(a) - Number(b)) | 0,
    multiply: (a, b) => Math.imul(Number(a), Number(b)),
  },
  int64: {
    zero: 0n,
    from: (number) => BigInt(Math.trunc(number)),
    add: (a, b) => BigInt.asIntN(64, BigInt(a) + BigInt(b)),
    subtract: (a, b) => BigInt.asIntN(64, BigInt(a) - BigInt(b)),
    multiply: (a, b) => BigInt.asIntN(64, BigInt(a) * BigInt(b)),
  },
};

export function arithmeticOf(type: ArithmeticType): Arithmetic {
  return arithmetics[type];
}

export function isArithmeticType(type: TensorDataType): type is ArithmeticType {
  return type in arithmetics;
}

const views = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array };

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

/** Rejects, with a BackendError, a tensor that this backend cannot compute with. */
export function arrayOf({ dataType, shape, data }: Tensor, name: string): NumberArray {
  if (!isArithmeticType(dataType))
    throw new BackendError(`${name}: there is no arithmetic for ${dataType} here.`);
  const View = views[dataType];
  if (data.byteLength !== elementCount(shape) * View.BYTES_PER_ELEMENT) {
    throw new BackendError(`${name}: ${data.byteLength} bytes do not fill the shape [${shape.join(", ")}].`);
  }
  return { dataType, shape, values: Array.from<Value>(new View(data.slice().buffer)) };
}

export function tensorOf({ dataType, shape, values }: NumberArray): Tensor {
  const buffer =
    dataType === "int64"
      ? BigInt64Array.from(values as readonly bigint[]).buffer
      : views[dataType].from(values as readonly number[]).buffer;
  return { dataType, shape, data: new Uint8Array(buffer) };
}
