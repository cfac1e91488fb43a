/**
 * What can execute a part of a model on the client. One implementation a folder; a host offers those that it has.
 * Tensors cross this seam as plain bytes, so that a backend may live in a worker, in another process, or in Rust.
 */

/** https://www.w3.org/TR/webnn/#enumdef-mloperanddatatype */
export type TensorDataType =
  "float32" | "float16" | "int32" | "uint32" | "int64" | "uint64" | "int8" | "uint8";

/** https://hybrid-ai-web.github.io/hybrid-ai/#tensor : `data` is little-endian, dense, row-major, and owned by the holder. */
export interface Tensor {
  readonly dataType: TensorDataType;
  readonly shape: readonly number[];
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Tensors by name. */
export type Tensors = ReadonlyMap<string, Tensor>;

export interface Backend {
  /** A short name for receipts and logs, such as `onnxruntime-web`. */
  readonly name: string;
  /** The manifest formats (registry of formats, such as `onnx`) that `load` accepts. */
  readonly formats: readonly string[];
  /**
   * Prepares `model` (the verified bytes of one part; ownership passes to the backend) for runs.
   * Fetches no runtime byte before it is called. Rejects with a `BackendError`.
   */
  load(format: string, model: Uint8Array<ArrayBuffer>): Promise<LoadedPart>;
}

export interface LoadedPart {
  /** Resolves, with the reason in words, when the part can run no more (worker ended, device lost). Never rejects. */
  readonly lost: Promise<string>;
  /**
   * One inference. Takes ownership of the tensors' data (they may be transferred).
   * Rejects with a `BackendError`; with `signal`'s reason when aborted, after which the part is still usable.
   */
  run(inputs: Tensors, signal?: AbortSignal): Promise<Map<string, Tensor>>;
  /** Frees all memory: afterwards `run` rejects. Idempotent. */
  release(): Promise<void>;
}

/** A load or a run that failed: the dispatcher may try another plan. `lost` tells that the part is of no more use. */
export class BackendError extends Error {
  readonly lost: boolean;
  constructor(message: string, options: { lost?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "BackendError";
    this.lost = options.lost ?? false;
  }
}
