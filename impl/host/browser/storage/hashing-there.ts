import type { Bytes } from "../../host.ts";
import { LocalBuffer, bytesOf } from "../../local-buffer.ts";
import { bytesAreLost } from "../../lost-bytes.ts";
import type { HashAnswer, HashMessage } from "./hash-messages.ts";

export type Hashing = Pick<Bytes, "sha256" | "startAHash">;

/** A worker, or what is like one. */
export interface HashPort {
  postMessage(message: HashMessage, transfer: ArrayBuffer[]): void;
  /** A function of events whose `data` are answers. */
  onmessage: unknown;
  /** Resolves when it answers no more. */
  readonly end: Promise<unknown>;
}

/** What is shorter is hashed at once: to ask would take longer. */
export const leastLength = 2 ** 18;

/**
 * Hashing in two other workers, so that this one reads and writes meanwhile. `begin` starts one, or tells by null that there is none;
 * then hashing is done `here`. Both hash chunks, side by side, but where a whole file is hashed, which is for one alone.
 *
 * The other worker is lent the bytes: what it hashes is what there is, and goes with it where it ends. A part of a buffer is
 * copied first.
 */
export function hashingThere(begin: () => Promise<HashPort | null>, here: Hashing): Hashing {
  const forChunks = anotherWorker(begin);
  const forFiles = anotherWorker(begin);
  let hashes = 0;
  return {
    async sha256(given) {
      if (given.length < leastLength) return here.sha256(given);
      const worker = forFiles.tasks < forChunks.tasks ? forFiles : forChunks;
      const hash = await worker.during(async () => (await worker.find())?.(0, given));
      return hash ?? here.sha256(given);
    },
    startAHash() {
      const running = (hashes += 1);
      const alone = here.startAHash();
      /** Decided by the first bytes. */
      let worker: Promise<Ask | null> | null = null;
      return {
        async update(given) {
          worker ??= given.length < leastLength ? Promise.resolve(null) : forFiles.find();
          const ask = await worker;
          if (ask === null) await alone.update(given);
          else await forFiles.during(() => ask(running, given));
        },
        digest: async () => (await (await worker)?.(running, null)) ?? alone.digest(),
      };
    },
  };
}

type Ask = (running: number, given: Given | null) => Promise<HashAnswer["hash"]>;
type Given = Parameters<Hashing["sha256"]>[0];

/** A worker that is started when it is first needed, and again where it has ended. */
interface AnotherWorker {
  find(): Promise<Ask | null>;
  /** Counts what it is at work on. */
  during<Answer>(task: () => Promise<Answer>): Promise<Answer>;
  readonly tasks: number;
}

function anotherWorker(begin: () => Promise<HashPort | null>): AnotherWorker {
  let begun: Promise<Ask | null> | null = null;
  let tasks = 0;
  async function start(): Promise<Ask | null> {
    const port = await begin();
    void port?.end.then(() => (begun = null));
    return port === null ? null : askOf(port);
  }
  return {
    find: () => (begun ??= start()),
    async during(task) {
      tasks += 1;
      try {
        return await task();
      } finally {
        tasks -= 1;
      }
    },
    get tasks() {
      return tasks;
    },
  };
}

function askOf(port: HashPort): Ask {
  /** What takes an answer; null stands for none. */
  const waiting = new Map<number, (answer: HashAnswer | null) => void>();
  let count = 0;
  let hasEnded = false;
  port.onmessage = ({ data }: { readonly data: HashAnswer }) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  void port.end.then(() => {
    hasEnded = true;
    for (const take of waiting.values()) take(null);
    waiting.clear();
  });
  return (running, given) =>
    new Promise((resolve, reject) => {
      if (hasEnded) throw bytesAreLost();
      count += 1;
      const lent = given instanceof LocalBuffer && given.isWhole ? given : null;
      waiting.set(count, (answer) => {
        if (answer === null) {
          reject(bytesAreLost());
          return;
        }
        if (answer.bytes !== null) lent?.giveBack(answer.bytes);
        resolve(answer.hash);
      });
      const bytes = lent?.lend() ?? (given === null ? null : bytesOf(given).slice());
      port.postMessage({ id: count, running, bytes }, bytes === null ? [] : [bytes.buffer]);
    });
}
