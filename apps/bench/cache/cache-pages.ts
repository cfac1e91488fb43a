import type { Page } from "puppeteer-core";
import type { Laboratory } from "../harness/laboratory.ts";
import type { BenchFile, Task } from "./page/arm.ts";
import type { ArmName, Bench } from "./page/main.ts";

/** The global of the page. */
type Globals = typeof globalThis & { bench: Bench };

/** A page of an arm, whose origin no other arm shares. */
export class ArmPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Loads the arm's code. */
  prepare(arm: ArmName): Promise<void> {
    return this.#page.evaluate((name) => (globalThis as Globals).bench.prepare(name), arm);
  }

  /** Runs a task, and tells how many milliseconds it took. */
  run(task: Task, file: BenchFile): Promise<number> {
    return this.#page.evaluate((what, which) => (globalThis as Globals).bench.run(what, which), task, file);
  }

  /** Deletes what pages of this origin have stored. */
  clear(): Promise<void> {
    return this.#page.evaluate(() => (globalThis as Globals).bench.clear());
  }
}

/** Has `steps` use a new page of an arm, with its code loaded. */
export function withArm<Result>(
  laboratory: Laboratory,
  arm: ArmName,
  steps: (page: ArmPage) => Promise<Result>,
): Promise<Result> {
  return laboratory.withPage(originOf(arm), "", async (page) => {
    const armPage = new ArmPage(page);
    await armPage.prepare(arm);
    return steps(armPage);
  });
}

/** Has `steps` run in the empty storage of an arm, and empties it again. */
export async function inCleanStorage<Result>(
  laboratory: Laboratory,
  arm: ArmName,
  steps: () => Promise<Result>,
): Promise<Result> {
  try {
    return await steps();
  } finally {
    await clear(laboratory, arm);
  }
}

/** Deletes what pages of an arm have stored, as soon as none of these holds on to it any more. */
async function clear(laboratory: Laboratory, arm: ArmName): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await laboratory.withPage(originOf(arm), "", (page) => new ArmPage(page).clear());
      return;
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}

function originOf(arm: ArmName): string {
  return arm.replace(".", "-");
}
