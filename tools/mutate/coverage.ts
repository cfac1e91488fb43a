/**
 * npm run coverage: which steps each target's web-platform-tests reach, into build/coverage/.
 *
 *     npm run coverage [-- target…]
 *
 * The bundle counts by itself, at the switches that stand where each step begins: so one way serves all engines, of which only
 * Chromium would tell a program what it ran, and by lines at that, not by steps.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { whatIsMissing } from "../test/web-platform-tests.ts";
import type { Target } from "../test/web-platform-tests.ts";
import { buildSwitchedBundle } from "./bundle.ts";

const folder = "build/mutants";
mkdirSync(folder, { recursive: true });
const bundle = path.resolve(folder, "testing.js");
await buildSwitchedBundle(bundle);
const named = process.argv.slice(2) as Target[];
for (const target of named.length > 0 ? named : (["jsdom", "chromium", "firefox", "webkit"] as const)) {
  const missing = whatIsMissing(target);
  if (missing !== null) {
    console.log(`${target} is not counted: ${missing}`);
    continue;
  }
  const args = ["wpt/runner/run.ts", "--target", target, "--polyfill", bundle, "--reports", "build/coverage"];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  process.exitCode ||= status ?? 1;
}
