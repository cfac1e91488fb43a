import { createHash } from "node:crypto";
import type { ModelFileDescriptor } from "../../idl/contracts.ts";
import { bytesOfAChunkTable } from "../concepts/chunk-table.ts";
import { createAFileRecord } from "../concepts/file-record.ts";
import type { FileRecord } from "../concepts/file-record.ts";
import type { BufferedResponse, Folder, Host, HostRequest, HostResponse } from "../host/host.ts";
import { aBufferedResponse } from "../host/buffered-response.ts";
import { MemoryFolder } from "../host/memory-folder.ts";
import { createANodeHost } from "../host/node/node-host.ts";
import { Turns } from "../host/turns.ts";
import { VirtualTime } from "../host/virtual/virtual-time.ts";
import { aNewSeriesOfChanges } from "../infra/changes.ts";
import { isFailure } from "../infra/failure.ts";

/** For the tests of this folder: hosts whose network and disk do what a test says. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** How a server answers. */
export interface Behaviour {
  /** Answers so, whatever is asked. */
  readonly status?: number;
  /** More headers, in lower case; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** There is no answer: it is not there, or not to be read from here. */
  readonly refuses?: boolean;
  /** Sends bytes of this file instead. */
  readonly bytes?: Bytes;
  /** Does not know of ranges. */
  readonly ignoresRanges?: boolean;
  /** Says another range than it was asked for. */
  readonly liesAboutRanges?: boolean;
  /** The connection breaks after so many bytes of the answer. */
  readonly breaksAfter?: number;
  /** The answer ends, as if it were complete, after so many bytes. */
  readonly endsAfter?: number;
  /** The answer goes on with so many other bytes. */
  readonly goesOnFor?: number;
  /** Answers only then. */
  readonly answersAfter?: Promise<unknown>;
  /** Waits so many milliseconds before each piece. */
  readonly pauses?: number;
  /** Does so only from this byte of the answer on. */
  readonly pausesFrom?: number;
  /** Says nothing any more after so many bytes; with -1 not even the headers. */
  readonly stallsAfter?: number;
  /** Sends so many bytes, and the others when the promise is resolved. */
  readonly holdsAfter?: number;
  readonly until?: Promise<unknown>;
}

export interface SeenRequest {
  readonly url: string;
  readonly range: string | null;
  /** When it was made. */
  readonly moment: number;
  /** How many bytes of the body were taken. */
  taken: number;
  isAborted: boolean;
}

export interface Server {
  readonly bytes: Bytes;
  /** To a request by its number from 0, counted for this URL. */
  readonly behaviour: (number: number, request: SeenRequest) => Behaviour;
}

/** The servers of a test, by the URLs of their files, and what they were asked. */
export class Network {
  readonly servers = new Map<string, Server>();
  readonly requests: SeenRequest[] = [];
  /** Stands still while anything is under way but what stalls. */
  readonly time = new VirtualTime(setImmediate);
  /** Requests whose bodies are not done with. */
  underWay = 0;
  mostUnderWay = 0;
  savesData = false;
  parallelLimit = 3;
  rangeLength = 2 ** 24;
  readonly #stalling = aNewSeriesOfChanges();
  /** How many bytes a piece of a body has. */
  pieceLength = 10_000;

  serve(url: string, bytes: Bytes, behaviour: Behaviour | Server["behaviour"] = {}): string {
    this.servers.set(url, {
      bytes,
      behaviour: typeof behaviour === "function" ? behaviour : () => behaviour,
    });
    return url;
  }

  get bytesTaken(): number {
    return this.requests.reduce((sum, { taken }) => sum + taken, 0);
  }

  async fetch(request: HostRequest): Promise<HostResponse> {
    const { url, signal } = request;
    const range = request.headers?.["Range"] ?? null;
    const seen: SeenRequest = { url, range, moment: this.time.now(), taken: 0, isAborted: false };
    const number = this.requests.filter((each) => each.url === url).length;
    this.requests.push(seen);
    signal?.addEventListener("abort", () => (seen.isAborted = true));
    await Promise.resolve();
    if (signal?.aborted) throw signal.reason;
    const server = this.servers.get(url);
    const behaviour = server?.behaviour(number, seen);
    if (behaviour === undefined || behaviour.refuses === true) {
      throw new DOMException("The request failed.", "NetworkError");
    }
    await behaviour.answersAfter;
    if (behaviour.stallsAfter === -1) await this.#stall(signal);
    return this.#answer(behaviour.bytes ?? server!.bytes, behaviour, seen, signal);
  }

