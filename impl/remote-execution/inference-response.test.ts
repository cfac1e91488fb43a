import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { TensorDataType } from "../backend/backend.ts";
import { isFailure } from "../infra/failure.ts";
import {
  decodeAnInferenceResponse,
  readTheClaim,
  readTheElements,
  readTheShape,
} from "./inference-response.ts";
import { aJob, float32 } from "./scripted-remote.test.ts";

function fails(result: unknown, why: RegExp): void {
  assert.ok(isFailure(result), `it is no failure: ${JSON.stringify(result)}`);
  assert.match(result.message, why);
}

const y = { name: "y", datatype: "FP32", shape: [1], data: [7] };
const inBinary = (name: string) => {
  return { name, datatype: "FP32", shape: [1], parameters: { binary_data_size: 4 } };
};

/** The header, as JSON, and tensors behind it. */
function bytesOf(
  header: unknown,
  ...tensors: Uint8Array[]
): { bytes: Uint8Array<ArrayBuffer>; length: string } {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  return { bytes: new Uint8Array(Buffer.concat([json, ...tensors])), length: String(json.length) };
}

function decode(header: unknown, job = aJob()) {
  return decodeAnInferenceResponse(bytesOf(header).bytes, null, job);
}

describe("decode an inference response", () => {
  it("step 1: without a length, all is the header", () => {
    assert.deepEqual(decode({ outputs: [y] }), new Map([["y", float32(7)]]));
  });

  it("step 2: with a length, tensors follow the header", () => {
    const { bytes, length } = bytesOf({ outputs: [inBinary("y")] }, float32(7).data);
    assert.deepEqual(decodeAnInferenceResponse(bytes, length, aJob()), new Map([["y", float32(7)]]));
    assert.deepEqual(decodeAnInferenceResponse(bytes, `00${length}`, aJob()), new Map([["y", float32(7)]]));
  });

  it("step 3: a length that is none, or goes beyond the end, is failure before anything is read", () => {
    const { bytes } = bytesOf({ model_name: "m", outputs: [y] });
    for (const length of ["", "-1", "1.5", "0x10", "12 ", String(bytes.length + 1)]) {
      const job = aJob();
      fails(decodeAnInferenceResponse(bytes, length, job), /Content-Length/);
      assert.equal(job.exchange.claim, null);
    }
  });

  it("step 4: what is no JSON is failure", () => {
    fails(decode("<!doctype html>"), /no JSON$/);
    const { bytes } = bytesOf({ outputs: [y] });
    fails(decodeAnInferenceResponse(bytes, "5", aJob()), /no JSON$/);
  });

  it("step 5: JSON that is no object is failure", () => {
    for (const header of [null, [], 1, '"outputs"']) fails(decode(header), /no JSON object/);
  });

  it("step 6: the claim is kept, whatever becomes of the rest", () => {
    const job = aJob();
    fails(decode({ model_name: "m", model_version: "2", error: "no" }, job), /list/);
    assert.deepEqual(job.exchange.claim, { modelName: "m", modelVersion: "2" });
  });

  it("step 7: no list of outputs is failure", () => {
    fails(decode({}), /no list of outputs/);
    fails(decode({ outputs: { y } }), /no list of outputs/);
    fails(decode({ outputs: "y" }), /no list of outputs/);
  });

  it("step 10.2: an output whose shape is none is failure", () => {
    fails(decode({ outputs: [{ ...y, shape: [-1] }] }), /no shape/);
  });

  it("step 10.2: an output that comes twice is failure", () => {
    fails(decode({ outputs: [y, y] }), /twice/);
  });

  it("step 10.3: a data type that the protocol does not have is failure", () => {
    for (const datatype of ["BF16", "fp32", 1, null, ["FP32"]])
      fails(decode({ outputs: [{ ...y, datatype }] }), /data type/);
  });

  it("step 10.5.1: a binary length other than that of the type and shape is failure", () => {
    for (const size of [0, 3, 5, 8, "4", null, -4]) {
      const entry = { ...inBinary("y"), parameters: { binary_data_size: size } };
      const { bytes, length } = bytesOf({ outputs: [entry] }, float32(7).data);
      fails(decodeAnInferenceResponse(bytes, length, aJob()), /another length/);
    }
  });

  it("step 10.5.1: tensors that are not there are failure", () => {
    const { bytes, length } = bytesOf({ outputs: [inBinary("y")] }, Uint8Array.of(1, 2, 3));
    fails(decodeAnInferenceResponse(bytes, length, aJob()), /another length/);
  });

  it("steps 10.5.3 and 10.7: tensors stand one behind another", () => {
    const job = aJob({
      outputs: new Map([
        ["y", null],
        ["z", null],
      ]),
    });
    const header = { outputs: [inBinary("z"), inBinary("y")] };
    const { bytes, length } = bytesOf(header, float32(1).data, float32(2).data);
    assert.deepEqual(
      decodeAnInferenceResponse(bytes, length, job),
      new Map([
        ["z", float32(1)],
        ["y", float32(2)],
      ]),
    );
  });

  it("step 10.6.2: elements that are none are failure", () => {
    fails(decode({ outputs: [{ ...y, data: ["7"] }] }), /no number/);
    fails(
      decode({
        outputs: [
          { ...y, parameters: [4] },
          { ...y, data: null },
        ],
      }),
      /twice/,
    );
    fails(decode({ outputs: [{ ...y, parameters: null, data: null }] }), /no data/);
  });

  it("step 11: bytes behind the last tensor are failure", () => {
    const { bytes, length } = bytesOf({ outputs: [inBinary("y")] }, float32(7, 8).data);
    fails(decodeAnInferenceResponse(bytes, length, aJob()), /follow/);
  });

  it("step 12: outputs other than those that were asked for are failure", () => {
    fails(decode({ outputs: [] }), /asked for/);
    fails(decode({ outputs: [{ ...y, datatype: "INT32" }] }), /manifest/);
    fails(decode({ outputs: [{ ...y, shape: [2], data: [1, 2] }] }), /manifest/);
    const job = aJob({
      outputs: new Map([["y", { dataType: "float32", shape: ["n"] }]]),
      dimensions: new Map([["n", 2]]),
    });
    fails(decode({ outputs: [y] }, job), /manifest/);
  });
});

