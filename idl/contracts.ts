// Written by `npm run idl` from the specification's IDL. Not to be edited.

/**
 * The contracts between the bindings and the chapters: what the specification's IDL promises, in TypeScript.
 *
 * An interface here is the object as an algorithm sees it. The class that implements `ModelFile` stands in
 * `ModelFile-impl.ts` of its chapter as `export class ModelFileImplementation implements ModelFile`, and is also
 * exported as `implementation`. The bindings check and convert everything that a page passes, and convert everything
 * that an algorithm returns, resolves or rejects with, so that chapters see nothing but the types below:
 *
 * - A dictionary with all members that the IDL requires or gives a default. The others are absent where the page left them out.
 * - A string, number or list already converted. Lists, records and dictionaries that come in are copies, the algorithm's own.
 * - An object of an interface below is the implementation, never what the page holds. To make one, an algorithm calls
 *   the class's own constructor; the page's object comes into being when it first leaves.
 * - A callback function is called with and answers with converted values. One that returns a promise never throws; another may.
 * - Static operations are static methods, with the global object as their first argument. An IDL constructor is the
 *   class's, called with the global object and the list of arguments. Where the platform's `navigator` holds the only
 *   object of an interface, the class is constructed with the global object alone.
 *
 * `Implementations`, at the end, is what all classes together must be.
 */

/** The global object of the realm that an object belongs to: `hostOf(globalObject)` gives its host. */
export type GlobalObject = typeof globalThis;

export interface ModelFileDescriptor {
  digest: string;
  size: number;
  urls: readonly string[];
  chunks?: ModelChunkTable;
}

export interface ModelChunkTable {
  digest?: string;
  size: number;
  urls: readonly string[];
}

export interface ModelTensor {
  dataType: MLOperandDataType;
  shape: readonly number[];
  data: AllowSharedBufferSource;
}

export interface ModelMonitor {
  ondownloadprogress: EventHandler;
}

export type ModelMonitorCallback = (monitor: ModelMonitor) => void;

export interface ModelSource {
  manifest: string;
  integrity?: string;
}

export interface ModelCapabilities {
  query(model: ModelRequirements): Promise<ModelFit>;
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
  fetch(file: ModelFileDescriptor, options: ModelFetchOptions): Promise<ModelFile>;
  match(digest: string): Promise<ModelFile | null>;
  keys(): Promise<readonly string[]>;
  delete(digest: string): Promise<boolean>;
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
  read(destination: AllowSharedBufferSource, offset: number): Promise<void>;
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
) => Promise<Record<string, string>>;

export interface ModelRemoteAuthorizeContext {
  url: string;
  refresh: boolean;
}

export type ModelRemoteRunCallback = (
  inputs: Record<string, ModelTensor>,
  context: ModelRemoteRunContext,
) => Promise<Record<string, ModelTensor>>;

export interface ModelRemoteRunContext {
  signal: AbortSignal;
  variant: string;
}

export interface HybridModel {
  run(inputs: Record<string, ModelTensor>, options: ModelRunOptions): Promise<ModelResult>;
  readonly clientReady: Promise<void>;
  readonly lost: Promise<ModelLostInfo>;
  destroy(): void;
}

export interface HybridModelCreateCoreOptions extends ModelRequirements {
  exposure: ModelExposure;
  remotes: readonly ModelRemote[];
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

export interface ModelRunError {
  readonly name: string;
  readonly message: string;
  receipt(): ModelReceipt;
}

// Borrowed from other specifications.

export type MLOperandDataType =
  "float32" | "float16" | "int32" | "uint32" | "int64" | "uint64" | "int8" | "uint8";

export type AllowSharedBufferSource = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

export type EventHandler = EventHandlerNonNull | null;

export type Availability = "unavailable" | "downloadable" | "downloading" | "available";

export type EventHandlerNonNull = (event: Event) => unknown;

/** The implementation classes, by the name of their interface. */
export interface Implementations {
  ModelMonitor: { readonly prototype: ModelMonitor };
  ModelCapabilities: {
    readonly prototype: ModelCapabilities;
    new (globalObject: GlobalObject): ModelCapabilities;
  };
  ModelCache: { readonly prototype: ModelCache; new (globalObject: GlobalObject): ModelCache };
  ModelFile: { readonly prototype: ModelFile };
  HybridModel: {
    readonly prototype: HybridModel;
    availability(globalObject: GlobalObject, options: HybridModelCreateCoreOptions): Promise<Availability>;
    create(globalObject: GlobalObject, options: HybridModelCreateOptions): Promise<HybridModel>;
  };
  ModelRunError: {
    readonly prototype: ModelRunError;
    new (
      globalObject: GlobalObject,
      constructorArguments: [message: string, receipt: ModelReceipt],
    ): ModelRunError;
  };
}
