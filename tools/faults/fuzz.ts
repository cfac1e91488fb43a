import { Worker } from "node:worker_threads";

/** What one case came to. It throws where something went wrong that must not. */
export type FuzzCase = (seed: number) => Promise<"accepted" | "refused">;

export interface Fuzzed {
  readonly accepted: number;
  readonly refused: number;
}

/** What a worker is told: a module that exports `fuzzCase`. */
export interface FuzzRequest {
  readonly module: string;
  readonly seed: number;
  readonly cases: number;
  /** Holds the number of the case that is being run. */
  readonly at: Int32Array<SharedArrayBuffer>;
}

export type FuzzAnswer = Fuzzed | { readonly error: string };

/** No case takes a second: one that takes so long never ends. */
const patience = 60_000;

/** Runs so many cases in a worker, so that one that never ends is found, too. Case `n` gets the seed `seed + n`. */
export function fuzz(module: URL, seed: number, cases: number): Promise<Fuzzed> {
  const at = new Int32Array(new SharedArrayBuffer(4));
  const request: FuzzRequest = { module: module.href, seed, cases, at };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./fuzz-worker.ts", import.meta.url), { workerData: request });
    let before = -1;
    const watch = setInterval(() => {
      const now = Atomics.load(at, 0);
      if (now === before) fail(`The case with SEED=${seed + now} does not end.`);
      before = now;
    }, patience);
    const fail = (message: string): void => {
      clearInterval(watch);
      void worker.terminate();
      reject(new Error(message));
    };
    worker.on("error", (error) => fail(String(error)));
    worker.on("message", (answer: FuzzAnswer) => {
      if ("error" in answer) fail(`The case with SEED=${seed + Atomics.load(at, 0)}: ${answer.error}`);
      clearInterval(watch);
      void worker.terminate();
      if ("accepted" in answer) resolve(answer);
    });
  });
}
