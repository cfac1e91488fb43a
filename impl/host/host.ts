/**
 * THE seam. Every term that the text leaves to the user agent is one member here; chapters reach the world through it
 * alone. `browser/`, `node/` and `virtual/` implement it; `virtual/` decorates any other and answers from the virtual
 * model environment (#automation) where one is set.
 */
import type { Backend } from "../backend/backend.ts";

export interface Host extends Clock, Network, Line, Bytes, Locks, Device, User, Executors, Globals {}

export interface Clock {
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Milliseconds from 1 January 1970, UTC, until now, by the wall clock. */
  wallClock(): number;
  /** The number of whole days from 1 January 1970, UTC, until now, by the wall clock. */
  today(): number;
  /** Resolves after `milliseconds`; rejects with the signal's reason when aborted before. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * A request as this specification makes it: mode "cors", no credentials, no referrer.
 * The host enforces CORS, CSP `connect-src` and mixed content (a browser does so by itself).
 */
export interface HostRequest {
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** For a body of several pieces, such as JSON followed by tensors: they are sent without being joined first. */
  readonly body?: readonly Uint8Array<ArrayBuffer>[];
  readonly signal?: AbortSignal;
  /** HTTP cache: "default", or "no-store" for bytes that the model cache keeps itself. */
  readonly cache?: "default" | "no-store";
  /** Redirect mode: "follow" where nothing is said; with "error" a redirect is a network error. */
  readonly redirect?: "follow" | "error";
}

export interface HostResponse {
  readonly status: number;
  /** The final URL after redirects. */
  readonly url: string;
  /** The value of a response header that CORS exposes, or null. */
  header(name: string): string | null;
  /** The body's bytes, as they come. Leaving the loop early cancels the request. */
  readonly body: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

export interface Network {
  /** Rejects with a NetworkError for any network error, CORS failure or block (one error: nothing tells which), or with the signal's reason. */
  fetch(request: HostRequest): Promise<HostResponse>;
}

/** How much is asked of the line to the network. */
export interface Line {
  /** https://hybrid-ai-web.github.io/hybrid-ai/#saves-data */
  savesData(): boolean;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#parallel-limit : where the user does not save data. */
  readonly parallelLimit: number;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#range-length : in bytes. */
  readonly rangeLength: number;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#stall-time : in milliseconds. */
  readonly stallTime: number;
}

/**
 * A flat folder of files that belongs to one storage key. Names are ASCII letters, digits, `-`, `_` and `.`.
 *
 * One agent at a time has a file open to write, and then nobody else has it open. Whoever asks for more waits: so open
 * late, close soon, and open no file twice.
 */
export interface Folder {
  names(): Promise<string[]>;
  /** The size of a file in bytes, or null where there is none. Waits for nobody. */
  size(name: string): Promise<number | null>;
  /** The file, or null where there is none. */
  open(name: string, access: "read" | "write"): Promise<OpenFile | null>;
  /** A new, empty file, open to write; an earlier one of that name is replaced. */
  create(name: string): Promise<OpenFile>;
  /** Atomic: afterwards `to` is the whole file and `from` is gone; a crash leaves either the one or the other. */
  rename(from: string, to: string): Promise<void>;
  /** No error where there is none. */
  remove(name: string): Promise<void>;
}

export interface OpenFile {
  size(): Promise<number>;
  /**
   * Reads up to `length` bytes from `offset`: fewer only at the end of the file. The bytes are alone in a fresh buffer,
   * made in the global's realm and the caller's. For few bytes; many are read into a buffer.
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Fills `buffer` with the bytes from `offset`, and tells how many these were: fewer only at the end of the file. */
  readInto(offset: number, buffer: HostBuffer): Promise<number>;
  /**
   * Writes all bytes at `offset`; they stay the caller's. A gap before `offset` is filled with zeros.
   * Rejects with QuotaExceededError when the disk or quota is full.
   */
  write(offset: number, bytes: Uint8Array<ArrayBuffer> | HostBuffer): Promise<void>;
  truncate(size: number): Promise<void>;
  /**
   * What was written survives a crash of the program, and on a disk of our own one of the machine. Closing twice does no
   * harm.
   */
  close(): Promise<void>;
}

/** A SHA-256 that is fed piece by piece, in constant memory. */
export interface RunningHash {
  /** The bytes stay the caller's, who waits before the next call. */
  update(bytes: Uint8Array<ArrayBuffer> | HostBuffer): Promise<void>;
  /** The hash, 32 bytes; ends the running. */
  digest(): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Memory that lies where the bytes of files come from and go to. In a browser that is a worker: the steps run on the page's
 * thread, and no byte passes through it that the page did not ask for. Like a typed array it is a view, and is used
 * again and again.
 */
export interface HostBuffer {
  readonly length: number;
  /** The bytes from `start` up to `end`: the same memory. */
  subarray(start: number, end: number): HostBuffer;
  /** Copies the bytes of another buffer to `position`. */
  set(source: HostBuffer, position: number): Promise<void>;
  /**
   * Lets `steps` look at the bytes, in memory of the global's realm, and returns what these return. They come back at once: no
   * copy of them is made.
   */
  show<T>(steps: (bytes: Uint8Array<ArrayBuffer>) => T): Promise<T>;
  /**
   * Gives the bytes away, alone in a buffer made in the global's realm, and frees the memory. A buffer that is taken whole is
   * not copied.
   */
  take(): Promise<Uint8Array<ArrayBuffer>>;
  /** Lets go of the memory, and of all views of it. Whoever makes a buffer frees or takes it; freeing twice does no harm. */
  free(): void;
}

/** A body that is taken in pieces of the taker's size. */
export interface BufferedBody {
  /**
   * Fills `buffer` with the next bytes, and tells how many these were: fewer only where the body ends, null where it ends
   * with an error before. `coming` is called as they come with how many are there.
   */
  takeInto(buffer: HostBuffer, coming: (count: number) => void): Promise<number | null>;
  /** Whether there is a byte that nobody took. */
  hasMore(): Promise<boolean>;
  /** Reads no further, and ends the request. Whoever has a body cancels it, also at its end. */
  cancel(): Promise<void>;
}

export interface BufferedResponse extends Omit<HostResponse, "body"> {
  readonly body: BufferedBody;
}

/** Where the bytes of files are. What is here works together without a copy. */
export interface Bytes {
  /** A buffer of zeros. Rejects with a RangeError where there is not so much memory. */
  makeABuffer(length: number): Promise<HostBuffer>;
  /** The same as `fetch`, with a body that is taken into buffers. */
  fetchIntoBuffers(request: HostRequest): Promise<BufferedResponse>;
  /** The folder of a storage key, or null where this context may not store (then everything runs from memory). */
  folder(storageKey: string): Promise<Folder | null>;
  /** A folder in memory, gone when the global object is. */
  readonly memory: Folder;
  /**
   * SHA-256 of `bytes`, 32 bytes; or of every `each` of them, one behind the other. The bytes stay the caller's, who waits before
   * anything else is done with them.
   */
  sha256(bytes: Uint8Array<ArrayBuffer> | HostBuffer, each?: number): Promise<Uint8Array<ArrayBuffer>>;
  startAHash(): RunningHash;
}

export interface Locks {
  /**
   * Runs `steps` while no other agent of the storage key (tab, frame, worker) runs steps under the same `name`; with the
   * access "read", while none does but those that read, too.
   */
  lock<T>(storageKey: string, name: string, steps: () => Promise<T>, access?: "read" | "write"): Promise<T>;
  /** The same, to write, if nobody runs steps under that name or waits to; otherwise runs nothing, and is null at once. */
  lockIfFree<T>(storageKey: string, name: string, steps: () => Promise<T>): Promise<T | null>;
}

export interface Device {
  /** The name of the device's class in the class table (#device-class); frozen for the browser's major version. */
  deviceClass(): Promise<string>;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#enumdef-modelexposure */
export type Exposure = "device" | "site" | "any";

export interface User {
  /** The user's exposure limit for this top-level site: beats whatever the page passes. */
  exposureLimit(topLevelSite: string): Exposure;
  /** Runs `steps` each time that the exposure limit or `savesData` may have changed, until what this returns is called. */
  whenTheUserDecides(steps: () => void): () => void;
  /** How many bytes the files of a storage key may have (#share): the same for all, whatever the disk is like. */
  share(): number;
  /** How many bytes a file may have at the most that is held in memory (#memory-limit): the same for all. */
  memoryLimit(): number;
  /** The digests of those files of this storage key that the user has pinned. */
  pinnedFiles(): ReadonlySet<string>;
}

/** What a virtual model environment makes of the next load or run of an executor (#consult-an-executor). */
export type ExecutorOutcome = "succeed" | "fail" | "lose";

export interface Executors {
  /** The client's backends, most preferred first. */
  readonly backends: readonly Backend[];
  /**
   * Asked before each load or run on the client and each run on a remote. "succeed", at once, unless a virtual model
   * environment says otherwise: then after its latency; a stalled executor answers only by rejecting with the
   * signal's reason.
   */
  consultAnExecutor(executor: "client" | "remote", signal: AbortSignal): Promise<ExecutorOutcome>;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#probe-ledger */
export interface ProbeLedger {
  readonly decisions: Map<string, "visible" | "hidden">;
  spentBits: number;
  /** Resolves when what it now says outlives the user agent. */
  keep(): Promise<void>;
}

/** What files are reused across sites, and who may ask (#visibility). */
export interface CrossSite {
  /** Fixed for the browser's major version, and public. */
  readonly popularList: ReadonlySet<string>;
  /** Whether a document between this one and the top is of another site; where a host cannot know, the answer is yes. */
  hasCrossSiteAncestor(): boolean;
  hasStickyActivation(): boolean;
  /** Runs `steps` with the ledger of a site while nobody else has it. */
  withTheProbeLedger<T>(site: string, steps: (ledger: ProbeLedger) => Promise<T>): Promise<T>;
  /** What the shared store has under a digest, or null. `readBytes` gives null where the bytes went bad. */
  sharedFile(digest: string): Promise<{
    readonly size: number;
    readBytes(offset: number, end: number): Promise<Uint8Array<ArrayBuffer> | null>;
  } | null>;
}

/** What depends on the global object that the interfaces are installed on. */
export interface Globals {
  /** Null where there is no shared store. */
  readonly crossSite: CrossSite | null;
  /** The API base URL, now (a document's `<base>` may change it). */
  baseURL(): string;
  /** The serialized origin. "null" for opaque origins. */
  readonly origin: string;
  /** Identifies the storage partition: equal strings share a store. */
  readonly storageKey: string;
  readonly topLevelSite: string;
  /** Whether the origin of a URL is same site with the top-level site. Where a host cannot know, the answer is no. */
  isSameSite(url: string): boolean;
  isFullyActive(): boolean;
  /** Aborted when the document next stops being fully active. It may come back, and is then given another one. */
  untilItIsInactive(): AbortSignal;
  isAllowedToUse(feature: "model-cache" | "model-capabilities" | "hybrid-model"): boolean;
  /** Queues a task on the hybrid AI task source of the global. */
  queueATask(steps: () => void): void;
  /** A Blob of the bytes, made in the global's realm. The bytes stay the caller's. */
  createABlob(parts: readonly (Uint8Array<ArrayBuffer> | Blob)[], type: string): Blob;
  /**
   * A readable byte stream in the global's realm. `pull` gives the next bytes, or null at the end; an error that it
   * throws errors the stream. `cancel` runs once when the reader cancels.
   */
  createAReadableByteStream(
    pull: () => Promise<Uint8Array<ArrayBuffer> | null>,
    cancel: (reason: unknown) => Promise<void>,
  ): ReadableStream<Uint8Array>;
}
