/** The thread in which cases are run one after another. */
import { parentPort, workerData } from "node:worker_threads";
import type { FuzzAnswer, FuzzCase, FuzzRequest } from "./fuzz.ts";

const { module, seed, cases, at } = workerData as FuzzRequest;
const { fuzzCase } = (await import(module)) as { fuzzCase: FuzzCase };
const counts = { accepted: 0, refused: 0 };

let answer: FuzzAnswer = counts;
try {
  for (let number = 0; number < cases; number += 1) {
    Atomics.store(at, 0, number);
    counts[await fuzzCase(seed + number)] += 1;
  }
} catch (error) {
  answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
parentPort!.postMessage(answer);
