import { createHash, webcrypto } from "node:crypto";
import path from "node:path";
import type { Backend } from "../../backend/backend.ts";
import { aReadableByteStream } from "../byte-stream.ts";
import { isAllowedInItsFrames } from "../frames.ts";
import type { FramedWindow } from "../frames.ts";
import { aBufferedResponse } from "../buffered-response.ts";
import type { Exposure, Host, HostRequest } from "../host.ts";
import { ordinaryLimits } from "../line.ts";
import { aLocalBuffer, bytesOf } from "../local-buffer.ts";
import { MemoryFolder } from "../memory-folder.ts";
import { sha256OfEach } from "../sha256-of-each.ts";
import { defaultMemoryLimit, defaultShare, today } from "../defaults.ts";
import { isSurelySameSite } from "../same-site.ts";
import { Turns } from "../turns.ts";
import { DiskFolder } from "./disk-folder.ts";
import { endOfAFrame } from "./end-of-a-frame.ts";
import type { FrameElement } from "./end-of-a-frame.ts";
import { fetchAsAPage } from "./network.ts";

export interface NodeHostOptions {
  /**
   * The folder in which model files are kept, each storage key's in one of its own. Without it they are kept in memory. It is
   * for one process at a time: two that write to it at once take no turns, and can undo each other's work. Even then what is
   * read is verified.
   */
  readonly folder?: string;
  /** Where there is no window: what relative URLs are relative to. */
  readonly baseURL?: string;
  /** The client's backends, most preferred first. */
  readonly backends?: readonly Backend[];
  /** The name of a class in the class table (#device-class-table). */
  readonly deviceClass?: string;
  /** Whether the user saves data. */
  readonly savesData?: boolean;
  /** The user's exposure limit. */
  readonly exposureLimit?: Exposure;
}

/** A global object of Node's, or a window of jsdom's. */
export type NodeGlobalObject = typeof globalThis;

/** A window, as far as it differs from any other global object. */
interface Window extends FramedWindow {
  readonly top: { readonly origin: string };
  readonly document: { readonly baseURI: string };
  readonly closed: boolean;
  readonly frameElement: (NonNullable<FramedWindow["frameElement"]> & FrameElement) | null;
}

/** Of what always stays as active as it is. */
const never = new AbortController().signal;

/** The turns of all agents of this process. */
const locks = new Turns();

/**
 * A host for Node: for a program, or for a window of jsdom's that is to behave like a browser's. A window's requests are
 * bound by CORS; those of a program, which has no origin, are not.
 */
export function createANodeHost(globalObject: NodeGlobalObject, options: NodeHostOptions = {}): Host {
  const window = "document" in globalObject ? (globalObject as unknown as Window) : null;
  const origin = window?.origin ?? null;
  const topLevelSite = window === null ? "null" : siteOf(window.top);
  const storageKey = origin === null ? "node" : `${origin} ${topLevelSite}`;
  const networkError = () => new globalObject.DOMException("The request failed.", "NetworkError");

  const frame = window?.frameElement ?? null;
  const end = frame === null ? null : endOfAFrame(frame);

  const fetch = (request: HostRequest) => fetchAsAPage(origin, request, networkError, end);
  const lockName = (key: string, name: string) => `${options.folder ?? ""}\n${key}\n${name}`;

  const isFullyActive = () => window === null || (!window.closed && frame?.isConnected !== false);

  return {
    now: () => performance.now(),
    wallClock: Date.now,
    today,
    wait: (milliseconds, signal) => wait(milliseconds, signal),

    fetch,

    makeABuffer: async (length) => aLocalBuffer(new globalObject.Uint8Array(length)),
    fetchIntoBuffers: async (request) => aBufferedResponse(await fetch(request)),
    async folder(key) {
      if (options.folder === undefined || origin === "null") return null;
      const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
      return new DiskFolder(path.join(options.folder, name), globalObject);
    },
    memory: new MemoryFolder(),
    sha256: async (bytes, each = bytes.length) => sha256OfEach(webcrypto.subtle, bytesOf(bytes), each),
    startAHash() {
      const hash = createHash("sha256");
      return {
        update: async (bytes) => {
          hash.update(bytesOf(bytes));
        },
        digest: async () => Uint8Array.from(hash.digest()),
      };
    },

    lock: (key, name, steps, access = "write") => locks.during(lockName(key, name), access, steps),
    lockIfFree: (key, name, steps) => locks.duringIfFree(lockName(key, name), steps),

    deviceClass: async () => options.deviceClass ?? "class-3",
    ...ordinaryLimits,
    savesData: () => options.savesData ?? false,
    exposureLimit: () => options.exposureLimit ?? "any",
    whenTheUserDecides: () => () => undefined,
    share: () => defaultShare,
    memoryLimit: () => defaultMemoryLimit,
    pinnedFiles: () => new Set(),
    backends: options.backends ?? [],
    consultAnExecutor: async () => "succeed",

    crossSite: null,
    baseURL: () => window?.document.baseURI ?? options.baseURL ?? `file://${process.cwd()}/`,
    origin: origin ?? "null",
    storageKey,
    topLevelSite,
    isSameSite: (url) => isSurelySameSite(topLevelSite, url),
    isFullyActive,
    untilItIsInactive: () => end ?? never,
    isAllowedToUse: (feature) => window === null || isAllowedInItsFrames(window, feature),
    queueATask(steps) {
      setImmediate(() => {
        if (isFullyActive()) steps();
      });
    },
    createABlob: (parts, type) => new globalObject.Blob([...parts], { type }),
    createAReadableByteStream: (pull, cancel) =>
      aReadableByteStream(globalObject.ReadableStream, pull, cancel),
  };
}

/** A site without a registrable domain: Node has no list of public suffixes. */
function siteOf(window: { readonly origin: string }): string {
  if (window.origin === "null") return "null";
  const { protocol, hostname } = new URL(window.origin);
  return `${protocol}//${hostname}`;
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
