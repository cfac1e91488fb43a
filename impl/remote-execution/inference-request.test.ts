import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Tensor } from "../backend/backend.ts";
import type { TensorEncoding } from "./remote.ts";
import { encodeAnInferenceRequest } from "./inference-request.ts";
import { aJob, float32 } from "./scripted-remote.test.ts";

const n: Tensor = { dataType: "int8", shape: [2, 1], data: Uint8Array.of(1, 255) };
const job = aJob({
  inputs: new Map([
    ["x", float32(0.5, -0)],
    ["n", n],
  ]),
  outputs: new Map([
    ["y", null],
    ["z", null],
  ]),
});

function encoded(encoding: TensorEncoding) {
  const { header, tensors, encoding: as } = encodeAnInferenceRequest(job, encoding);
  return { json: JSON.parse(new TextDecoder().decode(header)) as unknown, tensors, as };
}

describe("encode an inference request", () => {
  it("steps 3.2, 3.4, 5 and 7: in binary, the tensors follow the header, which tells their lengths", () => {
    assert.deepEqual(encoded("binary"), {
      json: {
        inputs: [
          { name: "x", shape: [2], datatype: "FP32", parameters: { binary_data_size: 8 } },
          { name: "n", shape: [2, 1], datatype: "INT8", parameters: { binary_data_size: 2 } },
        ],
        outputs: [
          { name: "y", parameters: { binary_data: true } },
          { name: "z", parameters: { binary_data: true } },
        ],
      },
      tensors: [float32(0.5, -0).data, n.data],
      as: "binary",
    });
  });

  it("steps 3.3, 3.4, 5 and 7: in JSON, the numbers stand in the header", () => {
    assert.deepEqual(encoded("json"), {
      json: {
        inputs: [
          { name: "x", shape: [2], datatype: "FP32", data: [0.5, -0] },
          { name: "n", shape: [2, 1], datatype: "INT8", data: [1, -1] },
        ],
        outputs: [
          { name: "y", parameters: { binary_data: false } },
          { name: "z", parameters: { binary_data: false } },
        ],
      },
      tensors: [],
      as: "json",
    });
  });
});
