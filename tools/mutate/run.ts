/**
 * npm run mutate: takes each step's code away, turns each condition round, and looks whether a test notices.
 *
 *     npm run mutate [-- --json] [--fresh] [--since REVISION | --changed] [part of a mutant's name…]
 *
 * Verdicts are kept in build/mutants/ for as long as what they rest on stays as it is, so that a run that was cut goes on where it
 * stopped; of the others, the test that spoke is asked first. --fresh forgets them. --since judges only what a change since a revision can
 * have freed: algorithms whose code, and steps whose tests, are not what they were; --changed does so for the change at hand.
 * A mutant that lives is killed by a new test, or excused, with the reason, in wpt/survivors.yaml.
 */
import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { load } from "js-yaml";
import { pathOf } from "../../wpt/runner/programs.ts";
import { readReasonsPerTarget } from "../../wpt/runner/reasons.ts";
import { startServer } from "../../wpt/runner/server.ts";
import { buildSwitchedBundle } from "./bundle.ts";
import { changedAlgorithms, earlierRevision, stepsOfChangedTests } from "./changed.ts";
import { judge, takeBaseline } from "./judge.ts";
import { openLane } from "./lane.ts";
import type { Mutant } from "./mutants.ts";
import { mutate } from "./mutants.ts";
import { writeReached } from "../trace/reached.ts";
import { openVerdicts } from "../trace/verdicts.ts";
import type { Verdict } from "../trace/verdicts.ts";

const { values: options, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    since: { type: "string" },
    changed: { type: "boolean", default: false },
  },
});

const folder = "build/mutants";
const excusesFile = "wpt/survivors.yaml";
/** One more than there are cores: whoever waits for a mutant that hangs takes no time of theirs. */
const lanes = availableParallelism() + 1;

const files = globSync("impl/**/*.ts", { exclude: ["impl/generated/**", "impl/**/*.test.ts"] }).toSorted();
const sources = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
const all = files.flatMap((file) => mutate(sources.get(file)!, file).mutants);
const chosen = choose();
const excuses = new Map(Object.entries(existsSync(excusesFile) ? readExcuses() : {}));
const kept = openVerdicts(all, options.fresh);

const verdicts = new Map<Mutant, Verdict>();
const waiting: Mutant[] = [];
for (const mutant of chosen) {
  const earlier = kept.get(mutant);
  if (earlier?.holds === true) verdicts.set(mutant, earlier.verdict);
  else waiting.push(mutant);
}
if (waiting.length > 0) await judgeAll();
report();

function choose(): Mutant[] {
  const named = all.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  const revision = options.changed ? earlierRevision() : options.since;
  if (revision === undefined) return named;
  if (revision === null) {
    console.log("There is no earlier commit to compare with: nothing to judge.");
    return [];
  }
  const changed = new Map(
    files.map((file) => [file, changedAlgorithms(sources.get(file)!, file, revision)] as const),
  );
  const cited = stepsOfChangedTests(revision);
  return named.filter(
    ({ file, algorithm, step }) => changed.get(file)!.has(algorithm) || cited.has(`${algorithm} ${step}`),
  );
}

async function judgeAll(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const bundle = path.resolve(folder, "testing.js");
  await buildSwitchedBundle(bundle);
  const server = await startServer({
    python: pathOf("Python"),
    tests: ["hybrid-ai"],
    polyfill: bundle,
    timeoutMultiplier: 5,
  });
  const unitTests = globSync("impl/**/*.test.ts").filter(runsHere).toSorted();
  const expected = await readReasonsPerTarget(
    new URL("../../wpt/runner/expectations.yaml", import.meta.url),
    "jsdom",
  );
  const open = Array.from({ length: lanes }, () => openLane(server.origin, unitTests, expected));
  try {
    const pages = server.pages.filter(({ kind }) => kind === "window");
    const baseline = await takeBaseline(open, pages);
    writeReached("unit", baseline.unitTests.keys());
    writeReached("jsdom", baseline.pages.keys());
    const queue = waiting.values();
    await Promise.all(
      open.map(async (lane) => {
        for (const mutant of queue) {
          const verdict = await judge(mutant, baseline, lane, kept.get(mutant)?.verdict);
          verdicts.set(mutant, verdict);
          kept.set(mutant, verdict);
          if (process.stderr.isTTY) process.stderr.write(`\r${verdicts.size} of ${chosen.length} mutants`);
        }
      }),
    );
  } finally {
    await Promise.all(open.map((lane) => lane.close()));
    await server.stop();
  }
}

/** Tests that start browsers load bundles there, which no switch is in. */
function runsHere(file: string): boolean {
  return !/puppeteer-core|browsers\.test\.ts/.test(readFileSync(file, "utf8"));
}

function report(): void {
  const survivors = chosen.filter((mutant) => verdicts.get(mutant)!.status === "survived");
  const lives = survivors.filter(({ name }) => !excuses.has(name));
  for (const mutant of lives) {
    const { by } = verdicts.get(mutant)!;
    console.log(`${mutant.file}:${mutant.line}: “${mutant.name}” lives, ${by}: ${mutant.code}`);
  }
  const dead = [...excuses.keys()].filter((name) => {
    const mutant = all.find((each) => each.name === name);
    return mutant === undefined || verdicts.get(mutant)?.status === "killed";
  });
  for (const name of dead) console.log(`${excusesFile}: “${name}” does not live, and needs no excuse.`);
  const counts = {
    mutants: chosen.length,
    killed: chosen.length - survivors.length,
    survived: lives.length,
    excused: survivors.length - lives.length,
  };
  if (options.json) console.log(JSON.stringify(counts));
  else
    console.log(
      Object.entries(counts)
        .map(([name, count]) => `${count} ${name}`)
        .join(", "),
    );
  process.exitCode = lives.length + dead.length > 0 ? 1 : 0;
}

function readExcuses(): Record<string, string> {
  return (load(readFileSync(excusesFile, "utf8")) ?? {}) as Record<string, string>;
}