  /** Lets the time go on meanwhile. */
  async #stall(signal?: AbortSignal): Promise<never> {
    this.#stalling.tell();
    return await new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason as Error));
    });
  }

  async #pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.#stalling.tell();
    await this.time.wait(milliseconds, signal);
  }

  /** Holds the time until `work` is done or stalls. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const stalling = this.#stalling.next();
    const working = work();
    await this.time.during(() => Promise.race([working.catch(() => undefined), stalling]));
    return working;
  }

  async fetchPieces(request: HostRequest): Promise<HostResponse> {
    const response = await this.during(() => this.fetch(request));
    const iterator = response.body[Symbol.asyncIterator]();
    const next = () => this.during(() => iterator.next());
    return {
      ...response,
      body: { [Symbol.asyncIterator]: () => ({ next, return: () => iterator.return!() }) },
    };
  }

  async fetchIntoBuffers(request: HostRequest): Promise<BufferedResponse> {
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    const end = () => (this.underWay -= 1);
    const response = await this.during(() => this.fetch(request)).catch((error: unknown) => {
      end();
      throw error;
    });
    const { body, ...rest } = aBufferedResponse(response);
    return {
      ...rest,
      body: {
        takeInto: (buffer, coming) => this.during(() => body.takeInto(buffer, coming)),
        hasMore: () => this.during(() => body.hasMore()),
        cancel: async () => {
          end();
          await body.cancel();
        },
      },
    };
  }

  #answer(bytes: Bytes, behaviour: Behaviour, seen: SeenRequest, signal?: AbortSignal): HostResponse {
    const { url } = seen;
    const headers = new Map<string, string>();
    let status = 200;
    let body = bytes;
    const match = /^bytes=(\d+)-(\d+)$/.exec(seen.range ?? "");
    if (behaviour.status !== undefined) {
      status = behaviour.status;
      body = new TextEncoder().encode("<!doctype html><title>No</title>");
    } else if (match !== null && behaviour.ignoresRanges !== true) {
      const [first, last] = [Number(match[1]), Math.min(Number(match[2]), bytes.length - 1)];
      status = first > last ? 416 : 206;
      body = bytes.slice(first, last + 1);
      const said = behaviour.liesAboutRanges === true ? first + 1 : first;
      headers.set("content-range", `bytes ${said}-${last}/${bytes.length}`);
    }
    for (const [name, value] of Object.entries(behaviour.headers ?? {})) {
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    }
    const whole = new Uint8Array(
      Math.min(body.length, behaviour.endsAfter ?? Infinity) + (behaviour.goesOnFor ?? 0),
    );
    whole.set(body.subarray(0, whole.length));
    return {
      status,
      url,
      header: (name) => headers.get(name.toLowerCase()) ?? null,
      body: { [Symbol.asyncIterator]: () => this.#pieces(whole, behaviour, seen, signal) },
    };
  }

  async *#pieces(
    body: Bytes,
    {
      breaksAfter = Infinity,
      stallsAfter = Infinity,
      holdsAfter = Infinity,
      until,
      pauses,
      pausesFrom = 0,
    }: Behaviour,
    seen: SeenRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<Bytes, void, undefined> {
    const aborted = new Promise<never>((_resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason as Error));
    });
    aborted.catch(() => undefined);
    for (let at = 0; at < body.length;) {
      if (at >= holdsAfter) await Promise.race([until, aborted]);
      if (signal?.aborted) throw signal.reason;
      if (pauses !== undefined && at >= pausesFrom) await this.#pause(pauses, signal);
      if (at >= stallsAfter) await this.#stall(signal);
      if (at >= breaksAfter) throw new TypeError("terminated");
      const end = Math.min(
        at + this.pieceLength,
        at < holdsAfter ? holdsAfter : Infinity,
        breaksAfter,
        at < stallsAfter ? stallsAfter : Infinity,
        body.length,
      );
      const piece = body.slice(at, end);
      seen.taken += piece.length;
      at = end;
      yield piece;
    }
    if (breaksAfter <= body.length) throw new TypeError("terminated");
  }
}

/**
 * An agent of a storage key: those that share a folder and its locks are tabs of one another. With its death its locks are
 * free.
 */
