/**
 * Runs everything that guards the project, or the named stages with what they wait for:
 *
 *     npm test [-- stage…]
 *
 * The last line is `N passed, N failed, N skipped`: each test counts, and each stage that is a single check.
 * With CI=true, what is skipped has failed.
 */
import { runStages } from "./schedule.ts";
import type { Finished } from "./schedule.ts";
import type { Stage } from "./stage.ts";
import { listStages } from "./stages.ts";

const strict = process.env["CI"] === "true";
const longestDetails = 200;

function report({ stage, outcome, seconds }: Finished): void {
  const { passed, failed, skipped, details = "" } = outcome;
  const mark = failed > 0 ? "✗" : passed > 0 ? "✓" : "-";
  const counts =
    passed + failed + skipped > 1 ? `  ${passed} passed, ${failed} failed, ${skipped} skipped` : "";
  console.log(`${mark} ${stage.name}${counts}  (${seconds.toFixed(1)} s)`);
  if (details === "" || (failed === 0 && skipped === 0)) return;
  const lines = details.trim().split("\n");
  if (lines.length > longestDetails) {
    lines.splice(0, lines.length - longestDetails, `… ${lines.length - longestDetails} lines before these`);
  }
  console.log(lines.map((line) => `    ${line}`).join("\n"));
}

function choose(stages: readonly Stage[], names: readonly string[]): Stage[] {
  if (names.length === 0) return [...stages];
  const chosen = new Set<string>();
  const add = (name: string) => {
    const stage = stages.find((each) => each.name === name);
    if (stage === undefined) {
      throw new Error(`No stage "${name}". There are: ${stages.map((each) => each.name).join(", ")}.`);
    }
    chosen.add(name);
    stage.after?.forEach(add);
  };
  names.forEach(add);
  return stages.filter(({ name }) => chosen.has(name));
}

const finished = await runStages(choose(listStages(strict), process.argv.slice(2)), {
  width: 2,
  strict,
  report,
});
const total = (count: "passed" | "failed" | "skipped") =>
  finished.reduce((sum, { outcome }) => sum + outcome[count], 0);
console.log(`${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`);
process.exitCode = total("failed") > 0 ? 1 : 0;
