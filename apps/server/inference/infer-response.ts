import type { Tensor } from "onnxruntime-node";
import { datatypeOfTensor } from "./datatype.ts";
import { ProtocolError } from "./protocol-error.ts";

export interface NamedOutput {
  readonly name: string;
  readonly tensor: Tensor;
  readonly binary: boolean;
}

export interface InferResponse {
  /** The pieces of the body, in order. */
  readonly body: readonly Uint8Array<ArrayBuffer>[];
  /** The length of the JSON in front of the tensors, where there are binary ones. */
  readonly headerLength: number | undefined;
}

/** A value takes some twenty bytes of JSON. */
const mostValuesInJSON = 2 ** 22;

/** Writes what a model answered, as JSON or as JSON followed by the bytes of the tensors that were asked for so. */
export function serializeInferResponse(
  about: { model: string; version: string; id: string | undefined },
  outputs: readonly NamedOutput[],
): InferResponse {
  const tensors: Uint8Array<ArrayBuffer>[] = [];
  const described = outputs.map(({ name, tensor, binary }) => {
    const datatype = datatypeOfTensor(tensor.type);
    if (datatype === undefined) {
      throw new ProtocolError(500, `Output '${name}' has type ${tensor.type}, which is not spoken here.`);
    }
    const head = { name, datatype: datatype.name, shape: tensor.dims };
    const elements = tensor.data as Float32Array<ArrayBuffer>;
    if (binary) {
      tensors.push(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength));
      return { ...head, parameters: { binary_data_size: elements.byteLength } };
    }
    if (elements.length > mostValuesInJSON) {
      throw new ProtocolError(
        400,
        `Output '${name}' holds ${elements.length} values, too many for JSON. Ask for it with 'binary_data': true.`,
      );
    }
    const data = datatype.toJSON(elements);
    if (data === null) {
      throw new ProtocolError(
        400,
        `Output '${name}' holds values that JSON cannot spell. Ask for it with 'binary_data': true.`,
      );
    }
    return { ...head, data };
  });

  const { model, version, id } = about;
  const response = {
    model_name: model,
    model_version: version,
    ...(id !== undefined && { id }),
    outputs: described,
  };
  const json = new TextEncoder().encode(JSON.stringify(response));
  return { body: [json, ...tensors], headerLength: tensors.length === 0 ? undefined : json.length };
}
