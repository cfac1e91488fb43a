import type { Tensor } from "../backend.ts";

/** The files of onnxruntime-web. */
export interface Runtime {
  readonly script: Blob;
  readonly glue: Blob;
  readonly wasm: Blob;
}

/** What the page tells the worker: first one `load`, then any number of `run`. */
export type Command = LoadCommand | RunCommand;

export interface LoadCommand {
  readonly kind: "load";
  readonly runtime: Runtime;
  readonly model: Uint8Array<ArrayBuffer>;
}

export interface RunCommand {
  readonly kind: "run";
  readonly inputs: ReadonlyMap<string, Tensor>;
}

/** What the worker says first: that its script runs. */
export interface Beginning {
  readonly kind: "begun";
}

/** What the worker answers to each command, in the same order. */
export type Answer =
  | { readonly kind: "done"; readonly outputs: Map<string, Tensor> }
  | {
      readonly kind: "failed";
      readonly message: string;
      /** Whether the runtime is broken, so that nothing more can run in this worker. */
      readonly isBroken: boolean;
    };

/** The buffers behind tensors, each once, to be transferred. */
export function buffersOf(tensors: ReadonlyMap<string, Tensor>): ArrayBuffer[] {
  return [...new Set([...tensors.values()].map(({ data }) => data.buffer))];
}
