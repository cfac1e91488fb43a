import type { Datatype } from "./datatype.ts";
import { datatypeOf } from "./datatype.ts";
import { ProtocolError } from "./protocol-error.ts";

/** A tensor as it came in: its bytes or values fit its datatype and shape, and nothing is yet known of the model. */
export interface RequestedInput {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly elements: ReturnType<Datatype["fromBytes"]>;
}

export interface RequestedOutput {
  readonly name: string;
  readonly binary: boolean;
}

export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: readonly RequestedInput[];
  /** The outputs that were asked for, or undefined for all of them. */
  readonly outputs: readonly RequestedOutput[] | undefined;
  /** Whether outputs that do not say otherwise are to come as bytes. */
  readonly binaryByDefault: boolean;
}

/** No tensor of real models has more dimensions. */
const mostDimensions = 16;

type JSONObject = Readonly<Record<string, unknown>>;

/**
 * Reads the body of an infer request: JSON alone, or JSON of `headerLength` bytes followed by the tensors' bytes in
 * the order of the inputs.
 *
 * @param headerLength - the value of Inference-Header-Content-Length, where the request has one
 * @throws ProtocolError 400 for anything that the protocol does not allow
 */
export function parseInferRequest(body: Uint8Array, headerLength: string | undefined): InferRequest {
  const [json, binary] = splitBody(body, headerLength);
  const request = parseJSON(json);
  const { id, inputs, outputs } = request;
  if (id !== undefined && typeof id !== "string") throw new ProtocolError(400, "'id' is not a string.");
  if (!Array.isArray(inputs)) throw new ProtocolError(400, "'inputs' is not an array.");
  if (outputs !== undefined && !Array.isArray(outputs)) {
    throw new ProtocolError(400, "'outputs' is not an array.");
  }

  let rest = binary;
  const parsedInputs = inputs.map((input: unknown, index) => {
    const [parsed, used] = parseInput(input, index, rest);
    rest = rest.subarray(used);
    return parsed;
  });
  requireNamesOnce("Input", parsedInputs);
  if (rest.length > 0) {
    throw new ProtocolError(400, `${rest.length} bytes follow the last tensor that the request describes.`);
  }

  const binaryByDefault = flag(parametersOf(request, "the request"), "binary_data_output") ?? false;
  const parsedOutputs = outputs?.map((output: unknown, index) => parseOutput(output, index, binaryByDefault));
  requireNamesOnce("Output", parsedOutputs ?? []);
  return { id, inputs: parsedInputs, outputs: parsedOutputs, binaryByDefault };
}

/** An output that is asked for a thousand times would be written a thousand times. */
function requireNamesOnce(what: "Input" | "Output", tensors: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name)) throw new ProtocolError(400, `${what} '${name}' is given twice.`);
    names.add(name);
  }
}

function splitBody(body: Uint8Array, headerLength: string | undefined): [Uint8Array, Uint8Array] {
  if (headerLength === undefined) return [body, new Uint8Array()];
  const length = /^\d{1,15}$/.test(headerLength) ? Number(headerLength) : NaN;
  if (!(length <= body.length)) {
    throw new ProtocolError(
      400,
      `Inference-Header-Content-Length is '${headerLength}', but the body has ${body.length} bytes.`,
    );
  }
  return [body.subarray(0, length), body.subarray(length)];
}

function parseJSON(bytes: Uint8Array): JSONObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ProtocolError(
      400,
      "The request is not JSON. With binary tensors, send Inference-Header-Content-Length.",
    );
  }
  if (!isObject(value)) throw new ProtocolError(400, "The request is not a JSON object.");
  return value;
}

function parseInput(input: unknown, index: number, binary: Uint8Array): [RequestedInput, number] {
  if (!isObject(input) || typeof input["name"] !== "string") {
    throw new ProtocolError(400, `Input ${index} has no name.`);
  }
  const { name } = input;
  const what = `Input '${name}'`;
  const datatype = datatypeOf(input["datatype"]);
  if (datatype === undefined) throw new ProtocolError(400, `${what} has a datatype that is not known here.`);
  const shape = parseShape(input["shape"], what);
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  const size = parametersOf(input, what)["binary_data_size"];

  if (size === undefined) {
    const values = flatten(input["data"], shape);
    const elements = values?.length === count ? datatype.fromJSON(values) : null;
    if (elements === null) {
      throw new ProtocolError(400, `${what}: 'data' does not hold ${count} values of ${datatype.name}.`);
    }
    return [{ name, datatype, shape, elements }, 0];
  }

  if (input["data"] !== undefined)
    throw new ProtocolError(400, `${what} has both 'data' and 'binary_data_size'.`);
  const expected = count * datatype.elementSize;
  if (size !== expected) {
    throw new ProtocolError(
      400,
      `${what}: 'binary_data_size' is not ${expected}, as its shape and datatype ask.`,
    );
  }
  if (binary.length < expected) {
    throw new ProtocolError(400, `${what} has ${expected} bytes, but the body ends after ${binary.length}.`);
  }
  return [{ name, datatype, shape, elements: datatype.fromBytes(binary.subarray(0, expected)) }, expected];
}

function parseShape(shape: unknown, what: string): number[] {
  if (!Array.isArray(shape) || shape.length > mostDimensions) {
    throw new ProtocolError(400, `${what}: 'shape' is not an array of at most ${mostDimensions} dimensions.`);
  }
  const dimensions = shape as unknown[];
  if (!dimensions.every((dimension) => Number.isSafeInteger(dimension) && (dimension as number) >= 0)) {
    throw new ProtocolError(400, `${what}: a dimension of 'shape' is not an integer from 0.`);
  }
  return dimensions as number[];
}

/** The values in row-major order: given flat, or nested as the shape says. Null where they are neither. */
function flatten(data: unknown, shape: readonly number[]): unknown[] | null {
  if (!Array.isArray(data)) return null;
  return data.some(Array.isArray) ? flattenRows(data, shape) : (data as unknown[]);
}

function flattenRows(data: unknown, [length, ...inner]: readonly number[]): unknown[] | null {
  if (!Array.isArray(data) || data.length !== length) return null;
  if (inner.length === 0) return data as unknown[];
  const rows = data.map((row) => flattenRows(row, inner));
  return rows.every((row) => row !== null) ? rows.flat() : null;
}

function parseOutput(output: unknown, index: number, binaryByDefault: boolean): RequestedOutput {
  if (!isObject(output) || typeof output["name"] !== "string") {
    throw new ProtocolError(400, `Output ${index} has no name.`);
  }
  const { name } = output;
  const binary = flag(parametersOf(output, `Output '${name}'`), "binary_data");
  return { name, binary: binary ?? binaryByDefault };
}

function parametersOf(object: JSONObject, what: string): JSONObject {
  const { parameters = {} } = object;
  if (!isObject(parameters)) throw new ProtocolError(400, `${what}: 'parameters' is not an object.`);
  return parameters;
}

function flag(parameters: JSONObject, name: string): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw new ProtocolError(400, `'${name}' is not true or false.`);
}

function isObject(value: unknown): value is JSONObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
