import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { runProgram } from "./program.ts";
import { fail } from "./stage.ts";
import type { Outcome } from "./stage.ts";

/** Of mocha's JSON report, what we read. */
interface Report {
  readonly passes: readonly unknown[];
  readonly failures: readonly {
    fullTitle: string;
    file?: string;
    err: { stack?: string; message?: string };
  }[];
  readonly pending: readonly { fullTitle: string }[];
}

/** Stays, so that the trace can tell which steps the last run proved. */
const reportFile = "build/unit/report.json";

/**
 * The tests that stand beside what they test, each counted.
 *
 * @param strict - whether a pending test is a failed one
 */
export async function runUnitTests(files: readonly string[], strict: boolean): Promise<Outcome> {
  await mkdir(path.dirname(reportFile), { recursive: true });
  await rm(reportFile, { force: true });
  const args = ["--reporter", "json", "--reporter-option", `output=${reportFile}`, ...files];
  const { status, output } = await runProgram("mocha", args);
  let report: Report;
  try {
    report = JSON.parse(await readFile(reportFile, "utf8")) as Report;
  } catch {
    return fail(`mocha ended with ${status} and without a report:\n${output}`);
  }
  return judge(report, status, output, strict);
}

function judge(report: Report, status: number | null, output: string, strict: boolean): Outcome {
  const { passes, failures, pending } = report;
  const details = [
    ...failures.map(({ fullTitle, err }) => `✗ ${fullTitle}\n${err.stack ?? err.message ?? "(no message)"}`),
    ...pending.map(({ fullTitle }) => `- pending: ${fullTitle}`),
  ];
  let failed = failures.length + (strict ? pending.length : 0);
  if (status !== 0 && failures.length === 0) {
    failed += 1;
    details.push(`mocha ended with ${status}:\n${output}`);
  }
  return {
    passed: passes.length,
    failed,
    skipped: strict ? 0 : pending.length,
    details: details.join("\n\n"),
  };
}
