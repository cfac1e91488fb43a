import { BackendError } from "./backend.ts";
import type { Tensor, TensorDataType } from "./backend.ts";

/** A tensor's elements as runtimes take and give them. Half-precision numbers are their 16 bits: not every engine has an array for them. */
export type Elements =
  | Float32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

const arrays = {
  float32: Float32Array,
  float16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  int8: Int8Array,
  uint8: Uint8Array,
} satisfies Record<TensorDataType, unknown>;

/** The elements of a tensor, on its own bytes where these lie as its type needs them. */
export function elementsOf({ dataType, data }: Tensor): Elements {
  const ArrayOfType = arrays[dataType];
  const { BYTES_PER_ELEMENT } = ArrayOfType;
  const aligned = data.byteOffset % BYTES_PER_ELEMENT === 0 ? data : data.slice();
  return new ArrayOfType(aligned.buffer, aligned.byteOffset, aligned.byteLength / BYTES_PER_ELEMENT);
}

/** A tensor of what a runtime gave, on the same bytes. */
export function tensorOf(dataType: string, shape: readonly number[], elements: ArrayBufferView): Tensor {
  if (!isTensorDataType(dataType)) {
    throw new BackendError(`The model gives a tensor of ${dataType}, which no page can hold.`);
  }
  const { buffer, byteOffset, byteLength } = elements;
  return { dataType, shape, data: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) };
}

function isTensorDataType(dataType: string): dataType is TensorDataType {
  return Object.hasOwn(arrays, dataType);
}
