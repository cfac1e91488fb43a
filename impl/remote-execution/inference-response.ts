import type { ModelRemoteClaim } from "../../idl/contracts.ts";
import type { Tensor, TensorDataType } from "../backend/backend.ts";
import { elementSize } from "../concepts/tensor.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import type { TensorDescription } from "../model-manifest/manifest.ts";
import { protocolNames } from "./inference-request.ts";
import { acceptOutputs } from "./match-a-tensor.ts";
import type { RemoteJob } from "./remote-job.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#maximum-response-length */
export function maximumResponseLength(job: RemoteJob): number {
  const lengths = [...job.outputs.values()].map((description) => {
    const elements = numberOfElements(description, job.dimensions);
    return elements === null ? 268435456 : 32 * elements;
  });
  return Math.min(
    lengths.reduce((sum, length) => sum + length, 65536),
    1073741824,
  );
}

function numberOfElements(
  description: TensorDescription | null,
  dimensions: ReadonlyMap<string, number>,
): number | null {
  if (description === null) return null;
  let elements = 1;
  for (const dimension of description.shape) {
    const size = typeof dimension === "number" ? dimension : dimensions.get(dimension);
    if (size === undefined) return null;
    elements *= size;
  }
  return elements;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#decode-an-inference-response */
export function decodeAnInferenceResponse(
  bytes: Uint8Array<ArrayBuffer>,
  lengthHeader: string | null,
  job: RemoteJob,
): ReadonlyMap<string, Tensor> | Failure {
  let length: number;

  // 1. If length is null, then set length to bytes's length.
  if (lengthHeader === null) length = bytes.length;

  // 2. Otherwise, if length is one or more ASCII digits that, interpreted as a decimal integer, are not more
  //    than bytes's length, then set length to that integer.
  else if (/^[0-9]+$/.test(lengthHeader) && Number(lengthHeader) <= bytes.length)
    length = Number(lengthHeader);

  // 3. Otherwise, return failure.
  else return new Failure("Inference-Header-Content-Length is no length within the response");

  // 4. Let header be the result of parsing JSON bytes to an Infra value given the first length bytes of
  //    bytes. If this throws, then return failure.
  const header = parseJSON(bytes.subarray(0, length));
  if (isFailure(header)) return header;

  // 5. If header is not an ordered map, then return failure.
  if (!isAnOrderedMap(header)) return new Failure("the response is no JSON object");

  // 6. Set job's exchange's claim to the result of reading the claim of header.
  job.exchange.claim = readTheClaim(header);

  // 7. If header["outputs"] does not exist or is not a list, then return failure.
  if (!Array.isArray(header.outputs)) return new Failure("the response has no list of outputs");

  // 8. Let tensors be an empty ordered map.
  const tensors = new Map<string, Tensor>();

  // 9. Let position be length.
  let position = length;

  // 10. For each entry of header["outputs"]:
  for (const entry of header.outputs as unknown[]) {
    // 10.1. Let shape be the result of reading the shape of entry given job.
    const shape = readTheShape(entry, job);

    // 10.2. If shape is failure, or tensors[entry["name"]] exists, then return failure.
    if (isFailure(shape)) return shape;
    const { name, datatype, parameters } = entry as OutputEntry;
    if (tensors.has(name)) return new Failure(`the output "${name}" comes twice`);

    // 10.3. Let dataType be the MLOperandDataType whose protocol name is entry["datatype"]. If there is none,
    //       then return failure.
    const dataType = dataTypes.get(datatype);
    if (dataType === undefined) return new Failure(`the output "${name}" has no known data type`);

    // 10.4. Let size be the product of shape's items and dataType's element size.
    const size = shape.reduce((product, dimension) => product * dimension, elementSize(dataType));

    // 10.5. If entry["parameters"] is an ordered map and entry["parameters"]["binary_data_size"] exists:
    let data: Uint8Array<ArrayBuffer> | Failure;
    if (isAnOrderedMap(parameters) && parameters.binary_data_size !== undefined) {
      // 10.5.1. If entry["parameters"]["binary_data_size"] is not size, or position + size is greater than
      //         bytes's length, then return failure.
      if (parameters.binary_data_size !== size || position + size > bytes.length) {
        return new Failure(`the output "${name}" has another length than its type and shape say`);
      }

      // 10.5.2. Let data be the size bytes of bytes from position.
      data = bytes.slice(position, position + size);

      // 10.5.3. Set position to position + size.
      position += size;
    }

    // 10.6. Otherwise:
    else {
      // 10.6.1. Let data be the result of reading the elements of entry given dataType and size.
      data = readTheElements(entry as OutputEntry, dataType, size);

      // 10.6.2. If data is failure, then return failure.
      if (isFailure(data)) return data;
    }

    // 10.7. Set tensors[entry["name"]] to a tensor whose data type is dataType, shape is shape, and data is
    //       data.
    tensors.set(name, { dataType, shape, data });
  }

  // 11. If position is not bytes's length, then return failure.
  if (position !== bytes.length) return new Failure("bytes follow the last output");

  // 12. Return the result of accepting outputs tensors given job's outputs and job's dimensions.
  return acceptOutputs(tensors, job.outputs, job.dimensions);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#read-the-claim */
export function readTheClaim(header: Readonly<Record<string, unknown>>): ModelRemoteClaim | null {
  // 1. Let claim be a new ModelRemoteClaim.
  const claim: ModelRemoteClaim = {};

  // 2. If header["model_name"] is a string, then set claim["modelName"] to its first 256 code units,
  //    converted to a scalar value string.
  if (typeof header.model_name === "string") claim.modelName = header.model_name.slice(0, 256).toWellFormed();

  // 3. If header["model_version"] is a string, then set claim["modelVersion"] to its first 256 code units,
  //    converted to a scalar value string.
  if (typeof header.model_version === "string") {
    claim.modelVersion = header.model_version.slice(0, 256).toWellFormed();
  }

  // 4. If claim is empty, then return null.
  if (Object.keys(claim).length === 0) return null;

  // 5. Return claim.
  return claim;
}

/** An entry whose shape was read: everything else of it may still be anything. */
interface OutputEntry {
  readonly name: string;
  readonly datatype: unknown;
  readonly parameters: unknown;
  readonly data: unknown;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#read-the-shape */
export function readTheShape(entry: unknown, job: RemoteJob): readonly number[] | Failure {
  // 1. If entry is not an ordered map, or job's outputs[entry["name"]] does not exist, then return failure.
  if (!isAnOrderedMap(entry) || typeof entry.name !== "string" || !job.outputs.has(entry.name)) {
    return new Failure("the response has an output that was not asked for");
  }

  // 2. If entry["shape"] is not a list, or one of its items is not an integer from 0 to 4294967295, then
  //    return failure.
  if (!Array.isArray(entry.shape) || !entry.shape.every(isADimension)) {
    return new Failure(`the output "${entry.name}" has no shape`);
  }

  // 3. If the product of entry["shape"]'s items is greater than the maximum response length for job, then
  //    return failure.
  const elements = entry.shape.reduce((product, dimension) => product * dimension, 1);
  // NB: A huge dimension beside one of size 0 makes a product that is no number.
  if (!(elements <= maximumResponseLength(job)))
    return new Failure(`the output "${entry.name}" is too large`);

  // 4. Return entry["shape"].
  return entry.shape;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#read-the-elements */
export function readTheElements(
  entry: { readonly data?: unknown },
  dataType: TensorDataType,
  size: number,
): Uint8Array<ArrayBuffer> | Failure {
  // 1. If dataType is "float16", or entry["data"] does not exist or is not a list, then return failure.
  if (dataType === "float16" || !Array.isArray(entry.data)) return new Failure("an output has no data");

  // 2. Let numbers be the items of entry["data"], in which the items of each list stand in the place of that
  //    list, at whatever depth.
  // NOTE: The protocol allows both a flat list and a nested one.
  const numbers = flatten(entry.data);

  // 3. If numbers's size times dataType's element size is not size, then return failure.
  if (numbers.length * elementSize(dataType) !== size) {
    return new Failure("an output has another number of elements than its shape says");
  }

  // 4. For each number of numbers:
  for (const number of numbers) {
    // 4.1. If number is not a number, then return failure.
    if (typeof number !== "number") return new Failure("an output has an element that is no number");

    // 4.2. If dataType is not "float32", and number is not an integer of dataType's range whose absolute
    //      value is at most 2^53 − 1, then return failure.
    if (dataType !== "float32" && !isAnElement(number, ranges[dataType])) {
      return new Failure(`an output has the element ${number}, which ${dataType} cannot hold exactly`);
    }
  }

  // 5. Return the size bytes of numbers, each as an element of dataType, in little-endian byte order.
  return asBytes(numbers as number[], dataType);
}

const dataTypes: ReadonlyMap<unknown, TensorDataType> = new Map(
  Object.entries(protocolNames).map(([dataType, name]) => [name, dataType as TensorDataType]),
);

/** The integers of each type that a number of JSON can hold, too. */
const ranges = {
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint8: [0, 2 ** 8 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
} as const;

function isAnElement(number: number, [least, most]: readonly [number, number]): boolean {
  return Number.isInteger(number) && least <= number && number <= most;
}

function isADimension(value: unknown): value is number {
  return typeof value === "number" && isAnElement(value, ranges.uint32);
}

function isAnOrderedMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJSON(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return new Failure("the response is no JSON");
  }
}

/** NB: Depth is the server's choice, so it takes memory and not the stack. */
function flatten(list: readonly unknown[]): unknown[] {
  const items: unknown[] = [];
  const rest = [list[Symbol.iterator]()];
  while (rest.length > 0) {
    const next = rest.at(-1)!.next();
    if (next.done) rest.pop();
    else if (Array.isArray(next.value)) rest.push((next.value as unknown[])[Symbol.iterator]());
    else items.push(next.value);
  }
  return items;
}

function asBytes(
  numbers: readonly number[],
  dataType: keyof typeof ranges | "float32",
): Uint8Array<ArrayBuffer> {
  switch (dataType) {
    case "float32":
      return new Uint8Array(new Float32Array(numbers).buffer);
    case "int32":
      return new Uint8Array(new Int32Array(numbers).buffer);
    case "uint32":
      return new Uint8Array(new Uint32Array(numbers).buffer);
    case "int64":
      return new Uint8Array(new BigInt64Array(numbers.map(BigInt)).buffer);
    case "uint64":
      return new Uint8Array(new BigUint64Array(numbers.map(BigInt)).buffer);
    case "int8":
      return new Uint8Array(new Int8Array(numbers).buffer);
    case "uint8":
      return new Uint8Array(numbers);
  }
}
