import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { build } from "esbuild";
import { after, before, describe, it } from "mocha";
import type { NodeProto, TensorProto } from "onnx-buf";
import { launch } from "puppeteer-core";
import type { Browser, Page } from "puppeteer-core";
import { writeOnnxModel } from "../../apps/cli/onnx/model-file.ts";
import {
  constantTensor,
  DataType,
  onnxModel,
  operator,
  tensorDeclaration,
} from "../../apps/cli/onnx/onnx-parts.ts";
import { embedWorkers } from "../../tools/build/embed-workers.ts";
import { fixtures } from "../../tools/fixtures/fixtures.ts";
import {
  browserLimits,
  chromiumArguments,
  chromiumExecutable,
  firefoxExecutable,
  root,
} from "../../tools/setup/where.mjs";
import type { Backend, TensorDataType } from "./backend.ts";
import { arithmeticBackend } from "./arithmetic/arithmetic-backend.ts";
import { onnxruntimeNodeBackend } from "./onnxruntime-node/onnxruntime-node-backend.ts";
import type { onnxruntimeWebBackend } from "./onnxruntime-web/onnxruntime-web-backend.ts";

/** A tensor as plain numbers, so that it can go into a page and out of it. */
interface Numbers {
  dataType: TensorDataType;
  shape: number[];
  bytes: number[];
}

/** A model, and what it is given. */
interface Case {
  model: Uint8Array;
  inputs: Record<string, Numbers>;
}

function numbers(dataType: TensorDataType, shape: number[], view: ArrayBufferView<ArrayBuffer>): Numbers {
  return { dataType, shape, bytes: [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)] };
}

const floats = (shape: number[], ...values: number[]) => numbers("float32", shape, Float32Array.from(values));

function model(operators: NodeProto[], x: Numbers, constants: TensorProto[] = [], output = "y"): Uint8Array {
  const types = { float32: DataType.FLOAT, int32: DataType.INT32, int64: DataType.INT64 };
  const type = types[x.dataType as keyof typeof types];
  const dimensions = x.shape.map((_, index) => `d${index}`);
  return writeOnnxModel(
    onnxModel({
      name: "case",
      operatorSet: 17,
      operators,
      constants,
      inputs: [tensorDeclaration("x", type, dimensions)],
      outputs: [
        tensorDeclaration(
          output,
          type,
          [...dimensions.keys()].map((index) => `e${index}`),
        ),
      ],
    }),
  );
}

function constant(name: string, shape: number[], ...values: number[]): TensorProto {
  return constantTensor(name, DataType.FLOAT, shape, Float32Array.from(values));
}

/** Each within what every backend computes without rounding, so that equal means equal to the last bit. */
function cases(): Record<string, Case> {
  const three = floats([3], 1, -2, 3.5);
  const matrix = floats([2, 3], 1, 2, 3, -4, 5, 6);
  const longs = numbers("int64", [2], BigInt64Array.of(2n ** 40n, -3n));
  const integers = numbers("int32", [2], Int32Array.of(2 ** 31 - 1, -7));
  return {
    "the affine model": { model: fixtures["affine.onnx"]!, inputs: { x: three } },
    "its first part": { model: fixtures["affine-double.onnx"]!, inputs: { x: three } },
    "its second part": { model: fixtures["affine-increment.onnx"]!, inputs: { h: three } },
    "a difference, broadcast": {
      model: model([operator("Sub", ["x", "c"], ["y"])], matrix, [constant("c", [2, 1], 0.5, 1)]),
      inputs: { x: matrix },
    },
    "a rectified product of matrices": {
      model: model([operator("MatMul", ["x", "w"], ["p"]), operator("Relu", ["p"], ["y"])], matrix, [
        constant("w", [3, 2], 1, -2, 3, -4, 5, -6),
      ]),
      inputs: { x: matrix },
    },
    "a general product": {
      model: model(
        [operator("Gemm", ["x", "w", "c"], ["y"], { alpha: 2, beta: 0.5, transA: 1n, transB: 1n })],
        matrix,
        [constant("w", [4, 2], 1, 2, 3, 4, 5, 6, 7, 8), constant("c", [4], 2, 4, 6, 8)],
      ),
      inputs: { x: matrix },
    },
    "integers of 64 bits": {
      model: model([operator("Mul", ["x", "x"], ["m"]), operator("Add", ["m", "x"], ["y"])], longs),
      inputs: { x: longs },
    },
    "integers of 32 bits": {
      model: model([operator("Sub", ["x", "x"], ["m"]), operator("Add", ["m", "x"], ["y"])], integers),
      inputs: { x: integers },
    },
    "the input itself": { model: model([operator("Identity", ["x"], ["y"])], three), inputs: { x: three } },
  };
}

