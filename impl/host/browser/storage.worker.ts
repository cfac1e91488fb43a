import { alarmOf } from "./storage/answered.ts";
import { answerCalls } from "./storage/answer-calls.ts";
import { answerHashes } from "./storage/answer-hashes.ts";
import { bytesHere, hashingHere } from "./storage/bytes-here.ts";
import { nameOfAHashingWorker } from "./storage/hash-messages.ts";
import type { HashMessage } from "./storage/hash-messages.ts";
import { hashingThere } from "./storage/hashing-there.ts";
import type { HashPort } from "./storage/hashing-there.ts";
import { sayThatThisWorkerIsReady, startAWorker } from "./storage/living-worker.ts";
import { anAnswerToNobody } from "./storage/messages.ts";
import type { CallMessage } from "./storage/messages.ts";

/**
 * A window's storage worker: it fetches and stores where nobody waits for it, and opens files that a window may not. What it
 * hashes it gives to another worker, which runs this very script.
 */

/** How often a window hears of what is coming, in milliseconds. */
const pause = 20;

if (name === nameOfAHashingWorker) {
  addEventListener("message", ({ ports: [port] }) => {
    const carryOut = answerHashes(hashingHere, (message, transfer) => port!.postMessage(message, transfer));
    port!.onmessage = ({ data }: MessageEvent<HashMessage>) => void carryOut(data);
    void sayThatThisWorkerIsReady((lock) => port!.postMessage(lock), navigator.locks);
  });
} else {
  const bytes = { ...bytesHere(globalThis), ...hashingThere(startAHashingWorker, hashingHere) };
  const carryOut = answerCalls(
    bytes,
    (message, transfer) => postMessage(message, transfer),
    (steps) => setTimeout(steps, pause),
  );
  addEventListener("message", ({ data }: MessageEvent<CallMessage>) => void carryOut(data));
  void sayThatThisWorkerIsReady((lock) => postMessage(lock), navigator.locks);
}

function startAHashingWorker(): Promise<HashPort | null> {
  const make = () => {
    const { port1, port2 } = new MessageChannel();
    postMessage(anAnswerToNobody, [port2]);
    return Object.assign(port1, { onerror: null, terminate: () => port1.close() });
  };
  return startAWorker(make, navigator.locks, alarmOf(globalThis));
}
