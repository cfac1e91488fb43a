import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { HybridModelCreateOptions, ModelRunError, ModelTensor } from "../../idl/contracts.ts";
import { BackendError } from "../backend/backend.ts";
import type { Verdict } from "../capability-query/assess-a-model.ts";
import { aNewPromise } from "../infra/promise.ts";
import type { ModelManifest, TensorDescription } from "../model-manifest/manifest.ts";
import { createARemote } from "../remote-execution/remote.ts";
import type { Remote } from "../remote-execution/remote.ts";
import { concludeARun } from "./dispatch-a-run.ts";
import { finishACreation } from "./finish-a-creation.ts";
import { HybridModelImplementation } from "./HybridModel-impl.ts";
import { aNewAttempt, aNewRun, cancelARun, settleARun } from "./run.ts";
import { aGlobalObject, aLoadedPart, aModel, onTheClient, part, variant } from "./scripted-model.test.ts";

describe("finish a creation", () => {
  it("step 2: a signal that is aborted when all is there makes no model", async () => {
    const promise = aNewPromise<HybridModelImplementation>();
    const reason = new Error("enough");
    const options = { exposure: "any", signal: AbortSignal.abort(reason) } as HybridModelCreateOptions;
    const verdict = { variant, latency: null } as unknown as Verdict;
    const make = () => assert.fail("a model was made");
    const manifest = {} as ModelManifest;
    finishACreation(make, promise, aGlobalObject(), manifest, verdict, [onTheClient], options, null);
    await assert.rejects(promise.promise, reason);
  });
});

describe("finish a creation for remotes alone", () => {
  it("finish a creation, step 9.1: its client is gone", () => {
    const promise = aNewPromise<HybridModelImplementation>();
    const globalObject = aGlobalObject();
    const verdict = { variant: null, latency: null } as unknown as Verdict;
    const options = { exposure: "any" } as HybridModelCreateOptions;
    const remote = createARemote({ url: "https://a.example/m" }, new URL("https://a.example/"));
    const models: HybridModelImplementation[] = [];
    finishACreation(
      (global, internals) => {
        models.push(new HybridModelImplementation(global, internals));
        return models[0]!;
      },
      promise,
      globalObject,
      {} as ModelManifest,
      verdict,
      [{ variant, stages: [{ remote: remote as Remote, parts: [part] }] }],
      options,
      null,
    );
    assert.equal(models[0]!.client.state, "gone");
  });
});

describe("HybridModel.run()", () => {
  it("steps 10 and 11: each plan is there to be tried, and the run is one of the model's until it is settled", async () => {
    const model = aModel();
    model.client.loadedParts.set(part, aLoadedPart());
    model.client.state = "ready";
    const running = model.run({}, {});
    const [run] = model.runs;
    assert.deepEqual(
      run!.attempts.map(({ plan }) => plan),
      [onTheClient],
    );
    const { receipt } = await running;
    assert.equal(receipt.placement, "client");
    assert.equal(model.runs.size, 0);
  });
});

describe("HybridModel.run() without memory", () => {
  it("HybridModel.run(), step 4, and create a tensor, step 4: inputs that cannot be copied are a RangeError", () => {
    const model = aModel();
    (model.manifest.inputs as Map<string, TensorDescription>).set("x", { dataType: "uint8", shape: [2] });
    const x: ModelTensor = { dataType: "uint8", shape: [2], data: Uint8Array.of(1, 2) };
    const whole = globalThis.Uint8Array;
    globalThis.Uint8Array = new Proxy(whole, {
      construct(target, values: unknown[]) {
        if (typeof values[0] === "number") throw new RangeError("Array buffer allocation failed");
        return Reflect.construct(target, values) as object;
      },
    });
    try {
      assert.throws(() => model.run({ x }, {}), RangeError);
    } finally {
      globalThis.Uint8Array = whole;
    }
    assert.equal(model.runs.size, 0);
  });

  it("HybridModel.run(), step 12: an event that the page makes up aborts nothing, and one that it stops is heard", async () => {
    const model = aModel({ consultAnExecutor: () => new Promise(() => undefined) });
    model.client.state = "ready";
    const controller = new AbortController();
    controller.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
    const running = model.run({}, { signal: controller.signal });
    controller.signal.dispatchEvent(new Event("abort"));
    assert.equal(model.runs.size, 1);
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(running, reason);
  });
});