/** Runs a case with a backend of this process. */
async function runHere(backend: Backend, { model, inputs }: Case): Promise<Record<string, Numbers>> {
  const part = await backend.load("onnx", Uint8Array.from(model));
  const tensors = Object.entries(inputs).map(([name, { dataType, shape, bytes }]) => {
    return [name, { dataType, shape, data: Uint8Array.from(bytes) }] as const;
  });
  const outputs = await part.run(new Map(tensors));
  await part.release();
  return Object.fromEntries(
    [...outputs].map(([name, { dataType, shape, data }]) => [name, numbers(dataType, [...shape], data)]),
  );
}

describe("the backends agree", () => {
  for (const [name, each] of Object.entries(cases())) {
    it(`in Node, on ${name}`, async () => {
      const exact = await runHere(arithmeticBackend, each);
      assert.deepEqual(await runHere(onnxruntimeNodeBackend, each), exact);
    });
  }
});

describe("the backend onnxruntime-node", () => {
  it("rejects with a typed error what it cannot load or run, and can run again", async () => {
    await assert.rejects(onnxruntimeNodeBackend.load("onnx", Uint8Array.of(1, 2, 3)), {
      name: "BackendError",
    });
    await assert.rejects(onnxruntimeNodeBackend.load("gguf", Uint8Array.of(1)), { name: "BackendError" });
    const part = await onnxruntimeNodeBackend.load("onnx", Uint8Array.from(fixtures["affine.onnx"]!));
    await assert.rejects(part.run(new Map()), { name: "BackendError", lost: false });
    const x = { dataType: "float32" as const, shape: [3], data: new Uint8Array(12) };
    const reason = new Error("enough");
    await assert.rejects(part.run(new Map([["x", x]]), AbortSignal.abort(reason)), reason);
    assert.equal((await part.run(new Map([["x", x]]))).size, 1);
  });

  it("waits for what runs before it frees the memory; then runs no more", async () => {
    const part = await onnxruntimeNodeBackend.load("onnx", Uint8Array.from(fixtures["affine.onnx"]!));
    const x = { dataType: "float32" as const, shape: [3], data: new Uint8Array(12) };
    const running = part.run(new Map([["x", x]]));
    await part.release();
    assert.equal((await running).size, 1);
    await part.release();
    await assert.rejects(part.run(new Map([["x", x]])), { name: "BackendError" });
  });
});

/** What the page of the test has. */
interface TestPage {
  onnxruntimeWebBackend: typeof onnxruntimeWebBackend;
}

/** The backend's script, a page around it, and the runtime's folder; remembers what was asked for. */
async function serve(): Promise<{ server: Server; origin: string; requests: string[] }> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { onnxruntimeWebBackend } from "./onnxruntime-web-backend.ts"; Object.assign(globalThis, { onnxruntimeWebBackend });`,
      resolveDir: path.join(root, "impl/backend/onnxruntime-web"),
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "iife",
    plugins: [embedWorkers({})],
  });
  const runtime = path.join(root, "node_modules/onnxruntime-web/dist");
  const requests: string[] = [];
  const server = createServer(({ url = "/" }, response) => {
    requests.push(url);
    const name = path.basename(url);
    if (url.startsWith("/runtime/")) {
      response.setHeader("Content-Type", name.endsWith(".wasm") ? "application/wasm" : "text/javascript");
      response.setHeader("Cache-Control", "max-age=600");
      createReadStream(path.join(runtime, name)).pipe(response);
    } else if (name === "script.js") {
      response.setHeader("Content-Type", "text/javascript");
      response.end(outputFiles[0]!.text);
    } else {
      response.setHeader("Content-Type", "text/html");
      if (name === "strict") response.setHeader("Content-Security-Policy", "worker-src 'none'");
      response.end('<!doctype html><link rel="icon" href="data:,"><script src="/script.js"></script>');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}`, requests };
}

