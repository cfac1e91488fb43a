import { alarmOf } from "./storage/answered.ts";
import { startAWorker } from "./storage/living-worker.ts";
import type { Port } from "./storage/bytes-there.ts";

/** Starts a storage worker; null where there can be none. */
export function startAStorageWorker(): Promise<Port | null> {
  return startAWorker(
    () => new Worker(new URL("./storage.worker.ts", import.meta.url)),
    navigator.locks,
    alarmOf(globalThis),
  );
}
