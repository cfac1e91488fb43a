import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Host } from "../host/host.ts";
import { aNewSeriesOfChanges } from "../infra/changes.ts";
import type { Variant } from "../model-manifest/manifest.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import { makeAnAttempt } from "./make-an-attempt.ts";
import { aNewAttempt, aNewRun } from "./run.ts";

/** What is rejected with nobody to hear of it while `steps` run and a turn longer: faults are reported in this way. */
async function reported(steps: () => Promise<void>): Promise<unknown[]> {
  const listeners = process.listeners("unhandledRejection");
  const reasons: unknown[] = [];
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", (reason) => reasons.push(reason));
  try {
    await steps();
    await new Promise(setImmediate);
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
  return reasons;
}

describe("make an attempt", () => {
  it("step 1: fails where memory does not suffice, so that the run goes on", async () => {
    const host: Partial<Host> = {
      now: () => 7,
      consultAnExecutor: async () => {
        throw new RangeError("Array buffer allocation failed");
      },
    };
    const model = { host, client: {}, manifest: {}, changes: aNewSeriesOfChanges() };
    const attempt = aNewAttempt({ variant: {} as Variant, stages: [{ remote: null, parts: [] }] });
    attempt.state = "under way";
    const changed = model.changes.next();
    const run = aNewRun(new Map(), new Map(), 0, null);
    const faults = await reported(() =>
      makeAnAttempt(attempt, run, model as unknown as HybridModelImplementation),
    );
    assert.deepEqual(faults, []);
    const { state, failure, end } = attempt;
    assert.deepEqual({ state, failure, end }, { state: "failed", failure: "backend", end: 7 });
    await changed;
  });

  it("step 1: fails where this implementation has a fault, which is reported", async () => {
    const fault = new TypeError("a fault of this implementation");
    const host: Partial<Host> = {
      now: () => 7,
      consultAnExecutor: async () => {
        throw fault;
      },
    };
    const model = { host, client: {}, manifest: {}, changes: aNewSeriesOfChanges() };
    const attempt = aNewAttempt({ variant: {} as Variant, stages: [{ remote: null, parts: [] }] });
    attempt.state = "under way";
    const run = aNewRun(new Map(), new Map(), 0, null);
    const faults = await reported(() =>
      makeAnAttempt(attempt, run, model as unknown as HybridModelImplementation),
    );
    assert.deepEqual([attempt.state, attempt.failure], ["failed", "backend"]);
    assert.deepEqual(faults, [fault]);
  });
});
