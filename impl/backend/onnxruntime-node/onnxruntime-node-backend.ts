import type * as OnnxRuntime from "onnxruntime-node";
import { BackendError } from "../backend.ts";
import type { Backend, LoadedPart, Tensor, Tensors } from "../backend.ts";
import { elementsOf, tensorOf } from "../elements.ts";

/** Runs ONNX models natively in Node. The runtime is loaded with the first model. */
export const onnxruntimeNodeBackend: Backend = {
  name: "onnxruntime-node",
  formats: ["onnx"],
  load: async (format, model) => {
    if (format !== "onnx") throw new BackendError(`The format ${format} cannot be run here.`);
    const runtime = await import("onnxruntime-node");
    try {
      // The log goes to the process's own error stream: errors come back by themselves, warnings are nobody's.
      const session = await runtime.InferenceSession.create(model, { logSeverityLevel: 3 });
      return new OnnxruntimeNodePart(runtime, session);
    } catch (cause) {
      throw new BackendError("The runtime cannot load this model.", { cause });
    }
  },
};

class OnnxruntimeNodePart implements LoadedPart {
  /** A native session lives as long as its process. */
  readonly lost = new Promise<string>(() => {});
  readonly #runtime: typeof OnnxRuntime;
  #session: OnnxRuntime.InferenceSession | null;
  /** Settles when the runs that have begun are over: a session that is freed in a run brings the process down. */
  #running: Promise<unknown> = Promise.resolve();

  constructor(runtime: typeof OnnxRuntime, session: OnnxRuntime.InferenceSession) {
    this.#runtime = runtime;
    this.#session = session;
  }

  async run(inputs: Tensors, signal?: AbortSignal): Promise<Map<string, Tensor>> {
    if (signal?.aborted) throw signal.reason;
    const session = this.#session;
    if (session === null) throw new BackendError("The part was released.");
    const { Tensor: RuntimeTensor } = this.#runtime;
    try {
      const feeds = Object.fromEntries(
        [...inputs].map(([name, tensor]) => [
          name,
          new RuntimeTensor(tensor.dataType as "float32", elementsOf(tensor) as Float32Array, tensor.shape),
        ]),
      );
      const run = session.run(feeds);
      this.#running = Promise.allSettled([this.#running, run]);
      const results = await run;
      return new Map(
        Object.entries(results).map(([name, { type, dims, data }]) => [
          name,
          tensorOf(type, dims, data as Float32Array),
        ]),
      );
    } catch (cause) {
      if (cause instanceof BackendError) throw cause;
      throw new BackendError("The runtime cannot run this model with these inputs.", { cause });
    } finally {
      signal?.throwIfAborted();
    }
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await this.#running;
    await session?.release();
  }
}
