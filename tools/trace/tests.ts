import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { loadedBy } from "./files.ts";
import { isInstance, titlesIn } from "./titles.ts";
import type { SourceTitle } from "./titles.ts";
import type { TestOutcome, TracedTest } from "./trace.ts";

/** Where each target leaves its report. */
export const reports = {
  unit: "build/unit/report.json",
  jsdom: "build/wpt/jsdom.json",
  chromium: "build/wpt/chromium.json",
  firefox: "build/wpt/firefox.json",
  webkit: "build/wpt/webkit.json",
} as const;

export interface Tests {
  /** Those that cite a step. */
  readonly tests: readonly TracedTest[];
  /** Whether the tests of every file ran since it was last written: only then is a step that no test cites untested. */
  readonly areRun: boolean;
}

/** A file with tests, or with what tests share. */
export interface TestSource {
  readonly titles: readonly SourceTitle[];
  /** Itself, and what it shares with others. */
  readonly loads: readonly string[];
  /** When one of these was last written. */
  readonly written: number;
}

export interface Run {
  readonly target: string;
  readonly time: number;
  readonly results: readonly {
    readonly file: string;
    readonly title: string;
    readonly outcome: TestOutcome;
  }[];
}

/** Every test of the project that cites a step, with the results of the last runs if `withReports`. */
export function readTests(options: { readonly withReports: boolean }): Tests {
  const files = globSync("{wpt/hybrid-ai/**/*.js,{impl,apps}/**/*.test.ts}").toSorted();
  const sources = files.map((file): [string, TestSource] => {
    const loads = loadedBy(file).filter((each) => files.includes(each));
    return [
      file,
      {
        titles: titlesIn(readFileSync(file, "utf8"), file),
        loads,
        written: Math.max(...loads.map(timeOf)),
      },
    ];
  });
  const runs = Object.entries(options.withReports ? reports : {})
    .filter(([, report]) => existsSync(report))
    .map(([target, report]) => ({ target, time: timeOf(report), results: readResults(target, report) }));
  return joinTests(new Map(sources), runs);
}

/** From the best to the worst. */
const outcomes: readonly TestOutcome[] = ["passed", "failed as expected", "failed"];

const timeOf = (file: string) => statSync(file).mtimeMs;

/** What ran since its file was last written stands as it ran; of other files, the titles in their sources. */
export function joinTests(sources: ReadonlyMap<string, TestSource>, runs: readonly Run[]): Tests {
  const tests = new Map<string, TracedTest & { results: Record<string, TestOutcome> }>();
  const run = new Set<string>();
  for (const { target, time, results } of runs) {
    for (const { file, title, outcome } of results) {
      const source = sources.get(file);
      if (source === undefined || source.written > time) continue;
      for (const loaded of source.loads) run.add(loaded);
      const key = `${file} ${title}`;
      const test = tests.get(key) ?? { file, title, place: placeOf(title, source, sources), results: {} };
      // On several pages, such as a window's and a worker's: the worst is what counts.
      if (outcomes.indexOf(outcome) > outcomes.indexOf(test.results[target]!)) test.results[target] = outcome;
      tests.set(key, test);
    }
  }
  for (const [file, { titles }] of sources) {
    if (run.has(file)) continue;
    for (const { title, line } of titles) {
      tests.set(`${file} ${title}`, { file, title, place: { file, line }, results: {} });
    }
  }
  const cites = ({ title }: { readonly title: string }) => /\bsteps? \d/.test(title);
  return {
    tests: [...tests.values()].filter(cites),
    areRun: [...sources].every(([file, { titles }]) => run.has(file) || !titles.some(cites)),
  };
}

/** Where a title stands: of those that it can come from, the one that says the most. */
function placeOf(
  title: string,
  { loads }: TestSource,
  sources: ReadonlyMap<string, TestSource>,
): TracedTest["place"] {
  const places = loads.flatMap((file) =>
    (sources.get(file)?.titles ?? []).map((place) => ({ ...place, file })),
  );
  const [best] = places
    .filter((place) => isInstance(title, place))
    .toSorted((a, b) => b.title.length - a.title.length);
  return best === undefined ? undefined : { file: best.file, line: best.line };
}

interface Report {
  /** Mocha's. */
  readonly tests?: readonly { fullTitle: string; file: string; err: object }[];
  /** The web-platform-tests'. */
  readonly pages?: readonly {
    file: string;
    url: string;
    tests: readonly { name: string; status: string }[];
  }[];
  /** Those that no reason excuses; mocha's have other members. */
  readonly failures?: readonly { url?: string; test?: string }[];
}

function readResults(target: string, report: string): Run["results"] {
  const { tests = [], pages = [], failures = [] } = JSON.parse(readFileSync(report, "utf8")) as Report;
  if (target === "unit") {
    return tests.map(({ fullTitle, file, err }) => ({
      file: path.relative(process.cwd(), file),
      title: fullTitle,
      outcome: Object.keys(err).length === 0 ? "passed" : "failed",
    }));
  }
  const unexpected = new Set(failures.map(({ url = "", test = "" }) => `${url} ${test}`));
  return pages.flatMap(({ file, url, tests }) =>
    tests
      // A test whose precondition does not hold did not run.
      .filter(({ status }) => status !== "PRECONDITION_FAILED")
      .map(({ name, status }) => ({
        file: `wpt/${file}`,
        title: name,
        outcome:
          status === "PASS" ? "passed" : unexpected.has(`${url} ${name}`) ? "failed" : "failed as expected",
      })),
  );
}
