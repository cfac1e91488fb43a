import type * as OnnxRuntime from "onnxruntime-web/wasm";
import type { Tensor, Tensors } from "../backend.ts";
import { elementsOf, tensorOf } from "../elements.ts";
import { buffersOf } from "./messages.ts";
import type { Answer, Beginning, Command, LoadCommand } from "./messages.ts";

/** One model in a worker of its own: when the worker ends, all of the model's memory is free again. */

let loaded: { runtime: typeof OnnxRuntime; session: OnnxRuntime.InferenceSession } | undefined;

/** Commands are carried out one after the other: a run does not begin before the model is there. */
let previous: Promise<unknown> = Promise.resolve();

addEventListener("message", ({ data: command }: MessageEvent<Command>) => {
  previous = previous.then(() => carryOut(command));
});
tell({ kind: "begun" });

async function carryOut(command: Command): Promise<void> {
  let outputs = new Map<string, Tensor>();
  try {
    if (command.kind === "load") await load(command);
    else outputs = await run(command.inputs);
  } catch (error) {
    tell({
      kind: "failed",
      message: messageOf(error),
      isBroken: error instanceof WebAssembly.RuntimeError,
    });
    return;
  }
  tell({ kind: "done", outputs }, buffersOf(outputs));
}

function tell(message: Beginning | Answer, transfer: ArrayBuffer[] = []): void {
  postMessage(message, transfer);
}

async function load({ runtime: { script, glue, wasm }, model }: LoadCommand): Promise<void> {
  const runtime = (await import(URL.createObjectURL(script))) as typeof OnnxRuntime;
  runtime.env.logLevel = "error";
  runtime.env.wasm.wasmPaths = { mjs: URL.createObjectURL(glue) };
  runtime.env.wasm.wasmBinary = await wasm.arrayBuffer();
  const session = await runtime.InferenceSession.create(model, { executionProviders: ["wasm"] });
  loaded = { runtime, session };
}

async function run(inputs: Tensors): Promise<Map<string, Tensor>> {
  if (loaded === undefined) throw new Error("No model is loaded.");
  const { runtime, session } = loaded;
  const feeds = [...inputs].map(([name, tensor]): [string, OnnxRuntime.Tensor] => [
    name,
    new runtime.Tensor(tensor.dataType as "float32", elementsOf(tensor) as Float32Array, tensor.shape),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  return new Map(
    Object.entries(results).map(([name, { type, dims, data }]) => [
      name,
      tensorOf(type, dims, data as Float32Array),
    ]),
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
