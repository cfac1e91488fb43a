import { fail, skip } from "./stage.ts";
import type { Outcome, Stage } from "./stage.ts";

export interface Finished {
  readonly stage: Stage;
  readonly outcome: Outcome;
  readonly seconds: number;
}

/**
 * Runs stages, `width` of them at a time and each after those that it names, in their order where there is a choice.
 *
 * @param strict - whether a skipped stage is a failed one
 * @param report - told of each stage when it has ended
 */
export async function runStages(
  stages: readonly Stage[],
  { width, strict, report }: { width: number; strict: boolean; report: (finished: Finished) => void },
): Promise<Finished[]> {
  const waiting = [...stages];
  const running = new Set<Promise<void>>();
  const finished = new Map<string, Finished>();

  while (waiting.length > 0 || running.size > 0) {
    const position = waiting.findIndex(({ after = [] }) => after.every((name) => finished.has(name)));
    if (position === -1 && running.size === 0) {
      throw new Error(`Stages wait for each other: ${waiting.map(({ name }) => name).join(", ")}`);
    }
    if (position === -1 || running.size === width) {
      await Promise.race(running);
      continue;
    }
    const [stage] = waiting.splice(position, 1) as [Stage];
    const run = runStage(stage, finished, strict).then((result) => {
      finished.set(stage.name, result);
      running.delete(run);
      report(result);
    });
    running.add(run);
  }
  return stages.map(({ name }) => finished.get(name)!);
}

async function runStage(
  stage: Stage,
  finished: ReadonlyMap<string, Finished>,
  strict: boolean,
): Promise<Finished> {
  const start = performance.now();
  const unmade = (stage.after ?? []).filter((name) => {
    const { passed, failed } = finished.get(name)!.outcome;
    return passed === 0 || failed > 0;
  });
  let outcome: Outcome;
  if (unmade.length > 0) {
    outcome = skip(`not run, because ${unmade.join(" and ")} did not pass`);
  } else {
    try {
      outcome = await stage.run();
    } catch (error) {
      outcome = fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
  if (outcome.passed + outcome.failed + outcome.skipped === 0) outcome = fail("It tested nothing.");
  if (strict && outcome.passed === 0 && outcome.failed === 0) {
    outcome = { ...outcome, failed: outcome.skipped, skipped: 0 };
  }
  return { stage, outcome, seconds: (performance.now() - start) / 1000 };
}
