/**
 * Runs the web-platform-tests on one target:
 *
 *     node wpt/runner/run.ts --target jsdom|chromium|firefox|webkit [--control] [--json] [--filter part-of-a-url] [path…]
 *
 * `--control` leaves the polyfill out, all but an automation hook that does nothing: then every test must fail. `--polyfill file`
 * puts another implementation in its place. A run of all tests leaves its report in build/wpt/, or in the folder that `--reports` names.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pathOf } from "./programs.ts";
import { readReasons, readReasonsPerTarget } from "./reasons.ts";
import { isSelected, runSuite } from "./run-suite.ts";
import { startServer } from "./server.ts";
import type { Target } from "./target.ts";
import { launchChromium } from "./targets/chromium.ts";
import { launchFirefox } from "./targets/firefox.ts";
import { launchJSDOM } from "./targets/jsdom.ts";
import { launchWebKit } from "./targets/webkit.ts";

const launchers: Readonly<Record<string, () => Target | Promise<Target>>> = {
  jsdom: launchJSDOM,
  chromium: () => launchChromium(pathOf("Chromium")),
  firefox: () => launchFirefox(pathOf("Firefox")),
  webkit: () => launchWebKit(pathOf("WebKitGTK")),
};

const { values: options, positionals: paths } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string" },
    control: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    filter: { type: "string", default: "" },
    polyfill: { type: "string", default: fileURLToPath(new URL("../../dist/testing.js", import.meta.url)) },
    reports: { type: "string", default: fileURLToPath(new URL("../../build/wpt/", import.meta.url)) },
    "timeout-multiplier": { type: "string", default: "3" },
  },
});

/** How many failures of a page are printed; the report has all. */
const longestList = 20;

const here = (path: string) => new URL(path, import.meta.url);

async function main(): Promise<boolean> {
  const { target: name = "", control } = options;
  const launch = launchers[name];
  if (launch === undefined) throw new Error(`--target must be one of ${Object.keys(launchers).join(", ")}.`);
  const polyfill = control ? fileURLToPath(here("resources/no-api.js")) : resolve(options.polyfill);
  if (!existsSync(polyfill)) {
    throw new Error(
      `There is no polyfill at ${polyfill}: \`npm run build\` makes it, --control runs without it.`,
    );
  }
  const reasons = control
    ? await readReasons(here("control-exceptions.yaml"))
    : await readReasonsPerTarget(here("expectations.yaml"), name);

  const server = await startServer({
    python: pathOf("Python"),
    tests: ["hybrid-ai"],
    polyfill,
    timeoutMultiplier: Number(options["timeout-multiplier"]),
  });
  let target: Target | null = null;
  try {
    target = await launch();
    const stale = Object.keys(reasons).filter((url) => !server.pages.some((page) => page.url === url));
    if (stale.length > 0)
      throw new Error(`A list of reasons names pages that are not there: ${stale.join(", ")}`);
    const pages = server.pages.filter((page) => isSelected(page, paths, options.filter));
    if (pages.length === 0) throw new Error("No test has such a path.");

    const report = await runSuite(target, {
      origin: server.origin,
      pages,
      control,
      reasons,
      grace: 5000,
      onJudged(page, { passed, failures }) {
        if (failures.length === 0) return;
        console.log(`${page.url}: ${passed} passed, ${failures.length} failed`);
        for (const { test, message } of failures.slice(0, longestList)) {
          console.log(`  ✗ ${test || "(the page)"}\n    ${message}`);
        }
        if (failures.length > longestList) console.log(`  … and ${failures.length - longestList} more`);
        for (const error of page.errors) console.log(`  uncaught: ${error}`);
      },
    });
    const { passed, skipped, failures, notApplicable } = report;
    const failed = failures.length;

    // The report says what was proved: of everything, or it stays as it was.
    if (pages.length === server.pages.length) {
      await mkdir(options.reports, { recursive: true });
      const file = join(options.reports, `${name}${control ? "-control" : ""}.json`);
      const document = { target: name, version: target.version, control, ...report };
      await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
    }

    const elsewhere = notApplicable > 0 ? ` (${notApplicable} pages are not applicable here)` : "";
    console.log(`${target.version}${control ? ", without the API" : ""}${elsewhere}`);
    console.log(
      options.json
        ? JSON.stringify({ target: name, passed, failed, skipped, control })
        : `${passed} passed, ${failed} failed, ${skipped} skipped`,
    );
    return failed === 0;
  } finally {
    await Promise.resolve(target?.close()).finally(() => server.stop());
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