const browsers = {
  Chromium: { executablePath: chromiumExecutable(), args: chromiumArguments() },
  Firefox: { executablePath: firefoxExecutable(), browser: "firefox" as const },
};

for (const [name, { executablePath, ...options }] of Object.entries(browsers)) {
  describe(`the backend onnxruntime-web in ${name}`, function () {
    let site: Awaited<ReturnType<typeof serve>>;
    let browser: Browser;
    let page: Page;

    before(async function () {
      if (executablePath === null) return this.skip();
      site = await serve();
      browser = await launch({ executablePath, headless: true, ...browserLimits, ...options });
      page = await browser.newPage();
      await page.goto(site.origin);
    });
    after(async () => {
      await browser?.close();
      site?.server.close();
    });

    it("fetches no byte of the runtime before a model is loaded", async () => {
      const made = await page.evaluate((origin) => {
        const { onnxruntimeWebBackend } = globalThis as unknown as TestPage;
        return onnxruntimeWebBackend(`${origin}/runtime`).name;
      }, site.origin);
      assert.equal(made, "onnxruntime-web");
      assert.deepEqual(site.requests, ["/", "/script.js"]);
    });

    it("agrees with the exact one", async () => {
      for (const [what, { model, inputs }] of Object.entries(cases())) {
        const results = await page.evaluate(
          async (origin, modelBytes, tensors) => {
            const { onnxruntimeWebBackend } = globalThis as unknown as TestPage;
            const part = await onnxruntimeWebBackend(`${origin}/runtime/`).load(
              "onnx",
              Uint8Array.from(modelBytes),
            );
            const outputs = await part.run(
              new Map(
                Object.entries(tensors).map(([name, { dataType, shape, bytes }]) => [
                  name,
                  { dataType, shape, data: Uint8Array.from(bytes) },
                ]),
              ),
            );
            await part.release();
            return Object.fromEntries(
              [...outputs].map(([name, { dataType, shape, data }]) => [
                name,
                { dataType, shape: [...shape], bytes: [...data] },
              ]),
            );
          },
          site.origin,
          [...model],
          inputs,
        );
        assert.deepEqual(results, await runHere(arithmeticBackend, { model, inputs }), what);
      }
    });

    it("takes the buffers that it is given, and gives its own", async () => {
      const [model, input, output] = await page.evaluate(
        async (origin, modelBytes) => {
          const { onnxruntimeWebBackend } = globalThis as unknown as TestPage;
          const bytes = Uint8Array.from(modelBytes);
          const part = await onnxruntimeWebBackend(`${origin}/runtime/`).load("onnx", bytes);
          const data = new Uint8Array(12);
          const outputs = await part.run(new Map([["x", { dataType: "float32", shape: [3], data }]]));
          await part.release();
          return [bytes.byteLength, data.byteLength, outputs.get("y")?.data.buffer.byteLength];
        },
        site.origin,
        [...fixtures["affine.onnx"]!],
      );
      assert.deepEqual([model, input, output], [0, 0, 12]);
    });

    it("rejects with typed errors, aborts, and can run again; not after its release", async () => {
      const names = await page.evaluate(
        async (origin, modelBytes) => {
          const { onnxruntimeWebBackend } = globalThis as unknown as TestPage;
          const backend = onnxruntimeWebBackend(`${origin}/runtime/`);
          const told = (promise: Promise<unknown>): Promise<string> =>
            promise.then(
              () => "fulfilled",
              (error: unknown) =>
                error instanceof Error
                  ? `${error.name}${"lost" in error ? ` ${String(error.lost)}` : ""}`
                  : String(error),
            );
          const inputs = () =>
            new Map([["x", { dataType: "float32" as const, shape: [3], data: new Uint8Array(12) }]]);
          const part = await backend.load("onnx", Uint8Array.from(modelBytes));
          const controller = new AbortController();
          const aborted = told(part.run(inputs(), controller.signal));
          controller.abort("stop");
          const results = [
            await told(backend.load("gguf", new Uint8Array())),
            await told(backend.load("onnx", Uint8Array.of(1, 2, 3))),
            await told(onnxruntimeWebBackend(`${origin}/nowhere/`).load("onnx", Uint8Array.from(modelBytes))),
            await told(part.run(new Map())),
            await told(part.run(inputs(), AbortSignal.abort("before"))),
            await aborted,
            await told(part.run(inputs())),
          ];
          const unfinished = told(part.run(inputs()));
          await part.release();
          await part.release();
          results.push(await unfinished, await told(part.run(inputs())));
          return results;
        },
        site.origin,
        [...fixtures["affine.onnx"]!],
      );
      assert.deepEqual(names, [
        "BackendError false",
        "BackendError false",
        "BackendError false",
        "BackendError false",
        "before",
        "stop",
        "fulfilled",
        "BackendError false",
        "BackendError false",
      ]);
    });

    it("is lost when its worker breaks, and says so in words", async () => {
      const [lost, failure] = await page.evaluate(
        async (origin, modelBytes) => {
          const { onnxruntimeWebBackend } = globalThis as unknown as TestPage;
          const workers: Worker[] = [];
          const { Worker: RealWorker } = globalThis;
          globalThis.Worker = class extends RealWorker {
            constructor(url: string | URL) {
              super(url);
              workers.push(this);
            }
          };
          const part = await onnxruntimeWebBackend(`${origin}/runtime/`).load(
            "onnx",
            Uint8Array.from(modelBytes),
          );
          globalThis.Worker = RealWorker;
          const running = part
            .run(new Map())
            .then(String, (error: unknown) => (error as { lost: boolean }).lost);
          workers[0]!.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
          return [await part.lost, await running];
        },
        site.origin,
        [...fixtures["affine.onnx"]!],
      );
      assert.deepEqual([lost, failure], ["out of memory", true]);
    });

    it("rejects with a typed error what the page gave away before, and where the page forbids workers", async () => {
      const strict = await browser.newPage();
      await strict.goto(`${site.origin}/strict`);
      const load = async (origin: string, modelBytes: number[]): Promise<string[]> => {
        const { onnxruntimeWebBackend } = globalThis as unknown as TestPage;
        const backend = onnxruntimeWebBackend(`${origin}/runtime/`);
        const nameOf = (error: unknown): string => (error as Error).name;
        const bytes = Uint8Array.from(modelBytes);
        const names = [await backend.load("onnx", bytes).then(() => "fulfilled", nameOf)];
        if (bytes.byteLength > 0) structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
        names.push(await backend.load("onnx", bytes).then(() => "fulfilled", nameOf));
        return names;
      };
      const model = [...fixtures["affine.onnx"]!];
      assert.deepEqual(await page.evaluate(load, site.origin, model), ["fulfilled", "BackendError"]);
      assert.deepEqual(await strict.evaluate(load, site.origin, model), ["BackendError", "BackendError"]);
      await strict.close();
    });

    it("asks the network for nothing when it loads again", async () => {
      const load = async (origin: string, modelBytes: number[]): Promise<void> => {
        const { onnxruntimeWebBackend } = globalThis as unknown as TestPage;
        const kept = globalThis as { keptBackend?: ReturnType<typeof onnxruntimeWebBackend> };
        kept.keptBackend ??= onnxruntimeWebBackend(`${origin}/runtime/`);
        await (await kept.keptBackend.load("onnx", Uint8Array.from(modelBytes))).release();
      };
      const model = [...fixtures["affine.onnx"]!];
      await page.evaluate(load, site.origin, model);
      site.server.close();
      site.server.closeAllConnections();
      await page.evaluate(load, site.origin, model);
      const { port } = new URL(site.origin);
      await new Promise<void>((resolve) => site.server.listen(Number(port), "127.0.0.1", resolve));
    });

    it("works in a dedicated worker", async () => {
      const answer = await page.evaluate(
        async (origin, modelBytes) => {
          const script = `importScripts("${origin}/script.js");
            onmessage = async ({ data }) => {
              const part = await onnxruntimeWebBackend("${origin}/runtime/").load("onnx", data);
              const x = { dataType: "float32", shape: [3], data: new Uint8Array(Float32Array.of(1, 2, 3).buffer) };
              const y = (await part.run(new Map([["x", x]]))).get("y");
              postMessage([...new Float32Array(y.data.buffer)]);
            };`;
          const worker = new Worker(URL.createObjectURL(new Blob([script])));
          worker.postMessage(Uint8Array.from(modelBytes));
          return new Promise((resolve) => {
            worker.onmessage = ({ data }) => {
              resolve(data);
              worker.terminate();
            };
          });
        },
        site.origin,
        [...fixtures["affine.onnx"]!],
      );
      assert.deepEqual(answer, [3, 5, 7]);
    });
  });
}
