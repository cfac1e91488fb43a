import type { Benchmark, BenchmarkOptions, Report } from "../harness/benchmark.ts";
import { Laboratory } from "../harness/laboratory.ts";
import { memoryCanBeMeasured } from "../harness/processes.ts";
import type { Series } from "../harness/spread.ts";
import { armNames, armsOnABadLine, armsThatGrow, armsWhoseMemoryGrows, peersNotHad } from "./arms.ts";
import { figuresOf } from "./figures.ts";
import { fileAt, makeFiles, modelAt } from "./files.ts";
import type { PlacedFile } from "./files.ts";
import { measureFirstRuns } from "./first-run.ts";
import { measureMemory } from "./memory.ts";
import type { MemoryName } from "./memory.ts";
import type { Measured, Measuring } from "./measuring.ts";
import type { BenchModel, Way } from "./page/first-run.ts";
import { measureSizes } from "./sizes.ts";
import type { Sizes } from "./sizes.ts";
import { tablesOf } from "./tables.ts";
import { measureTimes } from "./times.ts";
import { measureTransfers } from "./transfers.ts";
import type { TransferName } from "./transfers.ts";

/** How much is measured. */
interface Extent {
  /** In MiB; the goals speak of the first. */
  readonly sizes: readonly number[];
  /** How often each arm runs for what a figure is made of. */
  readonly rounds: number;
  /** How often for what only explains. */
  readonly repetitions: number;
  /** About how large the model is that is run, in MiB. */
  readonly modelSize: number;
}

/** All that was measured. Sizes of files are in MiB, all else is in milliseconds and bytes. */
export interface Measurements {
  readonly sizes: readonly number[];
  readonly times: ReadonlyMap<number, Measured<"cold" | "warm">>;
  readonly memory: ReadonlyMap<number, Measured<MemoryName>>;
  readonly transfers: Measured<TransferName>;
  readonly scripts: { readonly cache: Sizes | null; readonly all: Sizes | null };
  readonly firstRuns: ReadonlyMap<Way, Series>;
  /** Of the model that was run, in bytes. */
  readonly modelSize: number;
  /** Rounds of what no figure is made of. */
  readonly repetitions: number;
}

export const cache: Benchmark = {
  question: "what the model cache costs in time, memory and bytes, beside the other ways of a page",

  async run(options): Promise<Report> {
    const extent = extentOf(options);
    const files = await makeFiles("cache", extent.sizes, extent.modelSize);
    const laboratory = await Laboratory.open(files.folder, options.browser);
    try {
      const failures = [...peersNotHad];
      const start = performance.now();
      const at = (file: PlacedFile) => fileAt(laboratory.origin, file);
      const measuring: Measuring = {
        laboratory,
        files: new Map([...files.generated].map(([size, file]) => [size, at(file)])),
        seed: options.seed,
        say: options.say,
        failures,
        hasTime: () => performance.now() - start < 60_000 * options.minutes,
      };
      const measurements = {
        sizes: extent.sizes,
        scripts: {
          cache: await measureSizes(measuring, files.folder, "./cache"),
          all: await measureSizes(measuring, files.folder, "./polyfill"),
        },
        ...(await measureTheArms(
          measuring,
          extent,
          modelAt(laboratory.origin, files.model),
          modelAt(laboratory.origin, files.smallModel),
        )),
        modelSize: files.model.whole.size,
        repetitions: extent.repetitions,
      };
      if (!memoryCanBeMeasured) failures.push("memory: this system has no /proc");
      return {
        name: "cache",
        browser: await laboratory.version,
        seed: options.seed,
        rounds: extent.rounds,
        figures: figuresOf(measurements),
        tables: tablesOf(measurements),
        failures,
      };
    } finally {
      await laboratory.close();
    }
  },
};

function extentOf({ sizes, rounds, quick }: BenchmarkOptions): Extent {
  const usual = quick
    ? { sizes: [64], rounds: 3, repetitions: 1, modelSize: 16 }
    : { sizes: [256, 64, 1024], rounds: 7, repetitions: 3, modelSize: 64 };
  const extent = { ...usual, sizes: sizes.length > 0 ? sizes : usual.sizes, rounds: rounds ?? usual.rounds };
  return {
    ...extent,
    repetitions: Math.min(extent.rounds, usual.repetitions),
    modelSize: Math.min(extent.sizes[0]!, usual.modelSize),
  };
}

/** The telling first, so that what there is no time for is the least missed. */
async function measureTheArms(
  measuring: Measuring,
  { sizes: [first = 0, ...others], rounds, repetitions }: Extent,
  model: BenchModel,
  smallModel: BenchModel,
): Promise<Pick<Measurements, "times" | "memory" | "transfers" | "firstRuns">> {
  const times = new Map([[first, await measureTimes(measuring, first, armNames, rounds)]]);
  const transfers = await measureTransfers(measuring, first, armsOnABadLine, rounds);
  const memory = new Map<number, Measured<MemoryName>>();
  let firstRuns: Measurements["firstRuns"] = new Map();
  if (memoryCanBeMeasured) {
    const ofFigures = await measureMemory(measuring, first, armsWhoseMemoryGrows, rounds);
    memory.set(first, ofFigures);
    firstRuns = await measureFirstRuns(measuring, model, smallModel, rounds);
    for (const size of others) {
      memory.set(size, await measureMemory(measuring, size, armsWhoseMemoryGrows, rounds));
    }
    const otherArms = armNames.filter((arm) => !ofFigures.has(arm));
    const ofOthers = await measureMemory(measuring, first, otherArms, repetitions);
    memory.set(first, new Map([...ofFigures, ...ofOthers]));
  }
  for (const size of others) {
    times.set(size, await measureTimes(measuring, size, armsThatGrow, repetitions));
  }
  return { times, transfers, memory, firstRuns };
}