describe("settle a run", () => {
  it("steps 3.1 and 3.2: what is under way has failed, and ends now", () => {
    const model = aModel({ now: () => 5 });
    const run = aNewRun(new Map(), new Map(), 0, null);
    const [underWay, succeeded] = [aNewAttempt(onTheClient), aNewAttempt(onTheClient)];
    underWay.state = "under way";
    succeeded.state = "succeeded";
    run.attempts.push(underWay, succeeded);
    settleARun(run, model);
    assert.deepEqual(
      run.attempts.map(({ state, end }) => ({ state, end })),
      [
        { state: "failed", end: 5 },
        { state: "succeeded", end: succeeded.end },
      ],
    );
    assert.notEqual(succeeded.end, 5);
  });

  it("step 2: it is none of the model's any more", () => {
    const model = aModel();
    const [run, other] = [aNewRun(new Map(), new Map(), 0, null), aNewRun(new Map(), new Map(), 0, null)];
    model.runs.add(run).add(other);
    settleARun(run, model);
    assert.deepEqual([...model.runs], [other]);
  });
});

describe("cancel a run", () => {
  it("step 1: a run that was settled is left as it is", async () => {
    let now = 1;
    const model = aModel({ now: () => now });
    const run = aNewRun(new Map(), new Map(), 0, null);
    const attempt = aNewAttempt(onTheClient);
    attempt.state = "under way";
    run.attempts.push(attempt);
    const reason = new Error("first");
    cancelARun(run, model, reason);
    attempt.state = "under way";
    now = 2;
    cancelARun(run, model, new Error("second"));
    assert.deepEqual([attempt.state, attempt.end], ["under way", 1]);
    await assert.rejects(run.promise.promise, reason);
  });
});

describe("conclude a run", () => {
  it("step 1.1: a run that was settled before the task is left as it is", () => {
    const tasks: (() => void)[] = [];
    const model = aModel({ queueATask: (steps) => tasks.push(steps) });
    const run = aNewRun(new Map(), new Map(), 0, null);
    const attempt = aNewAttempt(onTheClient);
    run.attempts.push(attempt);
    attempt.state = "under way";
    concludeARun(run, model, "deadline");
    run.settled = true;
    for (const task of tasks) task();
    assert.deepEqual([attempt.state, attempt.failure], ["under way", null]);
  });

  it("step 1.2, and write down an attempt, step 2: of two that answer together one gave the outputs", async () => {
    const model = aModel();
    const run = aNewRun(new Map(), new Map(), 0, null);
    const both = [aNewAttempt(onTheClient), aNewAttempt(onTheClient)];
    for (const attempt of both) attempt.state = "succeeded";
    run.attempts.push(...both);
    run.begunAttempts.push(...both);
    concludeARun(run, model, both[1]!);
    const { receipt } = await run.promise.promise;
    assert.deepEqual(
      receipt.attempts.map(({ succeeded, failure }) => ({ succeeded, failure })),
      [
        { succeeded: false, failure: "aborted" },
        { succeeded: true, failure: undefined },
      ],
    );
  });

  it("step 1.4.2: outputs for which there is no memory are a failure with a receipt of what was sent", async () => {
    const model = aModel();
    const run = aNewRun(new Map(), new Map(), 0, null);
    const attempt = aNewAttempt(onTheClient);
    const data = { byteLength: Number.MAX_SAFE_INTEGER } as Uint8Array<ArrayBuffer>;
    attempt.outputs = new Map([["y", { dataType: "uint8", shape: [], data }]]);
    attempt.state = "succeeded";
    attempt.exchange.bytesSent = 7;
    run.attempts.push(attempt);
    run.begunAttempts.push(attempt);
    concludeARun(run, model, attempt);
    const error = (await run.promise.promise.catch((reason: unknown) => reason)) as ModelRunError;
    const { placement, inputBytesSent, attempts } = error.receipt();
    assert.deepEqual([error.name, placement, inputBytesSent], ["ModelRunError", "none", 7]);
    assert.deepEqual(
      attempts.map(({ succeeded, failure }) => ({ succeeded, failure })),
      [{ succeeded: false, failure: "backend" }],
    );
    assert.equal(run.settled, true);
  });

  it("step 1.5: the error tells what the client says", async () => {
    const model = aModel();
    const run = () => Promise.reject(new BackendError("there is no input named i"));
    model.client.loadedParts.set(part, aLoadedPart({ run }));
    model.client.state = "ready";
    const { message } = await model.run({}, {}).then(
      () => assert.fail("it ran"),
      (error: unknown) => error as ModelRunError,
    );
    assert.match(message, /client: backend \(there is no input named i\)/);
  });
});
