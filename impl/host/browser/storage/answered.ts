import type { DirectoryHandle, FileHandle } from "./file-system.ts";

/** Runs steps after so many milliseconds, unless what it returns is called before. */
export type Alarm = (steps: () => void, milliseconds: number) => () => void;

/** The timers of a global. */
export interface TimingGlobal {
  setTimeout(steps: () => void, milliseconds: number): number;
  clearTimeout(timer: number): void;
}

export function alarmOf(global: TimingGlobal): Alarm {
  return (steps, milliseconds) => {
    const timer = global.setTimeout(steps, milliseconds);
    return () => global.clearTimeout(timer);
  };
}

/** How many milliseconds an answer may take that usually takes one, and how often is asked. */
const longestWait = 5000;
const mostAttempts = 6;

/**
 * The first answer to what is asked, which is asked again as long as there is none; what answers later is let go.
 *
 * NB: Chromium, asked for a handle while another tab removes things, can give no answer at all. It answers when it is asked again.
 */
export function answered<T>(
  alarm: Alarm,
  ask: () => Promise<T>,
  letGo: (late: T) => void = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let attempts = 0;
    let pending = 0;
    let isOver = false;
    let cancel = () => {};

    const end = (steps: () => void) => {
      if (isOver) return;
      isOver = true;
      cancel();
      steps();
    };
    const attempt = () => {
      attempts += 1;
      if (attempts > mostAttempts) {
        end(() => reject(new DOMException("The browser does not answer for its storage.", "TimeoutError")));
        return;
      }
      cancel = alarm(attempt, longestWait);
      const asked = (async () => ask())();
      pending += 1;
      asked.then(
        (answer) => (isOver ? letGo(answer) : end(() => resolve(answer))),
        (error: unknown) => {
          pending -= 1;
          // It can be an earlier question that has it.
          if (pending === 0 || !isTaken(error)) end(() => resolve(asked));
        },
      );
    };
    attempt();
  });
}

function isTaken(error: unknown): boolean {
  return (error as { name?: unknown }).name === "NoModificationAllowedError";
}

/** A directory that asks its browser again where it gets no answer: for handles, and for what can be done twice. */
export function answeringDirectory(directory: DirectoryHandle, alarm: Alarm): DirectoryHandle {
  const file = (handle: FileHandle): FileHandle => ({
    getFile: () => answered(alarm, () => handle.getFile()),
    createWritable: (options) => handle.createWritable(options),
    createSyncAccessHandle: (options) =>
      answered(
        alarm,
        () => handle.createSyncAccessHandle(options),
        (late) => late.close(),
      ),
    move: (_directory, name) => handle.move(directory, name),
  });
  return {
    keys: () => directory.keys(),
    getFileHandle: async (name, options) =>
      file(await answered(alarm, () => directory.getFileHandle(name, options))),
    getDirectoryHandle: async (name, options) =>
      answeringDirectory(await answered(alarm, () => directory.getDirectoryHandle(name, options)), alarm),
    removeEntry: (name, options) => answered(alarm, () => directory.removeEntry(name, options)),
  };
}
