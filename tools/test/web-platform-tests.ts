import { chromiumExecutable, firefoxExecutable, python, pythonWithWebKit } from "../setup/where.mjs";
import { runProgram } from "./program.ts";
import { fail, skip } from "./stage.ts";
import type { Outcome } from "./stage.ts";

/** Stages share the machine: a slow one is no fault of the code. */
const patience = ["--timeout-multiplier", "5"];

export type Target = "jsdom" | "chromium" | "firefox" | "webkit";

/** The last line of the runner with `--json`. */
interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * The web-platform-tests on one target, each counted.
 *
 * @param control - whether to leave the implementation out: then a test passes by failing
 * @param polyfill - another implementation than that of the whole; `path`: the tests, where these are not all
 */
export async function runWebPlatformTests(
  target: Target,
  control: boolean,
  { polyfill, path }: Partial<Record<"polyfill" | "path", string>> = {},
): Promise<Outcome> {
  const missing = whatIsMissing(target);
  if (missing !== null) return skip(missing);

  const args = ["wpt/runner/run.ts", "--target", target, "--json", ...(control ? ["--control"] : patience)];
  if (polyfill !== undefined) args.push("--polyfill", polyfill);
  if (path !== undefined) args.push(path);
  const { status, stdout, output } = await runProgram("node", args);
  const report = parseReport(stdout);
  if (report === null) return fail(`The runner ended with ${status} and without a report:\n${output}`);
  const { passed, failed, skipped } = report;
  if (status !== 0 && failed === 0) return fail(`The runner ended with ${status}:\n${output}`);
  return { passed, failed, skipped, ...(failed > 0 ? { details: output } : {}) };
}

/** In words; null where the target can run. */
export function whatIsMissing(target: Target): string | null {
  if (python() === null) return "the tests' server, wptserve, needs Python 3 with its venv module, and PyPI";
  if (target === "chromium" && chromiumExecutable() === null) {
    return "no Chromium: install it, or say where it is with CHROMIUM_PATH";
  }
  if (target === "firefox" && firefoxExecutable() === null) {
    return "no Firefox: install it, or say where it is with FIREFOX_PATH";
  }
  if (target === "webkit" && pythonWithWebKit() === null) {
    return "no WebKitGTK: on Debian and its kin, install gir1.2-webkit2-4.1, python3-gi and xvfb";
  }
  return null;
}

function parseReport(stdout: string): Report | null {
  try {
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Report;
  } catch {
    return null;
  }
}
