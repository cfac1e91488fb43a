import type { LockManager } from "./agents.ts";
import type { Alarm } from "./answered.ts";

/** A worker, as far as it is started and ended here. */
interface StartedWorker {
  onmessage: unknown;
  onmessageerror: unknown;
  onerror: unknown;
  terminate(): void;
}

/** How long a worker may take to start, in turns of so many milliseconds: a page that was frozen meanwhile has lost but one. */
const turns = 6;
const turn = 5000;

/**
 * Starts a worker of ours; null where the page's policy, or the browser, allows none, or none begins to run. `end` resolves when
 * it has ended, or has failed. A worker that ends tells nobody: but as long as it lives it holds a lock.
 */
export function startAWorker<W extends StartedWorker>(
  make: () => W,
  locks: unknown,
  alarm: Alarm,
): Promise<(W & { readonly end: Promise<void> }) | null> {
  return new Promise((resolve) => {
    try {
      const worker = make();
      let cancel = () => {};
      const wait = (turnsLeft: number) => {
        if (turnsLeft > 0) {
          cancel = alarm(() => wait(turnsLeft - 1), turn);
          return;
        }
        worker.terminate();
        resolve(null);
      };
      wait(turns);
      worker.onerror = () => {
        cancel();
        resolve(null);
      };
      worker.onmessage = ({ data }: { readonly data: string | null }) => {
        cancel();
        resolve(Object.assign(worker, { end: endOf(worker, data, locks as LockManager | undefined) }));
      };
    } catch {
      resolve(null);
    }
  });
}

async function endOf(
  worker: StartedWorker,
  lock: string | null,
  locks: LockManager | undefined,
): Promise<void> {
  await new Promise<void>((end) => {
    worker.onerror = end;
    worker.onmessageerror = end;
    if (lock !== null) locks?.request(lock, { mode: "exclusive" }, async () => end()).catch(() => undefined);
  });
  worker.terminate();
}

/** What a worker says first to whoever has started it: that it is ready, by the name of the lock that it holds, if it can. */
export async function sayThatThisWorkerIsReady(
  say: (lock: string | null) => void,
  locks: unknown,
): Promise<void> {
  const lock = `hybrid-ai worker ${Math.random()}`;
  const isHeld = new Promise<boolean>((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    };
    if (locks === undefined) resolve(false);
    else (locks as LockManager).request(lock, { mode: "exclusive" }, hold).catch(() => resolve(false));
  });
  say((await isHeld) ? lock : null);
}
