import { BackendError } from "../backend.ts";
import type { Backend, LoadedPart, Tensor, Tensors } from "../backend.ts";
import { fetchAFile } from "./fetch-a-file.ts";
import { buffersOf } from "./messages.ts";
import type { Answer, Beginning, Command, Runtime } from "./messages.ts";

/** How long a worker may take until its script runs, in milliseconds. What it then loads takes as long as it takes. */
const patience = 30_000;

/** Nothing else may hold these: a worker that only its own listeners know of can be collected before it answers. */
const loading = new Set<OnnxruntimeWebPart>();

/**
 * Runs ONNX models in WebAssembly, in windows and dedicated workers. `runtime` is the URL of the folder that serves
 * `ort.wasm.min.mjs`, `ort-wasm-simd-threaded.mjs` and `ort-wasm-simd-threaded.wasm`; nothing of it is fetched before
 * the first model is loaded, and nothing twice: a part that the device took away is brought back without the network. A page's
 * Content Security Policy has to allow `blob:` for scripts and workers, and the folder for connections.
 */
export function onnxruntimeWebBackend(runtime: string | URL): Backend {
  const folder = new URL(runtime).href.replace(/\/?$/, "/");
  // One URL for all workers: a bundle that holds the script makes it of a blob, which lives as long as its URL.
  let script: URL | undefined;
  let kept: Promise<Runtime> | null = null;
  const runtimeOnce = () =>
    (kept ??= fetchTheRuntime(folder).catch((error: unknown) => {
      kept = null;
      throw error;
    }));
  return {
    name: "onnxruntime-web",
    formats: ["onnx"],
    load: async (format, model) => {
      if (format !== "onnx") throw new BackendError(`The format ${format} cannot be run here.`);
      script ??= new URL("./onnxruntime.worker.ts", import.meta.url);
      const files = await runtimeOnce();
      const part = new OnnxruntimeWebPart(startAWorker(script));
      loading.add(part);
      try {
        await part.command({ kind: "load", runtime: files, model }, [model.buffer]);
      } catch (error) {
        await part.release();
        throw error;
      } finally {
        loading.delete(part);
      }
      return part;
    },
  };
}

function startAWorker(script: URL): Worker {
  try {
    return new Worker(script);
  } catch (cause) {
    throw new BackendError("No worker can be started here: the page's security policy may forbid it.", {
      cause,
    });
  }
}

async function fetchTheRuntime(folder: string): Promise<Runtime> {
  const [script, glue, wasm] = await Promise.all([
    fetchAFile(new URL("ort.wasm.min.mjs", folder), "text/javascript"),
    fetchAFile(new URL("ort-wasm-simd-threaded.mjs", folder), "text/javascript"),
    fetchAFile(new URL("ort-wasm-simd-threaded.wasm", folder), "application/wasm"),
  ]);
  return { script, glue, wasm };
}

/** A command that was sent and not yet answered. */
interface Pending {
  readonly resolve: (outputs: Map<string, Tensor>) => void;
  readonly reject: (error: BackendError) => void;
}

class OnnxruntimeWebPart implements LoadedPart {
  readonly lost: Promise<string>;
  readonly #worker: Worker;
  /** The worker answers in order. */
  readonly #pending: Pending[] = [];
  readonly #lose: (reason: string) => void;
  readonly #watch: ReturnType<typeof setTimeout>;
  /** Why nothing more can run, once it is so. */
  #end: BackendError | null = null;

  constructor(worker: Worker) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#lose = resolve;
    this.#worker = worker;
    this.#watch = setTimeout(() => {
      this.#break("The worker's script does not run.");
    }, patience);
    worker.addEventListener("message", ({ data }: MessageEvent<Beginning | Answer>) => {
      if (data.kind === "begun") clearTimeout(this.#watch);
      else this.#settle(data);
    });
    worker.addEventListener("messageerror", () => {
      this.#break("The worker's answer cannot be read.");
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#break(event.message || "The worker's script cannot be loaded.");
    });
  }

  async run(inputs: Tensors, signal?: AbortSignal): Promise<Map<string, Tensor>> {
    if (signal?.aborted) throw signal.reason;
    const running = this.command({ kind: "run", inputs }, buffersOf(inputs));
    if (signal === undefined) return running;
    // The worker computes to the end, and what it then gives is thrown away: the next run finds it as it was.
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      aborted.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([running, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  release(): Promise<void> {
    this.#finish(new BackendError("The part was released."));
    return Promise.resolve();
  }

  /** Sends a command to the worker and waits for its answer. */
  command(command: Command, transfer: ArrayBuffer[]): Promise<Map<string, Tensor>> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const { promise, resolve, reject } = Promise.withResolvers<Map<string, Tensor>>();
    try {
      this.#worker.postMessage(command, transfer);
    } catch (cause) {
      return Promise.reject(new BackendError("The bytes were given away before.", { cause }));
    }
    this.#pending.push({ resolve, reject });
    return promise;
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.shift();
    if (answer.kind === "done") pending?.resolve(answer.outputs);
    else {
      pending?.reject(new BackendError(answer.message, { lost: answer.isBroken }));
      if (answer.isBroken) this.#break(answer.message);
    }
  }

  #break(reason: string): void {
    if (this.#end !== null) return;
    this.#finish(new BackendError(reason, { lost: true }));
    this.#lose(reason);
  }

  #finish(end: BackendError): void {
    if (this.#end !== null) return;
    this.#end = end;
    clearTimeout(this.#watch);
    this.#worker.terminate();
    for (const { reject } of this.#pending.splice(0)) reject(end);
  }
}
