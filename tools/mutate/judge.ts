import type { Verdict } from "../trace/verdicts.ts";
import type { Page } from "../../wpt/runner/results.ts";
import type { Lane } from "./lane.ts";
import type { Mutant } from "./mutants.ts";
import type { UnitResult } from "./unit-lane.ts";

/** What a run without any mutant told: which tests reach which mutant, the quickest first. */
export interface Baseline {
  readonly unitTests: ReadonlyMap<string, readonly UnitResult["tests"][number][]>;
  readonly pages: ReadonlyMap<string, readonly TimedPage[]>;
}

interface TimedPage {
  readonly page: Page;
  readonly milliseconds: number;
}

/** How long the tests of a mutant may be silent beyond five times what they usually take, in milliseconds. */
const patience = 5_000;

/** How long all unit tests may take where there is no mutant, in milliseconds. */
const patienceForAll = 1_800_000;

/** How long the tests that are tried first usually take together, in milliseconds: most mutants die in them. */
const quick = 500;

/** Runs every test once, with no mutant on. Throws when one of them fails: a red suite judges nobody. */
export async function takeBaseline(lanes: readonly Lane[], pages: readonly Page[]): Promise<Baseline> {
  const lane = lanes[0]!;
  const unit = await lane.runUnitTests({ mutant: null, titles: null, limit: null }, patienceForAll);
  if (unit === null) throw new Error("The unit tests hang, or their process ended.");
  const red = unit.tests.filter(({ failed }) => failed).map(({ title }) => title);
  const unitTests = new Map<string, UnitResult["tests"][number][]>();
  for (const test of unit.tests.toSorted((a, b) => a.milliseconds - b.milliseconds)) {
    for (const name of test.reached) unitTests.set(name, [...(unitTests.get(name) ?? []), test]);
  }

  const timed: { page: Page; reached: string[]; milliseconds: number }[] = [];
  const queue = pages.values();
  await Promise.all(
    lanes.map(async (each) => {
      for (const page of queue) {
        const start = performance.now();
        const { passed, reached } = await each.runPage(page, null, page.timeout);
        if (!passed) red.push(page.url);
        timed.push({ page, reached, milliseconds: performance.now() - start });
      }
    }),
  );
  if (red.length > 0) throw new Error(`Without any mutant these tests already fail:\n${red.join("\n")}`);

  const byMutant = new Map<string, TimedPage[]>();
  for (const { page, reached, milliseconds } of timed.toSorted((a, b) => a.milliseconds - b.milliseconds)) {
    for (const name of reached) byMutant.set(name, [...(byMutant.get(name) ?? []), { page, milliseconds }]);
  }
  return { unitTests, pages: byMutant };
}

/**
 * Runs the tests that reach a mutant until one of them fails.
 *
 * @param former - an earlier verdict, which may hold no longer: the test that spoke then is asked first
 */
export async function judge(
  mutant: Mutant,
  baseline: Baseline,
  lane: Lane,
  former?: Verdict,
): Promise<Verdict> {
  const tests = baseline.unitTests.get(mutant.name) ?? [];
  const pages = baseline.pages.get(mutant.name) ?? [];
  if (tests.length + pages.length === 0) return { status: "survived", by: "no test reaches it", file: null };

  const killer = tests.filter(({ title }) => title === former?.by);
  const killerPage = pages.filter(({ page }) => page.url === former?.by);
  return (
    (await judgeByTests(mutant, killer, lane)) ??
    (await judgeByPages(mutant, killerPage, lane)) ??
    (await judgeByTests(mutant, without(tests, killer), lane)) ??
    (await judgeByPages(mutant, without(pages, killerPage), lane)) ?? {
      status: "survived",
      by: `${tests.length} unit tests and ${pages.length} pages pass`,
      file: null,
    }
  );
}

function without<T>(all: readonly T[], some: readonly T[]): T[] {
  return all.filter((each) => !some.includes(each));
}

type UnitTests = readonly UnitResult["tests"][number][];

async function judgeByTests({ name }: Mutant, tests: UnitTests, lane: Lane): Promise<Verdict | null> {
  for (const batch of inBatches(tests)) {
    const usual = batch.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const titles = batch.map(({ title }) => title);
    const result = await unlessBusy(usual, async (on, within) => {
      // A test that hangs is told by its name, before all of them are given up.
      const request = { mutant: on ? name : null, titles, limit: within };
      const result = await lane.runUnitTests(request, within + patience);
      // Without the mutant it is the machine that fails.
      return !on && result?.tests.some(({ failed }) => failed) ? null : result;
    });
    if (result === "hangs") return { status: "killed", by: "the unit tests hang", file: null };
    const failed = result.tests.find((test) => test.failed);
    if (failed !== undefined) return { status: "killed", by: failed.title, file: failed.file };
  }
  return null;
}

async function judgeByPages(
  { name }: Mutant,
  pages: readonly TimedPage[],
  lane: Lane,
): Promise<Verdict | null> {
  for (const { page, milliseconds } of pages) {
    const result = await unlessBusy(milliseconds, async (on, within) => {
      const { passed, inTime } = await lane.runPage(page, on ? name : null, within);
      return inTime ? { passed } : null;
    });
    if (result === "hangs" || !result.passed) {
      return { status: "killed", by: page.url, file: `wpt/${page.file}` };
    }
  }
  return null;
}

/** How often tests are run again that hang while the machine is busy. */
const attempts = 3;

/**
 * Runs tests with a mutant on. Where they give no answer, the same ones without it tell whether it is the mutant that hangs, or
 * the machine that is busy: then they are run again.
 */
async function unlessBusy<T>(
  usual: number,
  run: (on: boolean, within: number) => Promise<T | null>,
): Promise<T | "hangs"> {
  const within = patience + 5 * usual;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const result = await run(true, within);
    if (result !== null) return result;
    const control = await run(false, within);
    if (control !== null) return "hangs";
  }
  throw new Error("The machine is too busy to tell whether tests hang: what was judged so far is kept.");
}

/** The quickest tests, and then the others: where a mutant hangs, few tests tell it as surely as many, and sooner. */
function inBatches(tests: UnitTests): UnitTests[] {
  let total = 0;
  const first = tests.filter(({ milliseconds }) => (total += milliseconds) <= quick);
  return [first, tests.slice(first.length)].filter(({ length }) => length > 0);
}
