import { modelCache } from "hybrid-ai/cache";
import { sessionArguments } from "hybrid-ai/onnxruntime-web";
import type * as onnxruntime from "onnxruntime-web";
import type { BenchFile } from "./arm.ts";
import { clear } from "./clear.ts";

/** A model in one file, and in two. */
export interface BenchModel {
  readonly whole: BenchFile;
  readonly graph: BenchFile;
  readonly weights: BenchFile;
  /** The path under which the graph names its weights. */
  readonly weightsPath: string;
  /** The shape of what it takes. */
  readonly shape: readonly number[];
}

type Arguments = [model: Uint8Array, options?: onnxruntime.InferenceSession.SessionOptions];

async function bytesOf(file: BenchFile): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(file.url)).arrayBuffer());
}

function descriptorOf({ url, size, chunkSize, treeDigest, chunkTableURL }: BenchFile) {
  return { digest: treeDigest, size, urls: [url], chunks: { size: chunkSize, urls: [chunkTableURL] } };
}

/** Ways to what the runtime makes a session of. */
const ways = {
  fetch: async ({ whole }: BenchModel): Promise<Arguments> => [await bytesOf(whole)],
  "cache-api": async ({ whole: { url } }: BenchModel): Promise<Arguments> => {
    const cache = await caches.open("bench");
    await cache.put(url, await fetch(url));
    return [new Uint8Array(await (await cache.match(url))!.arrayBuffer())];
  },
  ours: ({ whole }: BenchModel): Promise<Arguments> => sessionArguments(descriptorOf(whole), { modelCache }),
  "fetch-two": async ({ graph, weights, weightsPath }: BenchModel): Promise<Arguments> => [
    await bytesOf(graph),
    { externalData: [{ path: weightsPath, data: await bytesOf(weights) }] },
  ],
  "ours-two": ({ graph, weights, weightsPath }: BenchModel): Promise<Arguments> =>
    sessionArguments(
      { model: descriptorOf(graph), externalData: { [weightsPath]: descriptorOf(weights) } },
      { modelCache },
    ),
};

export type Way = keyof typeof ways;

const folder = "/dist/onnxruntime/";

const bench = {
  /** Loads the runtime, and runs a small model. */
  async prepare(small: BenchModel): Promise<void> {
    const { env } = await runtime();
    env.wasm.wasmPaths = folder;
    env.wasm.numThreads = 1;
    await runOnce(await ways.fetch(small), small);
  },

  /** Until the first run of a model is over; gives the first number of its output. */
  async run(way: Way, model: BenchModel): Promise<number> {
    return runOnce(await ways[way](model), model);
  },

  clear,
};

async function runOnce(sessionOf: Arguments, { shape }: BenchModel): Promise<number> {
  const { InferenceSession, Tensor } = await runtime();
  const session = await InferenceSession.create(...sessionOf);
  const length = shape.reduce((product, dimension) => product * dimension, 1);
  const input = new Tensor("float32", new Float32Array(length).fill(1), shape);
  const outputs = await session.run({ [session.inputNames[0]!]: input });
  return (outputs[session.outputNames[0]!]!.data as Float32Array)[0]!;
}

async function runtime(): Promise<typeof onnxruntime> {
  const module = `${folder}ort.wasm.min.mjs`;
  return (await import(module)) as typeof onnxruntime;
}

export type FirstRun = typeof bench;

Object.assign(globalThis, { bench });
