import type { BufferedResponse, Bytes } from "../../host.ts";
import { LocalBuffer } from "../../local-buffer.ts";
import { theMemory, theWhole } from "./messages.ts";
import type { AnswerMessage, BufferReference, CallMessage, RemoteBytes } from "./messages.ts";
import type { FetchedHostResponse } from "./network.ts";

/** The members after which their object is of no more use. */
const last = new Set(["free", "take", "close", "cancel", "digest"]);

/** Carries out a window's calls on the bytes that are here. `answer` sends a message, with what goes with it; `pause` runs steps a little later. */
export function answerCalls(
  bytes: Bytes,
  answer: (message: AnswerMessage, transfer: ArrayBuffer[]) => void,
  pause: (steps: () => void) => void,
): (message: CallMessage) => Promise<void> {
  const objects = new Map<number, object>([
    [theWhole, forAWindow(bytes)],
    [theMemory, bytes.memory],
  ]);
  let count = objects.size;

  function keep(object: object): number {
    count += 1;
    objects.set(count, object);
    return count;
  }

  function found(object: number | BufferReference): object | undefined {
    if (typeof object === "number") return objects.get(object);
    const buffer = objects.get(object.buffer) as LocalBuffer | undefined;
    return buffer?.subarray(object.start, object.start + object.length);
  }

  function send(id: number, value: unknown, member: string): void {
    if (value instanceof Uint8Array) answer({ id, value }, [value.buffer as ArrayBuffer]);
    else if (typeof value !== "object" || value === null || Array.isArray(value)) answer({ id, value }, []);
    else if (value instanceof LocalBuffer) {
      answer({ id, object: { number: keep(value), length: value.length } }, []);
    } else if (member === "fetchIntoBuffers") {
      const { status, url, headers, body } = value as FetchedHostResponse & BufferedResponse;
      answer({ id, object: { number: keep(body), response: { status, url, headers } } }, []);
    } else answer({ id, object: { number: keep(value) } }, []);
  }

  return async ({ id, object, member, parameters }) => {
    const coming = withPauses(pause, (count) => answer({ id, coming: count }, []));
    try {
      const target = found(object) as Record<string, (...given: unknown[]) => Promise<unknown>> | undefined;
      const given = parameters.map((each) =>
        isABuffer(each) ? found(each) : isComing(each) ? coming.tell : each,
      );
      if (last.has(member)) objects.delete(typeof object === "number" ? object : object.buffer);
      const value = await target?.[member]!(...given);
      coming.end();
      send(id, value, member);
    } catch (error) {
      coming.end();
      const { name, message } = error as Error;
      answer({ id, error: { name, message } }, []);
    }
  };
}

/** Bytes come in pieces by the thousand; a window hears of the first, and then now and then of the latest. */
function withPauses(pause: (steps: () => void) => void, tell: (count: number) => void) {
  let isPausing = false;
  let latest: number | null = null;
  const now = (count: number) => {
    isPausing = true;
    tell(count);
    pause(() => {
      isPausing = false;
      if (latest !== null) now(latest);
      latest = null;
    });
  };
  return {
    tell: (count: number) => {
      if (isPausing) latest = count;
      else now(count);
    },
    /** Nothing is told any more. */
    end() {
      isPausing = true;
      latest = null;
    },
  };
}

function isABuffer(given: unknown): given is BufferReference {
  return typeof (given as { buffer?: unknown } | null | undefined)?.buffer === "number";
}

function isComing(given: unknown): boolean {
  return typeof given === "object" && given !== null && "coming" in given;
}

/** A window's signals stay with it: it names the fetch that is to be stopped. */
function forAWindow(bytes: Bytes): Omit<RemoteBytes, "memory"> {
  const fetches = new Map<number, AbortController>();
  return {
    makeABuffer: (length) => bytes.makeABuffer(length),
    folder: (storageKey) => bytes.folder(storageKey),
    sha256: (given, each) => bytes.sha256(given, each),
    startAHash: async () => bytes.startAHash(),
    async fetchIntoBuffers(request, name) {
      const controller = new AbortController();
      fetches.set(name, controller);
      const forget = () => fetches.delete(name);
      try {
        const response = await bytes.fetchIntoBuffers({ ...request, signal: controller.signal });
        const { body } = response;
        const cancel = () => {
          forget();
          return body.cancel();
        };
        return { ...response, body: { ...body, cancel } };
      } catch (error) {
        forget();
        throw error;
      }
    },
    async stopAFetch(name) {
      fetches.get(name)?.abort();
    },
  };
}
