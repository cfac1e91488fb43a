import type { Folder } from "../../host.ts";

/** How often is tried what somebody's open file forbids, and how many milliseconds apart: for ten seconds. */
export const mostAttempts = 400;
const pause = 25;

/**
 * A folder for which an open file is in the way for a while only. A tab that was just ended holds its files for longer than its
 * locks, on a busy machine for seconds: what it was about to store is to be gone on with, not begun anew.
 */
export function patient(folder: Folder, wait: (milliseconds: number) => Promise<void>): Folder {
  async function untilItIsFree<T>(steps: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await steps();
      } catch (error) {
        const isTaken = (error as { name?: unknown }).name === "NoModificationAllowedError";
        if (!isTaken || attempt === mostAttempts) throw error;
        await wait(pause);
      }
    }
  }
  return {
    names: () => folder.names(),
    size: (name) => folder.size(name),
    open: (name, access) => untilItIsFree(() => folder.open(name, access)),
    create: (name) => untilItIsFree(() => folder.create(name)),
    rename: (from, to) => untilItIsFree(() => folder.rename(from, to)),
    remove: (name) => untilItIsFree(() => folder.remove(name)),
  };
}
