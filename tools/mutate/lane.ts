import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { ReasonsByPage } from "../../wpt/runner/reasons.ts";
import { judge } from "../../wpt/runner/results.ts";
import type { Page } from "../../wpt/runner/results.ts";
import { launchJSDOM } from "../../wpt/runner/targets/jsdom.ts";
import type { UnitRequest, UnitResult } from "./unit-lane.ts";

/** Runs tests against one mutant at a time. Two of these share the work, for two cores. */
export interface Lane {
  /** Null when the tests hang: no answer within `patience` milliseconds. */
  runUnitTests(request: UnitRequest, patience: number): Promise<UnitResult | null>;
  /**
   * Whether every test of the page that can pass did so, whether all ended within `patience` milliseconds, and the mutants whose
   * code it reached.
   */
  runPage(
    page: Page,
    mutant: string | null,
    patience: number,
  ): Promise<{ passed: boolean; inTime: boolean; reached: string[] }>;
  close(): Promise<void>;
}

/** @param expected - what fails in jsdom without any mutant, and why */
export function openLane(origin: string, unitTests: readonly string[], expected: ReasonsByPage): Lane {
  const script = path.join(import.meta.dirname, "unit-lane.ts");
  const start = () => {
    // One seed, so that a mutant has the same fate in every run.
    const env = { ...process.env, SEED: "1" };
    const child = fork(script, unitTests, { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    return { child, ready: once(child, "message") };
  };
  let current = start();
  let spare = start();
  const takeTheSpare = () => {
    current.child.kill("SIGKILL");
    current = spare;
    spare = start();
  };
  const jsdom = launchJSDOM();
  return {
    async runUnitTests(request, patience) {
      // What an earlier mutant left behind can end the process after its tests.
      if (!current.child.connected) takeTheSpare();
      await current.ready;
      const result = await ask(current.child, request, patience);
      if (result === null) takeTheSpare();
      return result;
    },
    async runPage(page, mutant, patience) {
      const url = new URL(page.url, origin);
      if (mutant !== null) url.searchParams.set("mutant", mutant);
      const result = await jsdom.run(url.href, patience);
      const { failures } = judge(page, result, expected[page.url] ?? {});
      return {
        passed: failures.length === 0,
        inTime: [result, ...result.tests].every(({ status }) => status !== "TIMEOUT"),
        reached: result.coverage ?? [],
      };
    },
    async close() {
      for (const { child } of [current, spare]) child.kill("SIGKILL");
      await jsdom.close();
    },
  };
}

async function ask(child: ChildProcess, request: UnitRequest, patience: number): Promise<UnitResult | null> {
  const { promise, resolve } = Promise.withResolvers<UnitResult | null>();
  const answered = (result: unknown) => {
    resolve(result as UnitResult);
  };
  const ended = () => {
    resolve(null);
  };
  const hanging = setTimeout(ended, patience);
  child.once("message", answered);
  child.once("exit", ended);
  child.send(request, (error) => {
    if (error !== null) ended();
  });
  try {
    return await promise;
  } finally {
    clearTimeout(hanging);
    child.off("message", answered);
    child.off("exit", ended);
  }
}
