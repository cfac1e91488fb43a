import { alarmOf } from "./storage/answered.ts";
import { sayThatThisWorkerIsReady, startAWorker } from "./storage/living-worker.ts";
import { answerCalls } from "./storage/answer-calls.ts";
import { answerHashes } from "./storage/answer-hashes.ts";
import { bytesHere, hashingHere } from "./storage/bytes-here.ts";
import type { HashMessage } from "./storage/hash-messages.ts";
import { hashingThere } from "./storage/hashing-there.ts";
import type { HashPort } from "./storage/hashing-there.ts";
import type { CallMessage } from "./storage/messages.ts";

/**
 * A window's storage worker: it fetches and stores where nobody waits for it, and opens files that a window may not. A part of what
 * it hashes it gives to a worker of its own, which runs this very script.
 */

const nameOfAHashingWorker = "hybrid-ai hash";

/** How often a window hears of what is coming, in milliseconds. */
const pause = 20;

if (name === nameOfAHashingWorker) {
  const carryOut = answerHashes(hashingHere, (message, transfer) => postMessage(message, transfer));
  addEventListener("message", ({ data }: MessageEvent<HashMessage>) => void carryOut(data));
} else {
  const bytes = { ...bytesHere(globalThis), ...hashingThere(startAHashingWorker, hashingHere) };
  const carryOut = answerCalls(
    bytes,
    (message, transfer) => postMessage(message, transfer),
    (steps) => setTimeout(steps, pause),
  );
  addEventListener("message", ({ data }: MessageEvent<CallMessage>) => void carryOut(data));
}
void sayThatThisWorkerIsReady((lock) => postMessage(lock), navigator.locks);

function startAHashingWorker(): Promise<HashPort | null> {
  const make = () => new Worker(location.href, { name: nameOfAHashingWorker });
  return startAWorker(make, navigator.locks, alarmOf(globalThis));
}
