import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Trace } from "./trace.ts";

/** Where `npm run coverage` and the baseline of `npm run mutate` leave what each target's tests reached. */
const folder = "build/coverage";

/** A report of the web-platform-tests with the switched bundle, of which no more is read than this. */
interface Coverage {
  readonly pages: readonly { readonly coverage?: readonly string[] }[];
}

export function writeReached(target: string, names: Iterable<string>): void {
  mkdirSync(folder, { recursive: true });
  const coverage: Coverage = { pages: [{ coverage: [...names] }] };
  writeFileSync(path.join(folder, `${target}.json`), JSON.stringify(coverage));
}

/** The steps, as `algorithm id` and number, that each target's tests reached; no entry for a target that was not counted. */
export function readReached(trace: Trace): Map<string, Set<string>> {
  const reached = new Map<string, Set<string>>();
  for (const target of ["unit", "jsdom", "chromium", "firefox", "webkit"]) {
    const file = path.join(folder, `${target}.json`);
    if (!existsSync(file)) continue;
    const { mtimeMs } = statSync(file);
    const coverage = JSON.parse(readFileSync(file, "utf8")) as Coverage;
    reached.set(
      target,
      stepsIn(coverage, trace, (code) => statSync(code).mtimeMs <= mtimeMs),
    );
  }
  return reached;
}

/**
 * The steps of the trace that a report names.
 *
 * @param isAsItWas - whether a file of code was not written since the report: a step may have had another number then
 */
export function stepsIn(
  { pages }: Coverage,
  { algorithms }: Trace,
  isAsItWas: (file: string) => boolean,
): Set<string> {
  const names = new Set(pages.flatMap(({ coverage = [] }) => coverage));
  const steps = algorithms.flatMap(({ algorithm, steps: ofAlgorithm }) =>
    ofAlgorithm
      .filter(({ code }) => code !== null && isAsItWas(code.code.file))
      .map(({ step }) => `${algorithm.id} ${step.number}`),
  );
  return new Set(steps.filter((step) => names.has(step)));
}
