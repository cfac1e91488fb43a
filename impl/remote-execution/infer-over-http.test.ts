import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Tensor } from "../backend/backend.ts";
import type { HostRequest } from "../host/host.ts";
import { exchangeTensors, inferOverHTTP } from "./infer-over-http.ts";
import { RemoteFailure } from "./remote-job.ts";
import {
  aHost,
  aJob,
  aRemote,
  aResponse,
  float32,
  networkError,
  never,
  pieces,
} from "./scripted-remote.test.ts";

const y = new Map([["y", float32(7)]]);
const encodingOf = ({ headers }: HostRequest) =>
  headers?.["Inference-Header-Content-Length"] === undefined ? "json" : "binary";

/** A server that reads JSON alone. */
const readsJSON = (request: HostRequest) => aResponse({ status: encodingOf(request) === "json" ? 200 : 415 });

describe("infer over HTTP", () => {
  it("steps 3.1, 3.2 and 4: a server that reads JSON alone is asked in JSON, and so from then on", async () => {
    const { host, requests } = aHost([readsJSON]);
    const remote = aRemote();
    for (let run = 0; run < 2; run += 1)
      assert.deepEqual(await inferOverHTTP(host, remote, aJob(), never), y);
    assert.deepEqual(requests.map(encodingOf), ["binary", "json", "json"]);
    assert.equal(remote.tensorEncoding, "json");
  });

  it("step 3: what has no JSON form is asked in binary, whatever is remembered", async () => {
    const half: Tensor = { dataType: "float16", shape: [2], data: new Uint8Array(4) };
    for (const tensorEncoding of ["unknown", "json"] as const) {
      const { host, requests } = aHost([readsJSON]);
      const remote = aRemote();
      remote.tensorEncoding = tensorEncoding;
      const job = aJob({ inputs: new Map([["x", half]]) });
      assert.deepEqual(await inferOverHTTP(host, remote, job, never), new RemoteFailure("status", true));
      assert.deepEqual(requests.map(encodingOf), ["binary"]);
    }
  });

  it("step 3: what may be the encoding's fault, or a server's that reads JSON alone, is tried in JSON", async () => {
    for (const answer of [
      () => aResponse({ status: 400 }),
      () => aResponse({ status: 501 }),
      () => aResponse({ text: "not binary" }),
      networkError,
    ]) {
      const { host, requests } = aHost([answer, () => aResponse()]);
      assert.deepEqual(await inferOverHTTP(host, aRemote(), aJob(), never), y);
      assert.deepEqual(requests.map(encodingOf), ["binary", "json"]);
    }
  });

  it("step 3: what is permitted no more after the first answer is not sent again", async () => {
    let permitted = true;
    const { host, requests } = aHost([
      () => {
        permitted = false;
        return aResponse({ status: 415 });
      },
    ]);
    const job = aJob({ permission: () => permitted });
    assert.deepEqual(await inferOverHTTP(host, aRemote(), job, never), new RemoteFailure("network"));
    assert.equal(requests.length, 1);
    const sent = requests[0]!.body!.reduce((sum, { length }) => sum + length, 0);
    assert.equal(job.exchange.bytesSent, sent, "what was not sent is not counted");
  });

  it("step 3: a failure that is not the encoding's is not tried in another", async () => {
    for (const [answer, failure] of [
      [{ status: 404 }, new RemoteFailure("status")],
      [{ text: " ".repeat(70_000) }, new RemoteFailure("response")],
      [{ body: pieces(new TypeError("terminated")) }, new RemoteFailure("network")],
    ] as const) {
      const { host, requests } = aHost([() => aResponse(answer)]);
      assert.deepEqual(await inferOverHTTP(host, aRemote(), aJob(), never), failure);
      assert.equal(requests.length, 1);
    }
  });

  it("step 3: what is longer than 1 MiB is not asked in JSON on suspicion, but where JSON is what is understood", async () => {
    const ofLength = (length: number) => {
      const half = { dataType: "int8", shape: [length / 2], data: new Uint8Array(length / 2) } as const;
      return aJob({
        inputs: new Map([
          ["a", half],
          ["b", half],
        ]),
      });
    };
    const { host, requests } = aHost([readsJSON]);
    const remote = aRemote();
    const failure = new RemoteFailure("status", true);
    assert.deepEqual(await inferOverHTTP(host, remote, ofLength(1048578), never), failure);
    assert.deepEqual(await inferOverHTTP(host, remote, ofLength(1048576), never), y);
    assert.deepEqual(await inferOverHTTP(host, remote, ofLength(1048578), never), y);
    assert.deepEqual(requests.map(encodingOf), ["binary", "binary", "json", "json"]);
  });

  it("step 3.3: a server that refuses both encodings three times is asked in one", async () => {
    const { host, requests } = aHost([() => aResponse({ status: 400 })]);
    const remote = aRemote();
    for (let run = 0; run < 4; run += 1) await inferOverHTTP(host, remote, aJob(), never);
    const both = ["binary", "json"];
    assert.deepEqual(requests.map(encodingOf), [...both, ...both, ...both, "binary"]);
  });

  it("step 3.3: what says nothing of JSON is no refusal", async () => {
    for (const answer of [networkError, () => aResponse({ status: 503 })]) {
      const { host } = aHost([(request) => (encodingOf(request) === "json" ? answer() : networkError())]);
      const remote = aRemote();
      for (let run = 0; run < 4; run += 1) await inferOverHTTP(host, remote, aJob(), never);
      assert.equal(remote.refusals, 0);
    }
  });

  it("step 4: an encoding that was understood stays, and one that was not is not remembered", async () => {
    const { host, requests } = aHost([() => aResponse(), () => aResponse({ status: 415 })]);
    const remote = aRemote();
    await inferOverHTTP(host, remote, aJob(), never);
    assert.equal(remote.tensorEncoding, "binary");
    assert.deepEqual(await inferOverHTTP(host, remote, aJob(), never), new RemoteFailure("status", true));
    assert.deepEqual(requests.map(encodingOf), ["binary", "binary"]);

    const other = aRemote();
    await inferOverHTTP(aHost([networkError]).host, other, aJob(), never);
    assert.equal(other.tensorEncoding, "unknown");
  });

  it("step 5: a failure in both encodings is that of the second", async () => {
    const { host } = aHost([() => aResponse({ status: 415 }), networkError]);
    assert.deepEqual(await inferOverHTTP(host, aRemote(), aJob(), never), new RemoteFailure("network"));
  });
});

