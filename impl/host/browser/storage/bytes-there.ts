import type { BufferedBody, Bytes, Folder, HostBuffer } from "../../host.ts";
import { bytesAreLost } from "../../lost-bytes.ts";
import { theMemory, theWhole } from "./messages.ts";
import type {
  AnswerMessage,
  BufferReference,
  CallMessage,
  ObjectDescription,
  RemoteBytes,
} from "./messages.ts";

/** A worker, or what is like one. */
export interface Port {
  postMessage(message: CallMessage, transfer: ArrayBuffer[]): void;
  /** A function of events whose `data` are answers. */
  onmessage: unknown;
  /** Resolves when it answers no more. */
  readonly end: Promise<unknown>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly coming: ((count: number) => void) | null;
}

/** Calls, each of which is a message, and its promise the answer. */
class Calls {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #hasEnded = false;

  constructor(port: Port) {
    this.#port = port;
    port.onmessage = ({ data }: { readonly data: AnswerMessage }) => {
      const waiting = this.#waiting.get(data.id);
      if ("coming" in data) {
        waiting?.coming?.(data.coming);
        return;
      }
      this.#waiting.delete(data.id);
      if ("error" in data) waiting?.reject(errorOf(data.error));
      else waiting?.resolve("object" in data ? this.#described(data.object) : data.value);
    };
    void port.end.then(() => {
      this.#hasEnded = true;
      for (const { reject } of this.#waiting.values()) reject(bytesAreLost());
      this.#waiting.clear();
    });
  }

  call(
    object: number | BufferReference,
    member: string,
    given: readonly unknown[] = [],
    transfer: ArrayBuffer[] = [],
  ): Promise<unknown> {
    if (this.#hasEnded) return Promise.reject(bytesAreLost());
    return new Promise((resolve, reject) => {
      const id = (this.#count += 1);
      const coming = given.find((each) => typeof each === "function") as Waiting["coming"] | undefined;
      this.#waiting.set(id, { resolve, reject, coming: coming ?? null });
      const parameters = given.map((each) =>
        typeof each === "function" ? { coming: true } : each instanceof RemoteBuffer ? each.reference : each,
      );
      this.#port.postMessage({ id, object, member, parameters }, transfer);
    });
  }

  /** Calls without waiting for what comes of it. */
  tell(...given: Parameters<Calls["call"]>): void {
    this.call(...given).catch(() => undefined);
  }

  /** The object itself, as far as it has members that answer later. */
  members(object: number): object {
    const members = {
      get: (_target: object, member: string) =>
        // What a promise resolves with is asked whether it is one itself.
        member === "then" ? undefined : (...given: unknown[]) => this.call(object, member, given),
    };
    return new Proxy({}, members);
  }

  #described({ number, length, response }: ObjectDescription): unknown {
    if (length !== undefined) return new RemoteBuffer(this, { buffer: number, start: 0, length });
    if (response === undefined) return this.members(number);
    const headers = new Map(response.headers);
    return {
      ...response,
      header: (name: string) => headers.get(name.toLowerCase()) ?? null,
      body: this.members(number),
    };
  }
}

function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  return name === "RangeError" ? new RangeError(message) : new DOMException(message, name);
}

/** A buffer whose memory is in the worker. */
class RemoteBuffer implements HostBuffer {
  readonly #calls: Calls;
  readonly reference: BufferReference;

  constructor(calls: Calls, reference: BufferReference) {
    this.#calls = calls;
    this.reference = reference;
  }

  get length(): number {
    return this.reference.length;
  }

  subarray(start: number, end: number): RemoteBuffer {
    const { buffer, start: before } = this.reference;
    return new RemoteBuffer(this.#calls, { buffer, start: before + start, length: end - start });
  }

  async set(source: RemoteBuffer, position: number): Promise<void> {
    await this.#calls.call(this.reference, "set", [source, position]);
  }

  async show<T>(steps: (bytes: Uint8Array<ArrayBuffer>) => T): Promise<T> {
    const { start, length } = this.reference;
    const lent = (await this.#calls.call(this.reference, "lend")) as Uint8Array<ArrayBuffer>;
    try {
      return steps(lent.subarray(start, start + length));
    } finally {
      this.#calls.tell(this.reference, "giveBack", [lent], [lent.buffer]);
    }
  }

  take(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#calls.call(this.reference, "take") as Promise<Uint8Array<ArrayBuffer>>;
  }

  free(): void {
    this.#calls.tell(this.reference, "free");
  }
}

/** The bytes of files in a worker's memory, and by its means. */
export function bytesThere(port: Port): Bytes {
  const calls = new Calls(port);
  const { makeABuffer, fetchIntoBuffers, folder, sha256, startAHash } = calls.members(theWhole) as Omit<
    RemoteBytes,
    "memory"
  >;
  let fetches = 0;

  return {
    makeABuffer,
    folder,
    sha256,
    memory: calls.members(theMemory) as Folder,

    async fetchIntoBuffers({ signal, ...request }) {
      if (signal?.aborted) throw signal.reason;
      const name = (fetches += 1);
      const stop = () => calls.tell(theWhole, "stopAFetch", [name]);
      signal?.addEventListener("abort", stop, { once: true });
      try {
        const response = await fetchIntoBuffers(request, name);
        const { body } = response;
        const cancel = () => {
          signal?.removeEventListener("abort", stop);
          return body.cancel();
        };
        const takeInto: BufferedBody["takeInto"] = (buffer, coming) => body.takeInto(buffer, coming);
        return { ...response, body: { takeInto, hasMore: () => body.hasMore(), cancel } };
      } catch (error) {
        signal?.removeEventListener("abort", stop);
        throw signal?.aborted ? signal.reason : error;
      }
    },

    startAHash() {
      const hash = startAHash();
      return {
        update: async (bytes) => (await hash).update(bytes),
        digest: async () => (await hash).digest(),
      };
    },
  };
}
