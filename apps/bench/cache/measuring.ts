import { inRounds } from "../harness/rounds.ts";
import type { Laboratory } from "../harness/laboratory.ts";
import type { Series } from "../harness/spread.ts";
import type { BenchFile } from "./page/arm.ts";
import type { ArmName } from "./page/main.ts";

/** What all measurements of one run of the benchmark have in common. */
export interface Measuring {
  readonly laboratory: Laboratory;
  /** The generated files, by their size in MiB. */
  readonly files: ReadonlyMap<number, BenchFile>;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** Gathers what could not be measured, and why. */
  readonly failures: string[];
  /** Whether there is time for another round. */
  readonly hasTime: () => boolean;
}

/** What some arms measured, round by round, under names. */
export type Measured<Name extends string> = ReadonlyMap<ArmName, Readonly<Record<Name, Series>>>;

/** Whether there is time for another of so many rounds; if not, the report says so. */
export function hasTimeFor({ failures, hasTime }: Measuring, title: string, rounds: number): boolean {
  if (hasTime()) return true;
  failures.push(`${title}: not all of the ${rounds} rounds, for the time was over`);
  return false;
}

/** Runs arms in rounds, and turns the results of each round into a series for each name. */
export async function measureArms<Name extends string>(
  measuring: Measuring,
  title: string,
  names: readonly Name[],
  { arms, rounds, onRound }: { arms: readonly ArmName[]; rounds: number; onRound?: () => Promise<void> },
  measure: (arm: ArmName) => Promise<Partial<Record<Name, number>>>,
): Promise<Measured<Name>> {
  const { seed, say, failures } = measuring;
  const results = await inRounds({
    arms,
    count: rounds,
    seed,
    measure,
    onRound: async (round) => {
      say(`${title}: round ${round + 1} of ${rounds}`);
      await onRound?.();
    },
    onFailure: (arm, error) => failures.push(`${title}, ${arm}: ${String(error)}`),
    goOn: () => hasTimeFor(measuring, title, rounds),
  });
  const series = (arm: ArmName, name: Name): Series =>
    Array.from({ length: rounds }, (_, round) => results.get(arm)![round]?.[name]);
  return new Map(
    arms.map((arm) => [
      arm,
      Object.fromEntries(names.map((name) => [name, series(arm, name)])) as { [Each in Name]: Series },
    ]),
  );
}
