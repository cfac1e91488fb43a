import { bikeshed, chromiumExecutable, firefoxExecutable } from "../setup/where.mjs";
import { passes } from "./program.ts";
import { skip } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { runUnitTests } from "./unit-tests.ts";
import { runWebPlatformTests } from "./web-platform-tests.ts";
import type { Target } from "./web-platform-tests.ts";

const unitTests = "{apps,idl,impl,tools,wpt/runner}/**/*.test.ts";
/** What goes through whole disks and stores gigabytes: `npm run slow`. */
const slowTests = "tools/faults/{corruption,large}.faults.test.ts";

/**
 * Everything that guards the project, the quick and telling first.
 *
 * @param strict - whether what is skipped counts as failed
 */
export function listStages(strict: boolean): Stage[] {
  return [
    { name: "contracts", run: passes("node", "tools/idl/run.ts", "--source", "--check") },
    { name: "types", after: ["contracts"], run: passes("tsc", "-b", "--pretty", "false") },
    { name: "format", run: passes("prettier", "--check", "--log-level", "warn", ".") },
    { name: "conventions", run: passes("node", "tools/spec/lint/run.ts") },
    { name: "steps", run: passes("node", "tools/steps/run.ts", "--check") },
    { name: "spec", run: buildTheSpecification },
    { name: "idl", after: ["spec", "contracts"], run: extractTheIdlAgain },
    // Both write the types of the entry points.
    { name: "bundles", after: ["types"], run: passes("node", "tools/build/build.ts") },
    { name: "lint", after: ["contracts"], run: passes("eslint", ".") },
    { name: "unit", after: ["bundles"], run: () => runUnitTests(["--ignore", slowTests, unitTests], strict) },
    ...(["jsdom", "chromium", "firefox", "webkit"] as const).flatMap(webPlatformTests),
    { name: "wpt-cache-alone", after: ["bundles"], run: testTheCacheAlone },
    {
      name: "trace",
      after: ["unit", "wpt-jsdom", "wpt-chromium", "wpt-firefox", "wpt-webkit"],
      run: passes("node", "tools/trace/run.ts", "--check"),
    },
    { name: "demo-chromium", after: ["bundles"], run: () => playTheDemo("chromium", chromiumExecutable()) },
    { name: "demo-firefox", after: ["bundles"], run: () => playTheDemo("firefox", firefoxExecutable()) },
    // Those of the change at hand, and last: they take the whole machine.
    {
      name: "mutants",
      after: ["unit", "wpt-jsdom"],
      run: passes("node", "tools/mutate/run.ts", "--changed"),
    },
    // Again, now that there are results to show.
    {
      name: "reading-room",
      after: ["spec", "trace", "mutants"],
      run: passes("node", "tools/reading-room/run.ts"),
    },
  ];
}

async function playTheDemo(browser: "chromium" | "firefox", executable: string | null) {
  if (executable === null) {
    return skip(`no browser: install ${browser}, or say where it is with ${browser.toUpperCase()}_PATH`);
  }
  return passes("node", "apps/start/start.ts", "--once", "--built", "--browser", browser)();
}

function webPlatformTests(target: Target): Stage[] {
  return [
    { name: `wpt-${target}`, after: ["bundles"], run: () => runWebPlatformTests(target, false) },
    { name: `wpt-${target}-control`, run: () => runWebPlatformTests(target, true) },
  ];
}

/** The entry `cache` has bindings of its own. */
async function testTheCacheAlone() {
  const options = { polyfill: "dist/testing-cache.js", path: "hybrid-ai/model-cache" };
  return runWebPlatformTests(chromiumExecutable() === null ? "jsdom" : "chromium", false, options);
}

async function extractTheIdlAgain() {
  if (chromiumExecutable() === null) {
    return skip("no Chromium for reffy: install it, or say where it is with CHROMIUM_PATH");
  }
  return passes("node", "tools/idl/run.ts", "--check")();
}

async function buildTheSpecification() {
  const program = bikeshed();
  if (program === null) return skip("no Bikeshed: it needs Python 3 with its venv module, and PyPI");
  return passes("node", "tools/spec/build.ts")();
}
