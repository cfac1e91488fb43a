import type { BrowserName } from "../../start/browser.ts";
import type { Spread } from "./spread.ts";

/** One question. */
export interface Benchmark {
  /** What it asks, in a line. */
  readonly question: string;
  run(options: BenchmarkOptions): Promise<Report>;
}

export interface BenchmarkOptions {
  readonly browser: BrowserName;
  /** Sizes of files in MiB, the one that the goals speak of first; empty for the benchmark's own. */
  readonly sizes: readonly number[];
  /** How often each arm runs; null for the benchmark's own number. */
  readonly rounds: number | null;
  readonly seed: number;
  /** Less of all: a look, not a measurement. */
  readonly quick: boolean;
  /** After how many minutes no further round begins. */
  readonly minutes: number;
  /** Prints a line. */
  readonly say: (line: string) => void;
}

/** The answer. */
export interface Report {
  readonly name: string;
  /** The browser and its version. */
  readonly browser: string;
  readonly seed: number;
  readonly rounds: number;
  readonly figures: readonly Figure[];
  /** What was measured, for those who want to look closer, and for plots. */
  readonly tables: readonly Table[];
  /** What could not be measured, and why. */
  readonly failures: readonly string[];
}

/** One number that a goal speaks of, or that explains another. */
export interface Figure {
  /** Its row and place in the table of goals, such as "P1a". */
  readonly name: string;
  readonly what: string;
  /** Empty for a ratio. */
  readonly unit: string;
  /** What it is to be at most; null where nobody set a goal. */
  readonly goal: number | null;
  readonly spread: Spread;
}

/** Rows of spreads of one unit. */
export interface Table {
  readonly title: string;
  readonly unit: string;
  /** What was measured and how, for readers. */
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly name: string;
  /** Whether it is what this project made. */
  readonly ours: boolean;
  /** One for each column. */
  readonly cells: readonly (Spread | null)[];
}

export function isMet({ goal, spread }: Figure): boolean | null {
  return goal === null ? null : spread.median <= goal;
}