describe("read the claim", () => {
  it("steps 2, 3 and 5: a name and a version that are strings, and not for ever", () => {
    const long = "a".repeat(257);
    assert.deepEqual(readTheClaim({ model_name: long, model_version: 2 }), { modelName: "a".repeat(256) });
    assert.deepEqual(readTheClaim({ model_name: {}, model_version: long }), {
      modelVersion: "a".repeat(256),
    });
    assert.deepEqual(readTheClaim({ model_name: "\ud800", model_version: "\udfff" }), {
      modelName: "\ufffd",
      modelVersion: "\ufffd",
    });
  });

  it("step 4: nothing said is no claim", () => {
    assert.equal(readTheClaim({ model_name: null, outputs: [] }), null);
  });
});

describe("read the shape", () => {
  it("step 1: an entry that is no object, or that nobody asked for, is failure", () => {
    for (const entry of [null, [], "y", { ...y, name: "z" }, { ...y, name: ["y"] }, { shape: [1] }])
      fails(readTheShape(entry, aJob()), /not asked for/);
  });

  it("step 2: a shape that is no list of sizes is failure", () => {
    for (const shape of [undefined, "1", { 0: 1 }, [-1], [0.5], ["1"], [null], [2 ** 32], [[1]]])
      fails(readTheShape({ ...y, shape }, aJob()), /no shape/);
  });

  it("step 3: more elements than the response can hold are failure", () => {
    const most = 65536 + 32;
    assert.deepEqual(readTheShape({ ...y, shape: [most] }, aJob()), [most]);
    fails(readTheShape({ ...y, shape: [most + 1] }, aJob()), /too large/);
    fails(readTheShape({ ...y, shape: [...Array<number>(40).fill(4294967295), 0] }, aJob()), /too large/);
  });

  it("step 4: the shape is as it stands there", () => {
    for (const shape of [[], [0], [4294967295, 0], [2, 1, 3]])
      assert.deepEqual(readTheShape({ ...y, shape }, aJob()), shape);
  });
});

describe("read the elements", () => {
  it("step 1: a float16, or no list, is failure", () => {
    fails(readTheElements({ data: [1] }, "float16", 2), /no data/);
    for (const data of [undefined, null, "1", { 0: 1 }])
      fails(readTheElements({ data }, "float32", 4), /no data/);
  });

  it("step 3: another number of elements is failure", () => {
    fails(readTheElements({ data: [1, 2] }, "float32", 4), /number of elements/);
    fails(readTheElements({ data: [[1], []] }, "float32", 8), /number of elements/);
  });

  it("step 4.1: an element that is no number is failure", () => {
    for (const element of ["1", null, true, { valueOf: 1 }])
      fails(readTheElements({ data: [element] }, "float32", 4), /no number/);
  });

  it("step 4.2: an integer that its type cannot hold, or that JSON cannot hold exactly, is failure", () => {
    const refused: [TensorDataType, size: number, number][] = [
      ["int8", 1, 128],
      ["int8", 1, -129],
      ["uint8", 1, -1],
      ["uint8", 1, 256],
      ["int32", 4, 0.5],
      ["uint32", 4, 2 ** 32],
      ["int64", 8, 2 ** 53],
      ["uint64", 8, -1],
    ];
    for (const [dataType, size, number] of refused)
      fails(readTheElements({ data: [number] }, dataType, size), /cannot hold/);
  });

  it("step 5: the elements stand there in order, however they were nested", () => {
    const data = [[1, [2]], 3.5, [[]]];
    assert.deepEqual(readTheElements({ data }, "float32", 12), float32(1, 2, 3.5).data);
    assert.deepEqual(
      readTheElements({ data: [-1, 258] }, "int32", 8),
      Uint8Array.of(255, 255, 255, 255, 2, 1, 0, 0),
    );
    assert.deepEqual(readTheElements({ data: [258] }, "uint64", 8), Uint8Array.of(2, 1, 0, 0, 0, 0, 0, 0));
    assert.deepEqual(
      readTheElements({ data: [-2] }, "int64", 8),
      Uint8Array.of(254, 255, 255, 255, 255, 255, 255, 255),
    );
    assert.deepEqual(readTheElements({ data: [-2] }, "int8", 1), Uint8Array.of(254));
    assert.deepEqual(readTheElements({ data: [254] }, "uint8", 1), Uint8Array.of(254));
    assert.deepEqual(readTheElements({ data: [2 ** 31] }, "uint32", 4), Uint8Array.of(0, 0, 0, 128));
  });
});
