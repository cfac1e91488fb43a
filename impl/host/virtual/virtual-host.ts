import type { Backend, LoadedPart } from "../../backend/backend.ts";
import type {
  BufferedResponse,
  CrossSite,
  ExecutorOutcome,
  Exposure,
  Folder,
  Host,
  HostBuffer,
  HostRequest,
  HostResponse,
  Line,
  RunningHash,
} from "../host.ts";
import { virtualLimits } from "../line.ts";
import type { VirtualModelEnvironment } from "../virtual-model-environment.ts";
import { LimitedFolder } from "./limited-folder.ts";
import { VirtualTime } from "./virtual-time.ts";

/**
 * Decorates a host: answers from the virtual model environment where one is set, and from the host below where not.
 * https://hybrid-ai-web.github.io/hybrid-ai/#virtual-model-environments
 */
export class VirtualHost implements Host {
  readonly #host: Host;
  readonly backends: readonly Backend[];
  readonly #locksHeld = new Set<string>();
  readonly #toRunWhenTheUserDecides = new Set<() => void>();
  #environment: VirtualModelEnvironment | null = null;
  /** Without an environment it only counts the work under way, which is to hold still the time of the next one. */
  readonly #time = new VirtualTime((steps) => {
    this.#host.queueATask(steps);
  });

  /** `backends` stand in for the host's own: a test wants exact results, and no download of a runtime. */
  constructor(host: Host, backends: readonly Backend[] = host.backends) {
    this.#host = host;
    this.backends = backends.map((backend) => this.#timed(backend));
  }

  get environment(): VirtualModelEnvironment | null {
    return this.#environment;
  }

  set environment(environment: VirtualModelEnvironment | null) {
    this.#environment = environment;
    this.#time.restart();
    for (const steps of [...this.#toRunWhenTheUserDecides]) steps();
  }

  now(): number {
    return this.#environment === null ? this.#host.now() : this.#time.now();
  }

  wallClock(): number {
    return this.#host.wallClock();
  }

  today(): number {
    return this.#host.today();
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return (this.#environment === null ? this.#host : this.#time).wait(milliseconds, signal);
  }

  async fetch(request: HostRequest): Promise<HostResponse> {
    const response = await this.#during(() => this.#host.fetch(request));
    const during = <T>(work: () => Promise<T>) => this.#during(work);
    return {
      status: response.status,
      url: response.url,
      header: (name) => response.header(name),
      body: {
        [Symbol.asyncIterator]() {
          const iterator = response.body[Symbol.asyncIterator]();
          return {
            next: () => during(() => iterator.next()),
            return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
          };
        },
      },
    };
  }

  savesData(): boolean {
    return this.#environment?.savesData ?? this.#host.savesData();
  }

  get parallelLimit(): number {
    return this.#line.parallelLimit;
  }

  get rangeLength(): number {
    return this.#line.rangeLength;
  }

  get stallTime(): number {
    return this.#line.stallTime;
  }

  get #line(): Omit<Line, "savesData"> {
    return this.#environment === null ? this.#host : virtualLimits;
  }

  makeABuffer(length: number): Promise<HostBuffer> {
    return this.#during(() => this.#host.makeABuffer(length));
  }

  async fetchIntoBuffers(request: HostRequest): Promise<BufferedResponse> {
    const response = await this.#during(() => this.#host.fetchIntoBuffers(request));
    const { status, url, body } = response;
    return {
      status,
      url,
      header: (name) => response.header(name),
      body: {
        takeInto: (buffer, coming) => this.#during(() => body.takeInto(buffer, coming)),
        hasMore: () => this.#during(() => body.hasMore()),
        cancel: () => body.cancel(),
      },
    };
  }

  async folder(storageKey: string): Promise<Folder | null> {
    const folder = await this.#during(() => this.#host.folder(storageKey));
    if (folder === null || this.#environment === null) return folder;
    return new LimitedFolder(folder, () => this.#environment?.storageCapacity ?? Infinity);
  }

  /** Waiting for a lock that somebody here holds is not work: the holder may itself wait for time. */
  lock<T>(storageKey: string, name: string, steps: () => Promise<T>, access?: "read" | "write"): Promise<T> {
    const key = `${storageKey} ${name}`;
    const granted = Promise.withResolvers<undefined>();
    if (!this.#locksHeld.has(key)) void this.#during(() => granted.promise);
    return this.#host.lock(
      storageKey,
      name,
      async () => {
        granted.resolve(undefined);
        this.#locksHeld.add(key);
        try {
          return await steps();
        } finally {
          this.#locksHeld.delete(key);
        }
      },
      access,
    );
  }

  lockIfFree<T>(storageKey: string, name: string, steps: () => Promise<T>): Promise<T | null> {
    return this.#host.lockIfFree(storageKey, name, steps);
  }

  get memory(): Folder {
    return this.#host.memory;
  }

  sha256(bytes: Uint8Array<ArrayBuffer> | HostBuffer, each?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#during(() => this.#host.sha256(bytes, each));
  }

  startAHash(): RunningHash {
    const hash = this.#host.startAHash();
    return {
      update: (bytes) => this.#during(() => hash.update(bytes)),
      digest: () => this.#during(() => hash.digest()),
    };
  }

  async deviceClass(): Promise<string> {
    return this.#environment?.deviceClass ?? this.#host.deviceClass();
  }

  exposureLimit(topLevelSite: string): Exposure {
    return this.#environment?.exposureLimit ?? this.#host.exposureLimit(topLevelSite);
  }

  whenTheUserDecides(steps: () => void): () => void {
    // Each caller's own, though two may pass one function.
    const once = () => steps();
    this.#toRunWhenTheUserDecides.add(once);
    const forget = this.#host.whenTheUserDecides(once);
    return () => {
      this.#toRunWhenTheUserDecides.delete(once);
      forget();
    };
  }

  share(): number {
    return this.#environment?.storageShare ?? this.#host.share();
  }

  memoryLimit(): number {
    return this.#environment?.memoryLimit ?? this.#host.memoryLimit();
  }

  pinnedFiles(): ReadonlySet<string> {
    return this.#environment?.pinnedFiles ?? this.#host.pinnedFiles();
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#consult-an-executor */
  async consultAnExecutor(name: "client" | "remote", signal: AbortSignal): Promise<ExecutorOutcome> {
    // 1. Let environment be the virtual model environment of the top-level traversable that these steps run
    //    for.
    const environment = this.#environment;

    // 2. If environment is null, or its executors[name] does not exist, then return "succeed".
    if (environment === null || !environment.executors.has(name)) return "succeed";

    // 3. Let executor be environment's executors[name].
    const executor = environment.executors.get(name)!;

    // 4. If executor's outcome is "stall", then wait until signal is aborted, and throw signal's abort
    //    reason.
    if (executor.outcome === "stall") return await rejectWhenAborted(signal);

    // 5. Wait for executor's latency, or until signal is aborted, whichever comes first.
    // 6. If signal is aborted, then throw signal's abort reason.
    await this.wait(executor.latency, signal);

    // 7. Return executor's outcome.
    return executor.outcome;
  }

  get crossSite(): CrossSite | null {
    return this.#host.crossSite;
  }

  baseURL(): string {
    return this.#host.baseURL();
  }

  get origin(): string {
    return this.#host.origin;
  }

  get storageKey(): string {
    return this.#host.storageKey;
  }

  get topLevelSite(): string {
    return this.#host.topLevelSite;
  }

  isSameSite(url: string): boolean {
    return this.#host.isSameSite(url);
  }

  isFullyActive(): boolean {
    return this.#host.isFullyActive();
  }

  untilItIsInactive(): AbortSignal {
    return this.#host.untilItIsInactive();
  }

  isAllowedToUse(feature: "model-cache" | "model-capabilities" | "hybrid-model"): boolean {
    return this.#host.isAllowedToUse(feature);
  }

  queueATask(steps: () => void): void {
    this.#host.queueATask(steps);
  }

  createABlob(parts: readonly (Uint8Array<ArrayBuffer> | Blob)[], type: string): Blob {
    return this.#host.createABlob(parts, type);
  }

  createAReadableByteStream(
    pull: () => Promise<Uint8Array<ArrayBuffer> | null>,
    cancel: (reason: unknown) => Promise<void>,
  ): ReadableStream<Uint8Array> {
    return this.#host.createAReadableByteStream(pull, cancel);
  }

  #during<T>(work: () => Promise<T>): Promise<T> {
    return this.#time.during(work);
  }

  #timed(backend: Backend): Backend {
    return {
      name: backend.name,
      formats: backend.formats,
      load: async (format, model) => {
        const part = await this.#during(() => backend.load(format, model));
        return {
          lost: part.lost,
          run: (inputs, signal) => this.#during(() => part.run(inputs, signal)),
          release: () => this.#during(() => part.release()),
        } satisfies LoadedPart;
      },
    };
  }
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