describe("exchange tensors", () => {
  const exchange = (answer: Parameters<typeof aResponse>[0], signal = never) =>
    exchangeTensors(aHost([() => aResponse(answer)]).host, aRemote(), "binary", aJob(), signal);

  it("step 3: a failure to post is the failure", async () => {
    assert.deepEqual(await exchange({ status: 403 }), new RemoteFailure("authorization"));
    assert.deepEqual(await exchange({ status: 503 }), new RemoteFailure("busy"));
  });

  it("step 4: a status other than 200 is a failure, which may be the encoding's", async () => {
    for (const status of [400, 415, 422, 500, 501])
      assert.deepEqual(await exchange({ status }), new RemoteFailure("status", true));
    for (const status of [201, 204, 404, 405, 413, 502, 504])
      assert.deepEqual(await exchange({ status }), new RemoteFailure("status", false));
  });

  it("step 5: a body is read no further than the outputs can be long", async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 10_000;
        yield new Uint8Array(10_000).fill(32);
      }
    }
    assert.deepEqual(await exchange({ body: endless() }), new RemoteFailure("response"));
    assert.ok(read <= 65536 + 32 + 10_000, `${read} bytes were read`);
  });

  it("step 6: a body that breaks off is a failure of the network", async () => {
    const body = pieces('{"outputs":', new TypeError("terminated"));
    assert.deepEqual(await exchange({ body }), new RemoteFailure("network"));
  });

  it("step 5: reading ends with the signal, whose reason is thrown", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    async function* endless() {
      for (;;) {
        controller.abort(reason);
        yield new Uint8Array(1);
      }
    }
    await assert.rejects(exchange({ body: endless() }, controller.signal), reason);
    const body = pieces(new DOMException("", "AbortError"));
    await assert.rejects(exchange({ body }, AbortSignal.abort(reason)), reason);
  });

  it("step 7: a body longer than the outputs can be is a failure, and one as long as they can be is none", async () => {
    const most = 65536 + 32;
    const text = '{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[7]}]}';
    assert.deepEqual(await exchange({ text: text.padEnd(most) }), y);
    assert.deepEqual(await exchange({ text: text.padEnd(most + 1) }), new RemoteFailure("response"));
  });

  it("step 10: an answer that cannot be read is a failure, which may be the encoding's", async () => {
    assert.deepEqual(await exchange({ text: "<!doctype html>" }), new RemoteFailure("response", true));
  });

  it("step 11: an answer that can be read gives the outputs, with tensors behind its header or not", async () => {
    assert.deepEqual(await exchange({}), y);
    const json =
      '{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}]}';
    const headers = { "Inference-Header-Content-Length": String(json.length) };
    assert.deepEqual(await exchange({ headers, text: `${json}\0\0\0\0` }), new Map([["y", float32(0)]]));
  });
});
