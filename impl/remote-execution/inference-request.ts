import type { Tensor, TensorDataType } from "../backend/backend.ts";
import type { TensorEncoding } from "./remote.ts";
import type { RemoteJob } from "./remote-job.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#inference-request */
export interface InferenceRequest {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly tensors: readonly Uint8Array<ArrayBuffer>[];
  readonly encoding: TensorEncoding;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#protocol-name */
export const protocolNames: Readonly<Record<TensorDataType, string>> = {
  float32: "FP32",
  float16: "FP16",
  int32: "INT32",
  uint32: "UINT32",
  int64: "INT64",
  uint64: "UINT64",
  int8: "INT8",
  uint8: "UINT8",
};

/** https://hybrid-ai-web.github.io/hybrid-ai/#tensor-has-a-json-form */
export function hasAJSONForm(tensor: Tensor): boolean {
  if (tensor.dataType === "float16") return false;
  return tensor.dataType !== "float32" || new Float32Array(tensor.data.slice().buffer).every(Number.isFinite);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#encode-an-inference-request */
export function encodeAnInferenceRequest(job: RemoteJob, encoding: TensorEncoding): InferenceRequest {
  // 1. Let inputs be « ».
  const inputs: string[] = [];

  // 2. Let tensors be « ».
  const tensors: Uint8Array<ArrayBuffer>[] = [];

  // 3. For each name → tensor of job's inputs:
  for (const [name, tensor] of job.inputs) {
    // 3.1. Let entry be the ordered map «[ "name" → name, "shape" → tensor's shape, "datatype" → the protocol
    //      name of tensor's data type ]».
    const entry: Record<string, unknown> = {
      name,
      shape: tensor.shape,
      datatype: protocolNames[tensor.dataType],
    };

    // 3.2. If encoding is "binary", then set entry["parameters"] to «[ "binary_data_size" → tensor's data's
    //      length ]» and append tensor's data to tensors.
    if (encoding === "binary") {
      entry.parameters = { binary_data_size: tensor.data.length };
      tensors.push(tensor.data);
    }

    // 3.3. Otherwise, set entry["data"] to the list of tensor's elements, in row-major order, as exact
    //      numbers.
    let json = JSON.stringify(entry);
    if (encoding === "json")
      json = `${json.slice(0, -1)},"data":[${elementsOf(tensor).map(asJSON).join(",")}]}`;

    // 3.4. Append entry to inputs.
    inputs.push(json);
  }

  // 4. Let outputs be « ».
  const outputs: unknown[] = [];

  // 5. For each name → description of job's outputs, append «[ "name" → name, "parameters" → «[ "binary_data"
  //    → true if encoding is "binary", otherwise false ]» ]» to outputs.
  for (const name of job.outputs.keys()) {
    outputs.push({ name, parameters: { binary_data: encoding === "binary" } });
  }

  // 6. Let header be the result of serializing an Infra value to JSON bytes given «[ "inputs" → inputs,
  //    "outputs" → outputs ]».
  // NOTE: No id, no parameters: the request says nothing that its tensors do not say.
  const header = new TextEncoder().encode(
    `{"inputs":[${inputs.join(",")}],"outputs":${JSON.stringify(outputs)}}`,
  );

  // 7. Return an inference request whose header is header, tensors is tensors, and encoding is encoding.
  return { header, tensors, encoding };
}

/** The elements of a tensor of any type but float16. */
function elementsOf(tensor: Tensor): (number | bigint)[] {
  const bytes = tensor.data.slice().buffer;
  switch (tensor.dataType) {
    case "float32":
      return [...new Float32Array(bytes)];
    case "int32":
      return [...new Int32Array(bytes)];
    case "uint32":
      return [...new Uint32Array(bytes)];
    case "int64":
      return [...new BigInt64Array(bytes)];
    case "uint64":
      return [...new BigUint64Array(bytes)];
    case "int8":
      return [...new Int8Array(bytes)];
    case "uint8":
      return [...new Uint8Array(bytes)];
    case "float16":
      throw new RangeError("A float16 tensor has no JSON form.");
  }
}

/** With all digits, and with the sign of a zero, which a number's own string leaves out. */
function asJSON(element: number | bigint): string {
  return Object.is(element, -0) ? "-0.0" : String(element);
}
