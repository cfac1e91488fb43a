import { existsSync, globSync, readFileSync } from "node:fs";
import { load } from "js-yaml";
import { specificationAlgorithms } from "../spec/chapters.ts";
import type { CodeOfAlgorithm } from "../steps/code.ts";
import { readCodeOfAlgorithms } from "../steps/code.ts";
import { readTests } from "./tests.ts";
import type { Tests } from "./tests.ts";
import type { Trace } from "./trace.ts";
import { trace } from "./trace.ts";

const excusesFile = "wpt/untested.yaml";

/** The functions of impl/ that bear an algorithm's anchor and hold its steps, by the anchor's fragment. */
export function readCode(): Map<string, CodeOfAlgorithm[]> {
  const files = globSync("impl/**/*.ts", { exclude: ["impl/generated/**", "impl/**/*.test.ts"] }).toSorted();
  return Map.groupBy(
    files.flatMap((file) => readCodeOfAlgorithms(readFileSync(file, "utf8"), file)),
    ({ id }) => id,
  );
}

/** The trace of the checkout as it stands, with the results of the last test runs or, for what is committed, without. */
export function readTrace(
  options: { readonly withReports: boolean } = { withReports: true },
): Trace & Pick<Tests, "areRun"> {
  const excuses = existsSync(excusesFile) ? (load(readFileSync(excusesFile, "utf8")) ?? {}) : {};
  const { tests, areRun } = readTests(options);
  const traced = trace(
    specificationAlgorithms(),
    readCode(),
    tests,
    excuses as Record<string, Record<string, string>>,
  );
  return { ...traced, areRun };
}
