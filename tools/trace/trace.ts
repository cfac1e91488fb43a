import type { Algorithm, Step } from "../spec/algorithms.ts";
import { allSteps } from "../spec/algorithms.ts";
import type { CodeOfAlgorithm, StepComment } from "../steps/code.ts";
import { compareSteps } from "../steps/compare.ts";
import type { Difference } from "../steps/compare.ts";
import { citesARange, readCitations } from "./citations.ts";
import { isObservable } from "./observable.ts";
import { gap } from "./titles.ts";

export type TestOutcome = "passed" | "failed" | "failed as expected";

/** One test that was run or, where no report is at hand, that stands in the sources. */
export interface TracedTest {
  readonly title: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Where its title stands, where that can be told. */
  readonly place?: { readonly file: string; readonly line: number } | undefined;
  /**
   * By target (`unit`, `jsdom`, `chromium`, `firefox`, `webkit`): whether it passed, or failed as wpt/runner/expectations.yaml expects it to. Empty where
   * no report is at hand.
   */
  readonly results: Readonly<Record<string, TestOutcome>>;
}

export interface TracedStep {
  readonly step: Step;
  readonly observable: boolean;
  readonly code: { readonly code: CodeOfAlgorithm; readonly comment: StepComment } | null;
  readonly tests: readonly TracedTest[];
  /** Why no test can see it, where wpt/untested.yaml says so. */
  readonly excuse: string | null;
}

export interface TracedAlgorithm {
  readonly algorithm: Algorithm;
  readonly codes: readonly CodeOfAlgorithm[];
  readonly steps: readonly TracedStep[];
}

export interface Trace {
  readonly algorithms: readonly TracedAlgorithm[];
  readonly differences: readonly Difference[];
  /** What does not join: tests that cite what is not there, observable steps without a test, excuses for nothing. */
  readonly problems: readonly string[];
}

/** Joins the text, the code and the tests by their names. `excuses` maps `algorithm id`, then step number, to a reason. */
export function trace(
  algorithms: readonly Algorithm[],
  codes: ReadonlyMap<string, readonly CodeOfAlgorithm[]>,
  tests: readonly TracedTest[],
  excuses: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Trace {
  const problems: string[] = [];
  const differences: Difference[] = [];
  const byStep = new Map<string, TracedTest[]>();
  for (const test of tests) {
    if (citesARange(test.title)) {
      problems.push(`${test.file}: “${test.title}” cites a range: name each step.`);
    }
    const { cited, unknown } = readCitations(test.title, algorithms);
    for (const what of unknown) {
      // The name in a template, and whether a string is a title, is known only when it has run.
      if (!what.includes(gap) && !test.title.endsWith(gap))
        problems.push(`${test.file}: no algorithm is called “${what}”.`);
    }
    for (const { algorithm, step } of cited) {
      if (!allSteps(algorithm).some(({ number }) => number === step)) {
        problems.push(
          `${test.file}: “${test.title}” cites step ${step}, and “${algorithm.name}” has no such step.`,
        );
        continue;
      }
      const key = `${algorithm.id} ${step}`;
      byStep.set(key, [...(byStep.get(key) ?? []), test]);
    }
  }

  const traced = algorithms.map((algorithm): TracedAlgorithm => {
    const functions = codes.get(algorithm.id) ?? [];
    const comparison = functions.length === 0 ? null : compareSteps(algorithm, functions);
    if (comparison === null)
      problems.push(`${algorithm.file}:${algorithm.line}: “${algorithm.name}” has no code.`);
    else differences.push(...comparison.differences);
    const steps = allSteps(algorithm).map((step): TracedStep => {
      const stepTests = byStep.get(`${algorithm.id} ${step.number}`) ?? [];
      const observable = isObservable(step);
      const excuse = excuses[algorithm.id]?.[step.number] ?? null;
      const place = `${algorithm.file}:${step.line}: step ${step.number} of “${algorithm.name}”`;
      if (observable && stepTests.length === 0 && excuse === null)
        problems.push(`${place} is observable and has no test.`);
      if (excuse !== null && stepTests.length > 0) problems.push(`${place} has a test, and still an excuse.`);
      if (excuse !== null && !observable) problems.push(`${place} needs no excuse: it is not observable.`);
      return {
        step,
        observable,
        code: comparison?.stanzas.get(step.number) ?? null,
        tests: stepTests,
        excuse,
      };
    });
    return { algorithm, codes: functions, steps };
  });

  for (const [id, ofAlgorithm] of Object.entries(excuses)) {
    const algorithm = algorithms.find((each) => each.id === id);
    for (const number of Object.keys(ofAlgorithm)) {
      if (algorithm === undefined || !allSteps(algorithm).some((step) => step.number === number)) {
        problems.push(`wpt/untested.yaml: there is no step ${number} of #${id}.`);
      }
    }
  }
  return { algorithms: traced, differences, problems };
}

/** The counts that `npm run trace -- --json` prints. */
export function countTrace({ algorithms, differences }: Trace): Record<string, number> {
  const steps = algorithms.flatMap((each) => each.steps);
  const observable = steps.filter((step) => step.observable);
  return {
    algorithms: algorithms.length,
    steps: steps.length,
    inCode: steps.filter(({ code }) => code !== null).length,
    observable: observable.length,
    tested: observable.filter(({ tests }) => tests.length > 0).length,
    excused: observable.filter(({ tests, excuse }) => tests.length === 0 && excuse !== null).length,
    drifted: differences.length,
  };
}
