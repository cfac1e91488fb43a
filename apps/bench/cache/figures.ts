import type { Figure } from "../harness/benchmark.ts";
import { ratioOf, spreadOf, spreadOfSeries } from "../harness/spread.ts";
import type { Series, Spread } from "../harness/spread.ts";
import type { Measurements } from "./cache.ts";
import type { Way } from "./page/first-run.ts";
import type { ArmName } from "./page/main.ts";

/** A figure without a spread where nothing was measured. */
type Candidate = Omit<Figure, "spread"> & { readonly spread: Spread | null };

/** The figures that goals speak of, by row and place, and the same for a file that is known by the digest of the whole. */
export function figuresOf(measurements: Measurements): Figure[] {
  const ours = candidatesOf(measurements, "ours-tree");
  const whole = candidatesOf(measurements, "ours-sha256").map((candidate) => {
    return { ...candidate, name: `${candidate.name} sha256-` };
  });
  const all = [...ours, ...scripts(measurements), ...firstRun(measurements), ...whole];
  return all.filter((candidate): candidate is Figure => candidate.spread !== null);
}

function candidatesOf(measurements: Measurements, ours: ArmName): Candidate[] {
  const { sizes, times, memory, transfers } = measurements;
  const size = sizes[0]!;
  const bytes = size << 20;
  const timeOf = (arm: ArmName, name: "cold" | "warm"): Series => times.get(size)!.get(arm)?.[name] ?? [];
  const ratio = (name: "cold" | "warm", other: ArmName) => ratioOf(timeOf(ours, name), timeOf(other, name));
  const transferred = transfers.get(ours);
  const bound = spreadOfSeries(transferred?.bound ?? []);
  const figure = (name: string, spread: Spread | null, goal: number | null, what: string): Candidate => {
    return { name, what, unit: "", goal, spread };
  };
  return [
    figure("P1a", ratio("warm", "cache-api"), 0.33, "warm load, verified / Cache API, unverified"),
    figure("P1b", ratio("warm", "opfs-handle"), 1.1, "warm load, verified / raw OPFS, unverified"),
    figure("P2", ratio("warm", "cache-api"), 0.65, "verified warm load / unverified Cache API"),
    figure("P3a", ratio("cold", "cache-api-digest"), 0.6, "cold load / Cache API and a digest"),
    figure("P3b", ratio("cold", "fetch"), 1.6, "cold load / fetch() that stores nothing"),
    figure(
      "P3 transformers.js",
      ratio("cold", "transformers.js"),
      null,
      "cold load / that of transformers.js",
    ),
    figure(
      "P4a",
      spreadOfSeries(dividedBy(memory.get(size)?.get(ours)?.cold ?? [], bytes)),
      1.15,
      "peak memory of a cold load in hand / size",
    ),
    ...storeOnly(measurements, ours),
    figure(
      "P12",
      spreadOfSeries(dividedBy(transferred?.bytes ?? [], bytes)),
      bound === null ? null : Number((bound.median / bytes).toFixed(4)),
      "bytes sent over a line that drops every 30 % / size",
    ),
  ];
}

/** The largest of the sizes' medians is the figure: memory is to be flat. */
function storeOnly({ sizes, memory }: Measurements, ours: ArmName): Candidate[] {
  const spreads = sizes.map((size) => {
    return { size, spread: spreadOfSeries(dividedBy(memory.get(size)?.get(ours)?.store ?? [], 1e6)) };
  });
  const measured = spreads.flatMap(({ spread }) => spread ?? []);
  const worst = measured.toSorted((a, b) => b.median - a.median)[0] ?? null;
  const goal = 48;
  const what = "peak memory of a cold load that only stores";
  return [
    { name: "P4b", what: `${what}, at its worst size`, unit: "MB", goal, spread: worst },
    ...spreads.map(({ size, spread }): Candidate => {
      return { name: `P4b ${size}`, what: `${what} ${size} MiB`, unit: "MB", goal, spread };
    }),
  ];
}

function scripts({ scripts: { cache, all } }: Measurements): Candidate[] {
  const kilobytes = (bytes: number | undefined) => (bytes === undefined ? null : spreadOf([bytes / 1000]));
  const unit = "kB";
  return [
    {
      name: "P13a",
      what: "scripts of the cache alone, gzip",
      unit,
      goal: 10,
      spread: kilobytes(cache?.scripts),
    },
    {
      name: "P13b",
      what: "everything but the runtime, gzip",
      unit,
      goal: 35,
      spread: kilobytes(all?.scripts),
    },
    {
      name: "P13c",
      what: "runtime that a page fetches without a client's plan",
      unit,
      goal: 0,
      spread: kilobytes(all === null ? undefined : all.runtime + (cache?.runtime ?? 0)),
    },
  ];
}

function firstRun({ firstRuns, modelSize }: Measurements): Candidate[] {
  const what = "peak memory until the first run / size of the model";
  const figure = (name: string, way: Way, how: string, goal: number | null): Candidate => {
    const spread = spreadOfSeries(dividedBy(firstRuns.get(way) ?? [], modelSize));
    return { name, what: `${what}${how}`, unit: "", goal, spread };
  };
  return [
    figure("P14", "ours", "", 2.2),
    figure("P14 fetch", "fetch", ", with fetch() alone", null),
    figure("P14 two", "ours-two", ", weights in a file of their own", 2.2),
    figure("P14 fetch two", "fetch-two", ", the same with fetch() alone", null),
  ];
}

function dividedBy(series: Series, divisor: number): Series {
  return series.map((value) => (value === undefined ? undefined : value / divisor));
}
