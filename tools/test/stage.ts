/** How a stage of `npm test` ended. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What to read when something failed or was skipped, in words or as the tool said it. */
  readonly details?: string;
}

/** One guard of `npm test`. */
export interface Stage {
  /** What the command line calls it. */
  readonly name: string;
  /** The stages that make what this one looks at: it waits for them, and is skipped if one of them did not pass. */
  readonly after?: readonly string[];
  readonly run: () => Promise<Outcome>;
}

export const pass: Outcome = { passed: 1, failed: 0, skipped: 0 };

export function fail(details: string): Outcome {
  return { passed: 0, failed: 1, skipped: 0, details };
}

/** @param why - what is missing and how to get it */
export function skip(why: string): Outcome {
  return { passed: 0, failed: 0, skipped: 1, details: why };
}
