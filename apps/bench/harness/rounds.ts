import { randomNumbers, shuffled } from "./random.ts";

export interface Rounds<Arm extends string, Result> {
  readonly arms: readonly Arm[];
  readonly count: number;
  /** The order of the arms within each round follows from it. */
  readonly seed: number;
  /** Runs one arm once. */
  measure(arm: Arm, round: number): Promise<Result>;
  /** Is called before each round. */
  onRound?(round: number): Promise<void> | void;
  /** Is told of an arm that rejected. After the second time it runs no more. */
  onFailure?(arm: Arm, error: unknown): void;
  /** Asked before each round but the first: false ends the rounds early. */
  goOn?(): boolean;
}

/**
 * Runs every arm once a round, in an order that changes from round to round, so that no arm profits from its place. The
 * results stand under the number of their round; a round in which an arm failed has none of it.
 */
export async function inRounds<Arm extends string, Result>(
  rounds: Rounds<Arm, Result>,
): Promise<ReadonlyMap<Arm, readonly (Result | undefined)[]>> {
  const random = randomNumbers(rounds.seed);
  const results = new Map(rounds.arms.map((arm) => [arm, [] as (Result | undefined)[]]));
  const failures = new Map<Arm, number>();
  for (let round = 0; round < rounds.count; round += 1) {
    if (round > 0 && rounds.goOn?.() === false) break;
    await rounds.onRound?.(round);
    for (const arm of shuffled(rounds.arms, random)) {
      if (failures.get(arm) === 2) continue;
      try {
        results.get(arm)![round] = await rounds.measure(arm, round);
      } catch (error) {
        failures.set(arm, (failures.get(arm) ?? 0) + 1);
        rounds.onFailure?.(arm, error);
      }
    }
  }
  return results;
}
