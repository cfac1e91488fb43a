import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { GlobalObject, ModelExposure } from "../../idl/contracts.ts";
import { keepItHere } from "../strategies/keep-it-here.ts";
import { aNewSeriesOfChanges } from "../infra/changes.ts";
import type { Variant } from "../model-manifest/manifest.ts";
import { createARemote } from "../remote-execution/remote.ts";
import type { Remote } from "../remote-execution/remote.ts";
import { dispatchARun } from "./dispatch-a-run.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import type { ModelRunErrorImplementation } from "./ModelRunError-impl.ts";
import { aNewAttempt, aNewRun, settleARun } from "./run.ts";
import { aModel, part, variant } from "./scripted-model.test.ts";
import { setStrategyOf } from "./strategy.ts";

describe("dispatch a run", () => {
  it("step 1.9: waits for a deadline beyond all timers without going round", async () => {
    const waits: number[] = [];
    const waiting = Promise.withResolvers<undefined>();
    const host = {
      now: () => 0,
      topLevelSite: "https://a.example",
      exposureLimit: () => "any",
      whenTheUserDecides: () => () => undefined,
      wait: (milliseconds: number) => {
        waits.push(milliseconds);
        waiting.resolve(undefined);
        return new Promise<void>(() => undefined);
      },
    };
    const globalObject = {} as GlobalObject;
    setStrategyOf(globalObject, keepItHere);
    const client = { state: "preparing" };
    const changes = aNewSeriesOfChanges();
    const model = { host, globalObject, client, changes, exposure: "any", runs: new Set() };
    const run = aNewRun(new Map(), new Map(), 0, Number.MAX_VALUE);
    run.attempts.push(aNewAttempt({ variant: {} as Variant, stages: [{ remote: null, parts: [] }] }));
    const dispatched = dispatchARun(run, model as unknown as HybridModelImplementation);
    await waiting.promise;
    settleARun(run, model as unknown as HybridModelImplementation);
    await dispatched;
    assert.deepEqual(waits, [2 ** 31 - 1]);
  });

  it("step 1.9: a limit that the user sets ends the waiting for a remote at once, however long it is closed", async () => {
    let limit: ModelExposure = "any";
    let decide = () => assert.fail("nobody waits for what the user decides");
    const waiting = Promise.withResolvers<undefined>();
    const remote = createARemote({ url: "https://a.example/m" }, new URL("https://a.example/")) as Remote;
    remote.closedUntil = Infinity;
    const model = aModel(
      {
        exposureLimit: () => limit,
        whenTheUserDecides(steps) {
          decide = steps as () => never;
          waiting.resolve(undefined);
          return () => undefined;
        },
      },
      [{ variant, stages: [{ remote, parts: [part] }] }],
    );
    const running = model.run({}, {});
    await waiting.promise;
    limit = "device";
    decide();
    const error = (await running.catch((reason: unknown) => reason)) as ModelRunErrorImplementation;
    assert.deepEqual(error.receipt().attempts, []);
  });
});
