// Written by `npm run idl` from the specification's IDL. Not to be edited.

/**
 * The objects of the specification as a page sees them, in TypeScript. What the IDL gives a default may be left out.
 */

export interface NavigatorModels {
  readonly modelCapabilities: ModelCapabilities;
  readonly modelCache: ModelCache;
}

export interface ModelFileDescriptor {
  digest: string;
  size: number;
  urls: readonly string[];
  chunks?: ModelChunkTable;
}

export interface ModelChunkTable {
  digest?: string;
  size?: number;
  urls?: readonly string[];
}

export interface ModelTensor {
  dataType: MLOperandDataType;
  shape: readonly number[];
  data: AllowSharedBufferSource;
}

export interface ModelMonitor extends EventTarget {
  ondownloadprogress:
    | ((
        this: ModelMonitor,
        event: Event & {
          readonly lengthComputable: boolean;
          readonly loaded: number;
          readonly total: number;
        },
      ) => unknown)
    | null;
  addEventListener(
    type: "downloadprogress",
    listener:
      | ((
          this: ModelMonitor,
          event: Event & {
            readonly lengthComputable: boolean;
            readonly loaded: number;
            readonly total: number;
          },
        ) => unknown)
      | {
          handleEvent(
            event: Event & {
              readonly lengthComputable: boolean;
              readonly loaded: number;
              readonly total: number;
            },
          ): unknown;
        }
      | null,
    options?: Parameters<EventTarget["addEventListener"]>[2],
  ): void;
  removeEventListener(
    type: "downloadprogress",
    listener:
      | ((
          this: ModelMonitor,
          event: Event & {
            readonly lengthComputable: boolean;
            readonly loaded: number;
            readonly total: number;
          },
        ) => unknown)
      | {
          handleEvent(
            event: Event & {
              readonly lengthComputable: boolean;
              readonly loaded: number;
              readonly total: number;
            },
          ): unknown;
        }
      | null,
    options?: Parameters<EventTarget["removeEventListener"]>[2],
  ): void;
  addEventListener(
    type: string,
    listener: ((this: ModelMonitor, event: Event) => unknown) | { handleEvent(event: Event): unknown } | null,
    options?: Parameters<EventTarget["addEventListener"]>[2],
  ): void;
  removeEventListener(
    type: string,
    listener: ((this: ModelMonitor, event: Event) => unknown) | { handleEvent(event: Event): unknown } | null,
    options?: Parameters<EventTarget["removeEventListener"]>[2],
  ): void;
}

export interface ModelMonitorConstructor {
  readonly prototype: ModelMonitor;
}

export type ModelMonitorCallback = (monitor: ModelMonitor) => void;

export interface ModelSource {
  manifest: string;
  integrity?: string;
}

export interface ModelCapabilities {
  query(model: ModelRequirements): Promise<ModelFit>;
}

export interface ModelCapabilitiesConstructor {
  readonly prototype: ModelCapabilities;
}

export interface ModelRequirements extends ModelSource {
  maxLatency?: number;
  minFidelity?: number;
}

export interface ModelFit {
  supported: boolean;
  variant?: string;
  latency?: number;
  reason?: ModelUnfitReason;
}

export type ModelUnfitReason = "format" | "feature" | "memory" | "latency" | "fidelity";

export interface ModelCache {
  fetch(file: ModelFileDescriptor, options?: ModelFetchOptions): Promise<ModelFile>;
  match(digest: string): Promise<ModelFile | null>;
  keys(): Promise<readonly string[]>;
  delete(digest: string): Promise<boolean>;
}

export interface ModelCacheConstructor {
  readonly prototype: ModelCache;
}

export interface ModelFetchOptions {
  signal?: AbortSignal;
  monitor?: ModelMonitorCallback;
}

export interface ModelFile {
  readonly digest: string;
  readonly size: number;
  stream(): ReadableStream;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  read(destination: AllowSharedBufferSource, offset?: number): Promise<void>;
}

export interface ModelFileConstructor {
  readonly prototype: ModelFile;
}

export interface ModelRemote {
  url?: string;
  authorize?: ModelRemoteAuthorizeCallback;
  run?: ModelRemoteRunCallback;
  variant?: string;
  parts?: readonly string[];
}

export type ModelRemoteAuthorizeCallback = (
  context: ModelRemoteAuthorizeContext,
) => Record<string, string> | PromiseLike<Record<string, string>>;

export interface ModelRemoteAuthorizeContext {
  url: string;
  refresh: boolean;
}

export type ModelRemoteRunCallback = (
  inputs: Record<string, ModelTensor>,
  context: ModelRemoteRunContext,
) => Record<string, ModelTensor> | PromiseLike<Record<string, ModelTensor>>;

export interface ModelRemoteRunContext {
  signal: AbortSignal;
  variant: string;
}

export interface HybridModel {
  run(inputs: Record<string, ModelTensor>, options?: ModelRunOptions): Promise<ModelResult>;
  readonly clientReady: Promise<void>;
  readonly lost: Promise<ModelLostInfo>;
  destroy(): void;
}

export interface HybridModelConstructor {
  readonly prototype: HybridModel;
  availability(options: HybridModelCreateCoreOptions): Promise<Availability>;
  create(options: HybridModelCreateOptions): Promise<HybridModel>;
}

export interface HybridModelCreateCoreOptions extends ModelRequirements {
  exposure?: ModelExposure;
  remotes?: readonly ModelRemote[];
}

export interface HybridModelCreateOptions extends HybridModelCreateCoreOptions {
  signal?: AbortSignal;
  monitor?: ModelMonitorCallback;
}

export type ModelExposure = "device" | "site" | "any";

export interface ModelRunOptions {
  signal?: AbortSignal;
  deadline?: number;
}

export interface ModelResult {
  outputs: Record<string, ModelTensor>;
  receipt: ModelReceipt;
}

export interface ModelLostInfo {
  reason: ModelLostReason;
  message: string;
}

export type ModelLostReason = "destroyed" | "unavailable";

export interface ModelReceipt {
  placement: ModelPlacement;
  variant?: string;
  fidelity?: number;
  duration: number;
  inputBytesSent: number;
  attempts: readonly ModelAttempt[];
}

export type ModelPlacement = "client" | "remote" | "split" | "none";

export interface ModelAttempt {
  placement: ModelPlacement;
  parts: readonly ModelPlacement[];
  variant: string;
  fidelity: number;
  succeeded: boolean;
  failure?: ModelAttemptFailure;
  duration: number;
  inputBytesSent: number;
  origin?: string;
  claimed?: ModelRemoteClaim;
}

export type ModelAttemptFailure =
  | "network"
  | "authorization"
  | "busy"
  | "status"
  | "response"
  | "function"
  | "backend"
  | "lost"
  | "deadline"
  | "aborted";

export interface ModelRemoteClaim {
  modelName?: string;
  modelVersion?: string;
}

export interface ModelRunError extends DOMException {
  receipt(): ModelReceipt;
}

export interface ModelRunErrorConstructor {
  readonly prototype: ModelRunError;
  new (message: string, receipt: ModelReceipt): ModelRunError;
}

export type MLOperandDataType =
  "float32" | "float16" | "int32" | "uint32" | "int64" | "uint64" | "int8" | "uint8";

export type AllowSharedBufferSource = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

export type Availability = "unavailable" | "downloadable" | "downloading" | "available";
