import { watchMemory } from "../harness/memory-watch.ts";
import { inRounds } from "../harness/rounds.ts";
import type { Series } from "../harness/spread.ts";
import { answer } from "./dense-model.ts";
import { hasTimeFor } from "./measuring.ts";
import type { Measuring } from "./measuring.ts";
import type { BenchModel, FirstRun, Way } from "./page/first-run.ts";

/** The global of the page. */
type Globals = typeof globalThis & { bench: FirstRun };

export const ways: Readonly<Record<Way, string>> = {
  fetch: "fetch(), an ArrayBuffer for the runtime",
  "cache-api": "Cache API: put, match, an ArrayBuffer",
  ours: "ours, sessionArguments()",
  "fetch-two": "fetch(), weights in a file of their own",
  "ours-two": "ours, weights in a file of their own",
};

/**
 * By how many bytes the memory of a page grows at the worst moment until a model has run for the first time. The page has run
 * a small one before, so that what the runtime itself takes is not laid to the model's charge.
 */
export async function measureFirstRuns(
  measuring: Measuring,
  model: BenchModel,
  small: BenchModel,
  rounds: number,
): Promise<ReadonlyMap<Way, Series>> {
  const { laboratory, seed, say, failures } = measuring;
  const title = "memory until the first run";
  return inRounds({
    arms: Object.keys(ways) as Way[],
    count: rounds,
    seed,
    measure: (way) =>
      laboratory.withPage(`first-run-${way}`, "first-run.html", async (page) => {
        await page.evaluate((each) => (globalThis as Globals).bench.prepare(each), small);
        const { page: peak } = await watchMemory(laboratory.processId, async () => {
          const output = await page.evaluate(
            (each, which) => (globalThis as Globals).bench.run(each, which),
            way,
            model,
          );
          if (Math.abs(output - answer) > 1e-3) throw new Error(`The model gave ${output}.`);
        });
        await page.evaluate(() => (globalThis as Globals).bench.clear());
        return peak;
      }),
    onRound: async (round) => {
      say(`${title}: round ${round + 1} of ${rounds}`);
      await laboratory.restartBrowser();
    },
    onFailure: (way, error) => failures.push(`${title}, ${way}: ${String(error)}`),
    goOn: () => hasTimeFor(measuring, title, rounds),
  });
}
