/** What several rounds gave. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The spread of at least one number. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("No round gave a number, so there is no spread.");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** What one arm measured in each round; undefined where it failed. */
export type Series = readonly (number | undefined)[];

/**
 * The ratios of two arms, round by round: what slowed a round slowed both. Null where no round has both.
 *
 * @param of - the series that is divided
 * @param by - the series that it is divided by
 */
export function ratioOf(of: Series, by: Series): Spread | null {
  const ratios = of.flatMap((value, round) => {
    const other = by[round];
    // A clock that is too coarse says 0, which is no divisor.
    return value === undefined || other === undefined || other === 0 ? [] : [value / other];
  });
  return ratios.length === 0 ? null : spreadOf(ratios);
}

/** The spread of the rounds that gave a number; null where none did. */
export function spreadOfSeries(series: Series): Spread | null {
  const values = series.filter((value) => value !== undefined);
  return values.length === 0 ? null : spreadOf(values);
}
