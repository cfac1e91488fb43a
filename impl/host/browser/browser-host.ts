import type { Backend } from "../../backend/backend.ts";
import { aReadableByteStream } from "../byte-stream.ts";
import type { Host } from "../host.ts";
import { ordinaryLimits } from "../line.ts";
import { defaultMemoryLimit, defaultShare, today } from "../defaults.ts";
import { isSurelySameSite } from "../same-site.ts";
import { savesData, whenTheLineChanges } from "./saves-data.ts";
import type { Connection } from "./saves-data.ts";
import { isAlive, mayUse } from "./settings.ts";
import type { WindowParts } from "./settings.ts";
import { startAStorageWorker } from "./storage-worker.ts";
import { agentsOf } from "./storage/agents.ts";
import { bytesHere } from "./storage/bytes-here.ts";
import type { BytesGlobal } from "./storage/bytes-here.ts";
import { bytesLater } from "./storage/bytes-later.ts";
import { bytesThere } from "./storage/bytes-there.ts";
import { fetchFromThePage } from "./storage/network.ts";
import { taskQueue } from "./task-queue.ts";

export interface BrowserHostOptions {
  /** The client's backends, most preferred first. */
  readonly backends?: readonly Backend[];
  /** The name of a class in the class table (#device-class-table). */
  readonly deviceClass?: string;
}

/** What a window has and a worker has not. */
type MaybeWindow = Partial<Pick<Window, "document">>;

/** The host of a browser's window or dedicated worker. Nothing is started before it is needed. */
export function createABrowserHost(options: BrowserHostOptions = {}): Host {
  const { location } = globalThis;
  const navigator: Navigator & { readonly connection?: Connection } = globalThis.navigator;
  const document = (globalThis as MaybeWindow).document ?? null;
  const topLevelSite = siteOf(document === null ? location.origin : topLevelOrigin());
  const locks = agentsOf(globalThis);

  const page = globalThis as unknown as BytesGlobal;
  const bytes = bytesLater(async (end) => {
    const worker = document === null ? null : await startAStorageWorker();
    if (worker === null) return bytesHere(page);
    void worker.end.then(end);
    return bytesThere(worker);
  });

  const settings: Partial<WindowParts> = document === null ? {} : { document, window: globalThis.window };
  const isFullyActive = () => isAlive(settings);
  let stay = new AbortController();
  // In a worker there is no such event.
  globalThis.addEventListener("pagehide", () => {
    stay.abort();
    stay = new AbortController();
  });

  return {
    now: () => performance.now(),
    wallClock: Date.now,
    today,
    wait,

    ...bytes,
    fetch: (request) => fetchFromThePage(page, request),
    ...ordinaryLimits,
    savesData: () => savesData(navigator),
    lock: (_storageKey, name, steps, access = "write") => locks.during(name, access, steps),
    lockIfFree: (_storageKey, name, steps) => locks.duringIfFree(name, steps),

    deviceClass: async () => options.deviceClass ?? "class-3",
    exposureLimit: () => "any",
    whenTheUserDecides: (steps) => whenTheLineChanges(navigator, steps),
    share: () => defaultShare,
    memoryLimit: () => defaultMemoryLimit,
    pinnedFiles: () => new Set(),
    backends: options.backends ?? [],
    consultAnExecutor: async () => "succeed",

    crossSite: null,
    baseURL: () => document?.baseURI ?? location.href,
    origin: globalThis.origin,
    storageKey: globalThis.origin,
    topLevelSite,
    isSameSite: (url) => isSurelySameSite(topLevelSite, url),
    isFullyActive,
    untilItIsInactive: () => stay.signal,
    isAllowedToUse: (feature) => mayUse(settings, feature),
    queueATask: taskQueue(isFullyActive),
    createABlob: (parts, type) => new Blob([...parts], { type }),
    createAReadableByteStream: (pull, cancel) => aReadableByteStream(ReadableStream, pull, cancel),
  };
}

/** "null" where the top is of another origin and the browser does not tell. */
function topLevelOrigin(): string {
  const { ancestorOrigins } = location as { ancestorOrigins?: DOMStringList };
  try {
    return window.top!.location.origin;
  } catch {
    return ancestorOrigins?.item(ancestorOrigins.length - 1) ?? "null";
  }
}

/** A site without a registrable domain: scripts have no list of public suffixes. */
function siteOf(origin: string): string {
  if (!URL.canParse(origin)) return "null";
  const { protocol, hostname } = new URL(origin);
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
