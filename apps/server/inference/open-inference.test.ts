import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Exchange } from "../exchange.ts";
import type { RunningServer } from "../server.ts";
import { createServer } from "../server.ts";
import { echoed, makeModels } from "../testing/made-models.ts";
import { ModelRepository } from "./model-repository.ts";
import { openInference } from "./open-inference.ts";

type Body = Record<string, unknown>;

describe("the Open Inference Protocol", () => {
  let folder: string;
  let server: RunningServer;
  let arrived: (exchange: Exchange) => void = () => undefined;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "hybrid-ai-models-"));
    await makeModels(folder);
    server = await createServer({
      folders: {},
      models: folder,
      bodyLimit: 100_000,
      mostRuns: 2,
      mostActivations: 4000,
      onExchange: (exchange) => arrived(exchange),
    });
  });

  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  /** Resolves, with the last one, when so many requests have arrived from now on. */
  function arrivals(count: number): Promise<Exchange> {
    return new Promise((resolve) => {
      arrived = (exchange) => {
        count -= 1;
        if (count === 0) resolve(exchange);
      };
    });
  }

  const get = (target: string) => fetch(`${server.url}/v2${target}`);

  const post = (model: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/v2/models/${model}/infer`, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", ...headers },
    });

  const infer = (model: string, request: Body) => post(model, JSON.stringify(request));

  function inferBinary(model: string, request: Body, ...tensors: ArrayBufferView<ArrayBuffer>[]) {
    const json = new TextEncoder().encode(JSON.stringify(request));
    const headers = {
      "Content-Type": "application/octet-stream",
      "Inference-Header-Content-Length": String(json.length),
    };
    return post(model, new Blob([json, ...tensors]), headers);
  }

  async function assertError(response: Response, status: number, words: RegExp): Promise<void> {
    assert.equal(response.headers.get("Content-Type"), "application/json");
    assert.equal(response.headers.get("Access-Control-Allow-Origin"), "*");
    const body = (await response.json()) as Body;
    assert.deepEqual(Object.keys(body), ["error"]);
    assert.match(body["error"] as string, words);
    assert.equal(response.status, status);
  }

  const x = { name: "x", datatype: "FP32", shape: [2, 3], data: [1, 2, 3, 4, 5, 6] };
  const y = { name: "y", datatype: "FP32", shape: [3], data: [10, 20, 30] };
  const doubled = [22, 44, 66, 28, 50, 72];

  it("tells that it lives and is ready", async () => {
    assert.equal((await get("/health/live")).status, 200);
    assert.equal((await get("/health/ready")).status, 200);
    const about = (await (await get("")).json()) as Body;
    assert.equal(about["name"], "hybrid-ai");
    assert.deepEqual(about["extensions"], ["binary_tensor_data"]);
  });

  it("does not take a request that was stopped on its way for a failure of its own", async () => {
    const logged: unknown[] = [];
    const { error } = console;
    console.error = (...words: unknown[]) => logged.push(words);
    try {
      const arrival = arrivals(1);
      const request = http
        .request(`${server.url}/v2/models/sum/infer`, {
          method: "POST",
          headers: { "Content-Type": "application/json", "Content-Length": "50000" },
        })
        .on("error", () => undefined);
      request.write("{");
      const exchange = await arrival;
      await new Promise((resolve) => request.on("close", resolve).destroy());
      // The server has seen the end of that one before it answers the next.
      assert.equal((await infer("sum", { inputs: [x, y] })).status, 200);
      assert.equal(exchange.status, 400);
    } finally {
      console.error = error;
    }
    assert.deepEqual(logged, []);
  });

  it("describes a model: what goes into its first part and comes out of its last", async () => {
    for (const target of ["/models/sum", "/models/sum/versions/1.2.3"]) {
      assert.deepEqual(await (await get(target)).json(), {
        name: "sum",
        versions: ["1.2.3"],
        platform: "onnx_onnxruntime",
        inputs: [
          { name: "x", datatype: "FP32", shape: [-1, 3] },
          { name: "y", datatype: "FP32", shape: [3] },
        ],
        outputs: [{ name: "doubled", datatype: "FP32", shape: [-1, 3] }],
      });
      assert.equal((await get(`${target}/ready`)).status, 200);
    }
  });

  it("runs a model on JSON", async () => {
    const response = await infer("sum", { id: "mine", inputs: [y, x] });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("Content-Type"), "application/json");
    assert.deepEqual(await response.json(), {
      model_name: "sum",
      model_version: "1.2.3",
      id: "mine",
      outputs: [{ name: "doubled", datatype: "FP32", shape: [2, 3], data: doubled }],
    });
  });

  it("takes nested data, and a version", async () => {
    const nested = {
      ...x,
      data: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    };
    const response = await infer("sum/versions/1.2.3", { inputs: [nested, y] });
    const { outputs } = (await response.json()) as { outputs: { data: number[] }[] };
    assert.deepEqual(outputs[0]?.data, doubled);
  });

  it("runs a model on bytes, at any alignment, and answers in bytes", async () => {
    const binary = (length: number) => ({ parameters: { binary_data_size: length }, data: undefined });
    for (const id of ["", "1", "12", "123"]) {
      const response = await inferBinary(
        "sum",
        {
          id,
          parameters: { binary_data_output: true },
          inputs: [
            { ...x, ...binary(24) },
            { ...y, ...binary(12) },
          ],
        },
        new Float32Array(x.data),
        new Float32Array(y.data),
      );
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("Content-Type"), "application/octet-stream");
      const bytes = await response.arrayBuffer();
      const length = Number(response.headers.get("Inference-Header-Content-Length"));
      const json = JSON.parse(new TextDecoder().decode(bytes.slice(0, length))) as Body;
      assert.deepEqual(json["outputs"], [
        { name: "doubled", datatype: "FP32", shape: [2, 3], parameters: { binary_data_size: 24 } },
      ]);
      assert.deepEqual([...new Float32Array(bytes.slice(length))], doubled);
    }
  });

  it("mixes both, per tensor", async () => {
    const response = await inferBinary(
      "sum",
      {
        inputs: [{ name: "x", datatype: "FP32", shape: [2, 3], parameters: { binary_data_size: 24 } }, y],
        outputs: [{ name: "doubled", parameters: { binary_data: false } }],
      },
      new Float32Array(x.data),
    );
    assert.equal(response.headers.get("Inference-Header-Content-Length"), null);
    const { outputs } = (await response.json()) as { outputs: { data: number[] }[] };
    assert.deepEqual(outputs[0]?.data, doubled);
  });

  for (const datatype of Object.keys(echoed)) {
    it(`carries ${datatype} there and back`, async () => {
      const values = datatype === "BOOL" ? [true, false] : datatype.startsWith("U") ? [0, 200] : [-3, 100];
      const described = { name: "value", datatype, shape: [2] };
      const json = await infer(`echo-${datatype}`, { inputs: [{ ...described, data: values }] });
      assert.deepEqual(((await json.json()) as { outputs: unknown[] }).outputs, [
        { name: "again", datatype, shape: [2], data: values },
      ]);

      const size = 2 * { B: 1, 8: 1, 6: 2, 2: 4, 4: 8 }[datatype.at(datatype === "BOOL" ? 0 : -1)!]!;
      const bytes = Uint8Array.from({ length: size }, (_, index) =>
        datatype === "BOOL" ? index : index + 1,
      );
      const response = await inferBinary(
        `echo-${datatype}`,
        {
          inputs: [{ ...described, parameters: { binary_data_size: size } }],
          parameters: { binary_data_output: true },
        },
        bytes,
      );
      assert.equal(response.status, 200);
      assert.deepEqual(new Uint8Array((await response.arrayBuffer()).slice(-size)), bytes);
    });
  }

  it("carries no element at all", async () => {
    const response = await infer("echo-FP32", {
      inputs: [{ name: "value", datatype: "FP32", shape: [0], data: [] }],
    });
    const { outputs } = (await response.json()) as { outputs: unknown[] };
    assert.deepEqual(outputs, [{ name: "again", datatype: "FP32", shape: [0], data: [] }]);
  });

  for (const [what, datatype, data] of [
    ["a fraction", "INT32", [0.5]],
    ["a number that is too large", "UINT8", [256]],
    ["a negative number", "UINT64", [-1]],
    ["a number that JavaScript cannot hold", "INT64", [2 ** 53]],
    ["a word", "FP32", ["one"]],
    ["null", "FP32", [null]],
    ["a number", "BOOL", [1]],
  ] as const) {
    it(`refuses ${what} as ${datatype}`, async () => {
      const input = { name: "value", datatype, shape: [1], data };
      await assertError(await infer(`echo-${datatype}`, { inputs: [input] }), 400, /does not hold 1 values/);
    });
  }

  it("refuses to spell not-a-number in JSON", async () => {
    const request = {
      inputs: [{ name: "value", datatype: "FP32", shape: [1], parameters: { binary_data_size: 4 } }],
    };
    const response = await inferBinary("echo-FP32", request, Float32Array.of(NaN));
    await assertError(response, 400, /Ask for it with 'binary_data'/);
  });

  for (const [what, status, words, request] of [
    ["no inputs", 400, /'inputs' is not an array/, {}],
    ["an id that is no string", 400, /'id'/, { id: 7, inputs: [x, y] }],
    ["an input that is missing", 400, /also needs 'y'/, { inputs: [x] }],
    ["an input that is unknown", 400, /no input 'z'/, { inputs: [x, y, { ...y, name: "z" }] }],
    ["an input that is given twice", 400, /given twice/, { inputs: [x, y, y] }],
    ["an output that is asked for twice", 400, /Output 'doubled' is given twice/, { inputs: [x, y], outputs: [{ name: "doubled" }, { name: "doubled" }] }], // prettier-ignore
    ["an input without a name", 400, /Input 0 has no name/, { inputs: [{ ...x, name: undefined }] }],
    ["an input that is null", 400, /Input 0 has no name/, { inputs: [null] }],
    ["an output that is unknown", 400, /no output 'z'/, { inputs: [x, y], outputs: [{ name: "z" }] }],
    ["outputs that are no array", 400, /'outputs'/, { inputs: [x, y], outputs: {} }],
    ["a datatype that is unknown", 400, /datatype/, { inputs: [{ ...x, datatype: "BYTES" }, y] }],
    ["another datatype", 400, /is FP32, not FP64/, { inputs: [{ ...x, datatype: "FP64" }, y] }],
    ["another rank", 400, /has shape \[-1, 3\]/, { inputs: [{ ...x, shape: [6] }, y] }],
    ["another size", 400, /has shape \[-1, 3\]/, { inputs: [{ ...x, shape: [3, 2] }, y] }],
    ["too few values", 400, /does not hold 6 values/, { inputs: [{ ...x, data: [1] }, y] }],
    ["too many values", 400, /does not hold 6 values/, { inputs: [{ ...x, data: [...x.data, 7] }, y] }],
    ["rows of other lengths", 400, /6 values/, { inputs: [{ ...x, data: [[1, 2], [3, 4, 5, 6]] }, y] }], // prettier-ignore
    ["values nested too deep", 400, /6 values/, { inputs: [{ ...x, data: [[[1], [2], [3]], [[4], [5], [6]]] }, y] }], // prettier-ignore
    ["no data", 400, /6 values/, { inputs: [{ ...x, data: undefined }, y] }],
    ["no shape", 400, /'shape'/, { inputs: [{ ...x, shape: undefined }, y] }],
    ["a negative dimension", 400, /dimension/, { inputs: [{ ...x, shape: [-1, 3] }, y] }],
    ["a dimension that is a fraction", 400, /dimension/, { inputs: [{ ...x, shape: [0.5, 3] }, y] }],
    ["an absurd dimension", 400, /dimension/, { inputs: [{ ...x, shape: [1e300, 3] }, y] }],
    ["an absurd product", 400, /values/, { inputs: [{ ...x, shape: Array(16).fill(2 ** 52) }, y] }],
    ["an absurd rank", 400, /at most 16/, { inputs: [{ ...x, shape: Array(17).fill(1) }, y] }],
    ["parameters that are no object", 400, /'parameters'/, { inputs: [{ ...x, parameters: [] }, y] }],
    ["a flag that is no flag", 400, /not true or false/, { inputs: [x, y], parameters: { binary_data_output: 1 } }], // prettier-ignore
    ["inner nesting of the request", 400, /not a JSON object/, [[[[]]]]],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assertError(await infer("sum", request as Body), status, words);
    });
  }

  describe("with bytes", () => {
    const described = (size: unknown, shape = [2, 3]) => ({
      inputs: [{ name: "x", datatype: "FP32", shape, parameters: { binary_data_size: size } }, y],
    });

    it("refuses a size that is not that of the shape", async () => {
      for (const size of [23, 25, -24, 1e300, "24", null]) {
        await assertError(await inferBinary("sum", described(size), new Float32Array(6)), 400, /not 24/);
      }
    });

    it("refuses a body that is too short", async () => {
      const response = await inferBinary("sum", described(24), new Float32Array(5));
      await assertError(response, 400, /the body ends after 20/);
    });

    it("refuses a body that goes on", async () => {
      const response = await inferBinary("sum", described(24), new Float32Array(7));
      await assertError(response, 400, /4 bytes follow/);
    });

    it("refuses a shape of more bytes than there can be", async () => {
      const response = await inferBinary("sum", described(12 * 2 ** 40, [2 ** 40, 3]), new Float32Array(6));
      await assertError(response, 400, /the body ends after 24/);
    });

    it("refuses data in both forms", async () => {
      const request = { inputs: [{ ...x, parameters: { binary_data_size: 24 } }, y] };
      await assertError(await inferBinary("sum", request, new Float32Array(6)), 400, /both/);
    });

    for (const length of ["-1", "1e3", "999999", "9".repeat(30), "half", "0x10", ""]) {
      it(`refuses '${length}' as the length of the JSON`, async () => {
        const headers = { "Inference-Header-Content-Length": length };
        await assertError(await post("sum", JSON.stringify({ inputs: [x, y] }), headers), 400, /./);
      });
    }
  });

  it("refuses a run that would take more than it may", async () => {
    const rows = (count: number) => ({ ...x, shape: [count, 3], data: new Array(3 * count).fill(1) });
    assert.equal((await infer("sum", { inputs: [rows(150), y] })).status, 200);
    await assertError(await infer("sum", { inputs: [rows(200), y] }), 400, /Send less at a time/);
  });

  it("refuses what is not JSON", async () => {
    for (const body of ["", "{", "no", Uint8Array.of(0xff, 0xfe), "[".repeat(90_000)]) {
      await assertError(await post("sum", body), 400, /not JSON/);
    }
  });

  it("refuses a body beyond the limit, told in advance or not", async () => {
    const large = new Uint8Array(100_001);
    await assertError(await post("sum", large), 413, /100000 bytes/);
    const response = await fetch(`${server.url}/v2/models/sum/infer`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      ...{ body: new Blob([large]).stream(), duplex: "half" },
    });
    await assertError(response, 413, /100000 bytes/);
  });

  it("refuses what a page of another origin may send unasked", async () => {
    const request = JSON.stringify({ inputs: [x, y] });
    for (const type of ["text/plain", "text/plain; application/json", "application/x-www-form-urlencoded"]) {
      await assertError(await post("sum", request, { "Content-Type": type }), 415, /application\/json/);
    }
    const untyped = new Blob([request]);
    const response = await fetch(`${server.url}/v2/models/sum/infer`, { method: "POST", body: untyped });
    await assertError(response, 415, /application\/json/);
    const typed = await post("sum", request, { "Content-Type": "Application/JSON; charset=utf-8" });
    assert.equal(typed.status, 200);
  });

  it("knows no other model, version or path", async () => {
    await assertError(await get("/models/other"), 404, /no model 'other'/);
    await assertError(await get("/models/other/ready"), 404, /no model 'other'/);
    await assertError(await infer("other", { inputs: [] }), 404, /no model 'other'/);
    await assertError(await get("/models/..%2fsum"), 404, /no model/);
    await assertError(await get("/models/__proto__"), 404, /no model/);
    await assertError(await get("/models/sum/versions/2"), 404, /no version '2'/);
    await assertError(await infer("sum/versions/2", { inputs: [x, y] }), 404, /no version '2'/);
    await assertError(await get("/models/sum/infer"), 404, /no such path/);
    await assertError(await get("/nothing"), 404, /no such path/);
  });

  it("says that a model does not load, and goes on", async () => {
    await assertError(await get("/models/broken/ready"), 503, /'broken' does not load/);
    await assertError(await infer("broken", { inputs: [] }), 503, /'broken' does not load/);
    assert.equal((await infer("sum", { inputs: [x, y] })).status, 200);
  });

  /** Begins a request, and sends `sent` bytes of its body. */
  async function begin(length: number, sent: Uint8Array | string): Promise<http.ClientRequest> {
    const arrived = arrivals(1);
    const request = http.request(`${server.url}/v2/models/sum/infer`, { method: "POST" });
    request.setHeader("Content-Type", "application/json").setHeader("Content-Length", length);
    request.write(sent);
    await arrived;
    return request;
  }

  it("runs for others while many are slow to send", async () => {
    const body = JSON.stringify({ inputs: [x, y] });
    const slow: http.ClientRequest[] = [];
    for (let count = 0; count < 40; count += 1) slow.push(await begin(body.length, body.slice(0, 1)));
    assert.equal((await infer("sum", { inputs: [x, y] })).status, 200);
    for (const request of slow) {
      request.end(body.slice(1));
      const [answer] = (await once(request, "response")) as [http.IncomingMessage];
      assert.equal(answer.statusCode, 200);
      answer.resume();
    }
  });

  it("asks to wait when it has enough to do, and goes on after that", async () => {
    const repository = new ModelRepository(folder);
    const { promise: go, resolve: release } = Promise.withResolvers<undefined>();
    const { promise: loading, resolve: isLoading } = Promise.withResolvers<undefined>();
    let loads = 0;
    const load = repository.load.bind(repository);
    repository.load = async (entry) => {
      loads += 1;
      if (loads === 2) isLoading(undefined);
      await go;
      return load(entry);
    };
    const limits = { bodyLimit: 1000, mostRuns: 2, mostActivations: Infinity };
    const app = openInference(repository, { version: "1", ...limits });
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ inputs: [x, y] });
    const run = async () => app.request("/models/sum/infer", { method: "POST", headers, body });

    const runs = [run(), run()];
    await loading;
    const response = await run();
    assert.equal(response.status, 429);
    assert.equal(response.headers.get("Retry-After"), "1");
    assert.match(await response.text(), /Try again later/);
    release(undefined);
    for (const answer of await Promise.all(runs)) assert.equal(answer.status, 200);
    assert.equal((await run()).status, 200);
    await repository.release();
  });

  it("passes the preflight that its own header causes, and exposes it", async () => {
    const preflight = await fetch(`${server.url}/v2/models/sum/infer`, {
      method: "OPTIONS",
      headers: {
        Origin: "https://page.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,inference-header-content-length",
      },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("Access-Control-Allow-Origin"), "*");
    assert.match(preflight.headers.get("Access-Control-Allow-Methods") ?? "", /POST/);
    assert.equal(preflight.headers.get("Access-Control-Allow-Headers"), "*, Authorization");
    const response = await infer("sum", { inputs: [x, y] });
    assert.match(
      response.headers.get("Access-Control-Expose-Headers") ?? "",
      /Inference-Header-Content-Length/,
    );
  });
});
