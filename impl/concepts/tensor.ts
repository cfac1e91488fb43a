import type { ModelTensor } from "../../idl/contracts.ts";
import type { Tensor, TensorDataType } from "../backend/backend.ts";
import { bytesHeldBy } from "../infra/buffer-source.ts";
import { Failure } from "../infra/failure.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#element-size */
export function elementSize(dataType: TensorDataType): number {
  switch (dataType) {
    case "float32":
    case "int32":
    case "uint32":
      return 4;
    case "float16":
      return 2;
    case "int64":
    case "uint64":
      return 8;
    case "int8":
    case "uint8":
      return 1;
  }
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-a-tensor */
export function createATensor(dictionary: ModelTensor): Tensor | Failure {
  // 1. Let length be the element size of dictionary["dataType"].
  let length = elementSize(dictionary.dataType);

  // 2. For each dimension of dictionary["shape"], set length to length × dimension.
  for (const dimension of dictionary.shape) length *= dimension;

  // 3. If dictionary["data"] is detached, or its byte length is not length, then return failure.
  const bytes = bytesHeldBy(dictionary.data);
  if (bytes === null) {
    return new Failure("the tensor's data is detached: its buffer was transferred elsewhere");
  }
  if (bytes.length !== length) {
    const { dataType, shape } = dictionary;
    return new Failure(
      `a ${dataType} tensor of shape [${shape.join(", ")}] has ${length} bytes of data, not ${bytes.length}`,
    );
  }

  // 4. Let data be a copy of the bytes held by dictionary["data"]. If there is not so much memory, then throw
  //    a RangeError.
  const data = new Uint8Array(length);
  data.set(bytes);

  // 5. Return a tensor whose data type is dictionary["dataType"], shape is dictionary["shape"], and data is
  //    data.
  return { dataType: dictionary.dataType, shape: [...dictionary.shape], data };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-a-model-tensor-dictionary : the realm is that of this code. */
export function createAModelTensorDictionary(tensor: Tensor): ModelTensor {
  // 1. Let type be the typed array type for tensor's data type: Float32Array, Float16Array, Int32Array,
  //    Uint32Array, BigInt64Array, BigUint64Array, Int8Array or Uint8Array.
  const type = typedArrayType(tensor.dataType);

  // 2. Let view be a new type created from tensor's data in realm. If there is not so much memory, then throw
  //    a RangeError.
  const buffer = new ArrayBuffer(tensor.data.byteLength);
  new Uint8Array(buffer).set(tensor.data);
  const view = new type(buffer);

  // 3. Return a ModelTensor whose dataType is tensor's data type, shape is tensor's shape, and data is view.
  return { dataType: tensor.dataType, shape: [...tensor.shape], data: view };
}

function typedArrayType(dataType: TensorDataType): new (buffer: ArrayBuffer) => ArrayBufferView<ArrayBuffer> {
  switch (dataType) {
    case "float32":
      return Float32Array;
    case "float16":
      // NB: An engine without Float16Array gets the elements' bits.
      return typeof Float16Array === "undefined" ? Uint16Array : Float16Array;
    case "int32":
      return Int32Array;
    case "uint32":
      return Uint32Array;
    case "int64":
      return BigInt64Array;
    case "uint64":
      return BigUint64Array;
    case "int8":
      return Int8Array;
    case "uint8":
      return Uint8Array;
  }
}