export function agent(
  network: Network,
  folder: Folder & { readonly death?: Promise<unknown> } = new MemoryFolder(),
  locks = new Turns(),
): Host {
  const death = folder.death?.then(() => Promise.reject(new Error("killed")));
  death?.catch(() => undefined);
  const host = createANodeHost(globalThis);
  /** What is dead hears of nothing, and does nothing more. */
  const unheard = <T>(result: Promise<T>) =>
    death === undefined
      ? result
      : result.catch((error: unknown) =>
          Promise.race([death, Promise.resolve()]).then(
            () => Promise.reject(error as Error),
            () => new Promise<never>(() => undefined),
          ),
        );
  const untilDeath =
    <T>(steps: () => Promise<T>) =>
    () =>
      death === undefined ? steps() : Promise.race([steps(), death]);
  return {
    ...host,
    fetch: (request) => network.fetchPieces(request),
    fetchIntoBuffers: (request) => network.fetchIntoBuffers(request),
    now: () => network.time.now(),
    wait: (milliseconds, signal) => network.time.wait(milliseconds, signal),
    savesData: () => network.savesData,
    get parallelLimit() {
      return network.parallelLimit;
    },
    get rangeLength() {
      return network.rangeLength;
    },
    sha256: (bytes, each) => network.time.during(() => host.sha256(bytes, each)),
    folder: async () => folder,
    lock: (_storageKey, name, steps, access = "write") =>
      unheard(locks.during(name, access, untilDeath(steps))),
    lockIfFree: (_storageKey, name, steps) => unheard(locks.duringIfFree(name, untilDeath(steps))),
  };
}

/** The names of the files of entries in a folder. */
export async function namesOfEntries(folder: Folder): Promise<string[]> {
  return (await folder.names()).filter((name) => !name.startsWith("inventory"));
}

export const chunkSize = 65536;

/** Bytes that differ from chunk to chunk. */
export function bytesOfLength(length: number, seed = 7): Bytes {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

export function sha256(bytes: Uint8Array): Bytes {
  return Uint8Array.from(createHash("sha256").update(bytes).digest());
}

export function wholeFileDigest(bytes: Uint8Array): string {
  return `sha256-${Buffer.from(sha256(bytes)).toString("base64")}`;
}

export function tableOf(bytes: Bytes): Bytes {
  const hashes = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, index) =>
    sha256(bytes.subarray(index * chunkSize, (index + 1) * chunkSize)),
  );
  return bytesOfAChunkTable({ fileSize: bytes.length, chunkSize, hashes });
}

export function treeDigest(bytes: Bytes): string {
  return `sha256tree-${Buffer.from(sha256(tableOf(bytes))).toString("base64")}`;
}

/** A record of a file in chunks of `chunkSize`, without a table unless the descriptor gives it one. */
export function recordOf(
  bytes: Bytes,
  urls: readonly string[],
  more: Partial<ModelFileDescriptor> = {},
): FileRecord {
  const record = createAFileRecord(
    {
      digest: wholeFileDigest(bytes),
      size: bytes.length,
      urls,
      chunks: { size: chunkSize, urls: [] },
      ...more,
    },
    new URL("https://example.com/"),
  );
  if (isFailure(record)) throw new Error(record.message);
  return record;
}

/** The same with a chunk table, which the network serves. */
export function recordWithTable(
  network: Network,
  bytes: Bytes,
  urls: readonly string[],
  digest?: string,
): FileRecord {
  const table = network.serve("https://example.com/table", tableOf(bytes));
  return recordOf(bytes, urls, {
    digest: digest ?? treeDigest(bytes),
    chunks: { size: chunkSize, digest: treeDigest(bytes), urls: [table] },
  });
}
