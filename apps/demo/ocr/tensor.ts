/** A tensor as the model API takes and gives it. */
export interface Tensor {
  dataType: "float32";
  shape: number[];
  data: Float32Array<ArrayBuffer>;
}

/** What comes back from a run: its data may be a buffer or any view of one. */
export interface ResultTensor {
  dataType: string;
  shape: readonly number[];
  data: ArrayBuffer | ArrayBufferView | SharedArrayBuffer;
}

/** The numbers of a result, without a copy where they are aligned. */
export function float32Of({ dataType, data }: ResultTensor): Float32Array {
  if (dataType !== "float32") throw new TypeError(`A float32 tensor was expected, not one of ${dataType}.`);
  if (!ArrayBuffer.isView(data)) return new Float32Array(data);
  const { buffer, byteOffset, byteLength } = data;
  if (byteOffset % 4 === 0) return new Float32Array(buffer, byteOffset, byteLength / 4);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
