import { alarmOf } from "./storage/answered.ts";
import type { Port } from "./storage/bytes-there.ts";
import { nameOfAHashingWorker } from "./storage/hash-messages.ts";
import { startAWorker } from "./storage/living-worker.ts";

/** One URL for all: a bundle that holds the script makes it of a blob. */
let script: URL | undefined;

/**
 * Starts a storage worker; null where there can be none. With a port in a message of its, it asks for a worker that hashes, which is
 * to be at the other end.
 *
 * NB: It does not start that one itself: Firefox can stand still for ever where a worker starts another.
 */
export async function startAStorageWorker(): Promise<Port | null> {
  const url = (script ??= new URL("./storage.worker.ts", import.meta.url));
  const worker = await startAWorker(() => new Worker(url), navigator.locks, alarmOf(globalThis));
  if (worker === null) return null;

  let hashing: Worker | null = null;
  worker.addEventListener("message", ({ ports }) => {
    if (ports.length === 0) return;
    hashing?.terminate();
    hashing = new Worker(url, { name: nameOfAHashingWorker });
    hashing.postMessage(null, [...ports]);
  });
  void worker.end.then(() => hashing?.terminate());
  return worker;
}
