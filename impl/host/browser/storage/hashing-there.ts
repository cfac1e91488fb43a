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
 * Hashing in another worker, side by side with this one, which reads and writes meanwhile. `begin` starts it, or tells by null that there
 * is none; then all hashing is done `here`, and so is that of a buffer for as long as the other worker starts.
 *
 * The other worker is lent the bytes: what it hashes is what there is, and goes with it where it ends. A part of a buffer is
 * copied first.
 */
export function hashingThere(begin: () => Promise<HashPort | null>, here: Hashing): Hashing {
  let starting: Promise<Other | null> | null = null;
  let started: Other | null = null;
  let hashes = 0;

  /** Starts the other worker, unless it is there; again where it has ended. */
  async function start(): Promise<Other | null> {
    const port = await begin();
    if (port === null) return null;
    void port.end.then(() => {
      starting = null;
      started = null;
    });
    return (started = otherAt(port));
  }

  return {
    async sha256(given, each) {
      if (given.length < leastLength) return here.sha256(given, each);
      starting ??= start();
      if (started === null) return here.sha256(given, each);
      return (await started.ask(0, given, each))!;
    },
    startAHash() {
      const running = (hashes += 1);
      const alone = here.startAHash();
      /** Decided by the first bytes. */
      let chosen: Promise<Other | null> | null = null;
      return {
        async update(given) {
          chosen ??= given.length < leastLength ? Promise.resolve(null) : (starting ??= start());
          const other = await chosen;
          if (other === null) await alone.update(given);
          else await other.ask(running, given);
        },
        digest: async () => (await (await chosen)?.ask(running, null)) ?? alone.digest(),
      };
    },
  };
}

type Given = Parameters<Hashing["sha256"]>[0];

/** The other worker, as it is asked. */
interface Other {
  ask(running: number, given: Given | null, each?: number): Promise<HashAnswer["hash"]>;
}

function otherAt(port: HashPort): Other {
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
  return {
    ask: (running, given, each) =>
      new Promise((resolve, reject) => {
        if (hasEnded) throw bytesAreLost();
        const id = (count += 1);
        const lent = given instanceof LocalBuffer && given.isWhole ? given : null;
        const bytes = lent?.lend() ?? (given === null ? null : bytesOf(given).slice());
        port.postMessage({ id, running, bytes, each }, bytes === null ? [] : [bytes.buffer]);
        waiting.set(id, (answer) => {
          if (answer === null) {
            reject(bytesAreLost());
            return;
          }
          if (answer.bytes !== null) lent?.giveBack(answer.bytes);
          if (answer.error !== undefined) reject(answer.error);
          else resolve(answer.hash);
        });
      }),
  };
}
