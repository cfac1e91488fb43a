/** npm run bench -- NAME: answers one question by measuring, side by side, in a real browser. */
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { root } from "../../tools/setup/where.mjs";
import { browsersHere } from "../start/browser.ts";
import type { BrowserName } from "../start/browser.ts";
import { cache } from "./cache/cache.ts";
import type { Benchmark, Report } from "./harness/benchmark.ts";
import { jsonOf, linesOf } from "./harness/report.ts";
import { drawPage } from "./plot/page.ts";
import { preparedForms } from "./prepared-forms/prepared-forms.ts";

const benchmarks: Readonly<Record<string, Benchmark>> = { cache, "prepared-forms": preparedForms };

const usage = `Answers one question by measuring, side by side, in a real browser. It reports, and never fails for a figure.

  npm run bench -- NAME [OPTIONS]

${Object.entries(benchmarks)
  .map(([name, { question }]) => `  ${name.padEnd(17)}${question}`)
  .join("\n")}

  --browser NAME   chromium or firefox; the first that is here unless told otherwise
  --size MB        a size of the files in MiB, the one that the goals speak of first; may be repeated
  --rounds N       how often each arm runs
  --seed N         for the order of the arms; a new one unless told otherwise
  --minutes N      begins no further round after these: 40 unless told otherwise
  --quick          a look instead of a measurement
  --built          takes the bundles as they are
  --json           prints the report as one JSON object, on the last line

The report stays in build/bench/NAME.BROWSER.json, and build/bench/NAME.html shows it.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    browser: { type: "string" },
    size: { type: "string", multiple: true, default: [] },
    rounds: { type: "string" },
    seed: { type: "string" },
    minutes: { type: "string", default: "40" },
    quick: { type: "boolean", default: false },
    built: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const [name = ""] = positionals;
const benchmark = benchmarks[name];
if (options.help || benchmark === undefined) {
  console.log(usage);
  process.exitCode = options.help ? 0 : 1;
} else {
  process.exitCode = await run(benchmark);
}

async function run(benchmark: Benchmark): Promise<number> {
  const here = browsersHere();
  const browser = (options.browser ?? here[0]) as BrowserName | undefined;
  if (browser === undefined || !here.includes(browser)) {
    console.error(
      `No ${browser ?? "Chromium and no Firefox"} found. Install it, or say where it is with CHROMIUM_PATH or FIREFOX_PATH.`,
    );
    return 1;
  }
  if (!options.built) buildTheBundles();
  const seed = options.seed === undefined ? Date.now() % 1_000_000 : positive("seed", options.seed);
  const start = performance.now();
  console.log(`${name} in ${browser}, seed ${seed}`);
  const report = await benchmark.run({
    browser,
    sizes: options.size.map((size) => positive("size", size)),
    rounds: options.rounds === undefined ? null : positive("rounds", options.rounds),
    seed,
    minutes: positive("minutes", options.minutes),
    quick: options.quick,
    say: (line) => {
      console.log(`${inSeconds(start).padStart(6)}  ${line}`);
    },
  });
  const page = await keep(benchmark, browser, report);
  for (const line of linesOf(report)) console.log(line);
  console.log(`\n${report.browser}, ${inSeconds(start)}. Plots: ${path.relative(process.cwd(), page)}`);
  if (options.json) console.log(jsonOf(report));
  return 0;
}

/** Keeps the report, and draws the page of all reports of this benchmark. */
async function keep({ question }: Benchmark, browser: BrowserName, report: Report): Promise<string> {
  const folder = path.join(root, "build/bench");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${name}.${browser}.json`), JSON.stringify(report));
  const kept = (await readdir(folder)).filter(
    (file) => file.startsWith(`${name}.`) && file.endsWith(".json"),
  );
  const reports = await Promise.all(
    kept.sort().map(async (file) => JSON.parse(await readFile(path.join(folder, file), "utf8")) as Report),
  );
  const page = path.join(folder, `${name}.html`);
  await writeFile(page, drawPage(question, reports));
  return page;
}

function buildTheBundles(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/build/build.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The bundles could not be made.\n${stdout}${stderr}`);
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`--${option} takes a whole number above 0, and not “${value}”.`);
}

function inSeconds(start: number): string {
  return `${Math.round((performance.now() - start) / 1000)} s`;
}
