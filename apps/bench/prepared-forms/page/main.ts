import type * as onnxruntime from "onnxruntime-web";

/** The `kept/` lets the browser keep the runtime and what it compiled of it, as on the web. */
const folder = "/kept/dist/onnxruntime/";

/** Milliseconds until the first run of a model is over, and those of a later run. */
export interface Start {
  readonly create: number;
  readonly firstRun: number;
  readonly laterRun: number;
}

const bench = {
  /** How long the runtime itself takes: fetched or kept, compiled, and with a model that is next to nothing. */
  async startRuntime(smallModel: string, shape: readonly number[]): Promise<number> {
    const bytes = await bytesOf(smallModel);
    const start = performance.now();
    const { env } = await runtime();
    env.wasm.wasmPaths = new URL(folder, location.href).href;
    env.wasm.numThreads = 1;
    await startModel(bytes, shape);
    return performance.now() - start;
  },

  /** How long a model takes in a runtime that is there. */
  async startModel(url: string, shape: readonly number[]): Promise<Start> {
    return startModel(await bytesOf(url), shape);
  },

  /** How long it takes to compile the runtime, from bytes that the browser has kept. */
  async compile(): Promise<number> {
    const start = performance.now();
    await WebAssembly.compileStreaming(fetch(wasm));
    return performance.now() - start;
  },

  /** How long it takes to hand a compiled runtime to a new worker, and to have it there. */
  async handOver(): Promise<number> {
    const module = await WebAssembly.compileStreaming(fetch(wasm));
    const script = `onmessage = ({ data }) => postMessage(WebAssembly.Module.exports(data).length);`;
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const start = performance.now();
    await new Promise((resolve) => {
      worker.onmessage = resolve;
      worker.postMessage(module);
    });
    const end = performance.now();
    worker.terminate();
    return end - start;
  },
};

const wasm = `${folder}ort-wasm-simd-threaded.wasm`;

async function runtime(): Promise<typeof onnxruntime> {
  const module = `${folder}ort.wasm.min.mjs`;
  return (await import(module)) as typeof onnxruntime;
}

async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

async function startModel(model: Uint8Array, shape: readonly number[]): Promise<Start> {
  const { InferenceSession, Tensor } = await runtime();
  const times = [performance.now()];
  const session = await InferenceSession.create(model);
  times.push(performance.now());
  const length = shape.reduce((product, dimension) => product * dimension, 1);
  for (let run = 0; run < 2; run += 1) {
    const input = new Tensor("float32", new Float32Array(length).fill(0.5), shape);
    await session.run({ [session.inputNames[0]!]: input });
    times.push(performance.now());
  }
  await session.release();
  const [create = 0, firstRun = 0, laterRun = 0] = times.slice(1).map((time, index) => time - times[index]!);
  return { create, firstRun, laterRun };
}

export type PreparedForms = typeof bench;

Object.assign(globalThis, { bench });
