import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ModelTensor } from "../../idl/contracts.ts";
import { isFailure } from "../infra/failure.ts";
import { RemoteFailure } from "./remote-job.ts";
import type { RemoteJob } from "./remote-job.ts";
import { readTheOutputsOfAFunction, runThroughAFunction } from "./run-through-a-function.ts";
import { aHost, aJob, aRemote, float32, never } from "./scripted-remote.test.ts";

type Run = (
  inputs: Record<string, ModelTensor>,
  context: { signal: AbortSignal; variant: string },
) => Promise<Record<string, ModelTensor>>;

const y: ModelTensor = { dataType: "float32", shape: [1], data: Float32Array.of(5) };

function through(run: Run, job: RemoteJob = aJob(), signal = never) {
  return runThroughAFunction(aHost().host, aRemote({ run }), job, signal);
}

describe("run through a function", () => {
  it("step 3.1: what is permitted no more is a failure, and the function is not called", async () => {
    let calls = 0;
    const job = aJob({ permission: () => false });
    const run = async () => {
      calls += 1;
      return { y };
    };
    assert.deepEqual(await through(run, job), new RemoteFailure("function"));
    assert.deepEqual([calls, job.exchange.bytesSent], [0, 0]);
  });

  it("step 3.1: once nobody waits any more, the function is not called", async () => {
    const controller = new AbortController();
    const job = aJob();
    const waiting = through(() => assert.fail("it was called"), job, controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    await new Promise(setImmediate);
    assert.equal(job.exchange.bytesSent, 0);
  });

  it("step 3.3: inputs for which there is no memory are a failure, and do not count as sent", async () => {
    const data = { byteLength: Number.MAX_SAFE_INTEGER, length: 1 } as Uint8Array<ArrayBuffer>;
    const job = aJob({ inputs: new Map([["x", { dataType: "uint8", shape: [], data }]]) });
    const result = await through(() => assert.fail("it was called"), job);
    assert.deepEqual(result, new RemoteFailure("function"));
    assert.equal(job.exchange.bytesSent, 0);
  });

  it("step 3.6: outputs whose reading throws anything are a failure", async () => {
    const run = async () => ({
      get y(): ModelTensor {
        throw new Error("no");
      },
    });
    assert.deepEqual(await through(run), new RemoteFailure("function"));
  });

  it("step 3.5: the function is given no this", async () => {
    const given: unknown[] = [];
    const run = async function (this: unknown) {
      given.push(this);
      return { y };
    };
    await through(run);
    assert.deepEqual(given, [undefined]);
  });

  it("step 1: its signal follows, but is not, the one that is waited with", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    let given: AbortSignal | undefined;
    const waiting = through(
      (_inputs, { signal }) => {
        given = signal;
        signal.dispatchEvent(new Event("abort"));
        return new Promise(() => undefined);
      },
      aJob(),
      controller.signal,
    );
    const settled = waiting.then(
      () => true,
      () => true,
    );
    const turn = new Promise((resolve) => setImmediate(resolve, false));
    assert.equal(await Promise.race([settled, turn]), false, "it waits on");
    assert.equal(given!.aborted, false);
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    assert.equal(given!.reason, reason);
  });

  it("steps 3.3 and 3.4: it gets copies of the inputs, all of which count as sent", async () => {
    const job = aJob({
      inputs: new Map([
        ["__proto__", float32(1, 2)],
        ["x", float32(3)],
      ]),
    });
    let given: unknown;
    await through(async (inputs, { signal, variant }) => {
      given = [Object.entries(inputs), signal.aborted, variant];
      return { y };
    }, job);
    assert.deepEqual(given, [
      [
        ["__proto__", { dataType: "float32", shape: [2], data: Float32Array.of(1, 2) }],
        ["x", { dataType: "float32", shape: [1], data: Float32Array.of(3) }],
      ],
      false,
      "exact",
    ]);
    assert.equal(job.exchange.bytesSent, 12);
  });

  it("steps 3.6 and 6: what it is fulfilled with are the outputs", async () => {
    assert.deepEqual(await through(async () => ({ y })), new Map([["y", float32(5)]]));
  });

  it("steps 3.6 and 5: a rejection is a failure", async () => {
    assert.deepEqual(await through(() => Promise.reject(new Error("no"))), new RemoteFailure("function"));
  });

  it("step 4: it is waited for, but not longer than the signal says", async () => {
    const controller = new AbortController();
    const waiting = through(() => new Promise(() => {}), aJob(), controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  });

  it("step 5: outputs that cannot be accepted are a failure", async () => {
    assert.deepEqual(await through(async () => ({})), new RemoteFailure("function"));
  });
});

describe("read the outputs of a function", () => {
  it("step 2.2: a tensor whose data is not as long as its type and shape say is failure", () => {
    const read = readTheOutputsOfAFunction(
      { y: { ...y, shape: [2] } },
      aJob({ outputs: new Map([["y", null]]) }),
    );
    assert.ok(isFailure(read));
  });

  it("steps 2.3 and 3: tensors that were asked for are read", () => {
    const job = aJob({
      outputs: new Map([
        ["y", { dataType: "float32", shape: [1] }],
        ["z", null],
      ]),
    });
    const z: ModelTensor = { dataType: "uint8", shape: [2], data: Uint8Array.of(1, 2) };
    assert.deepEqual(
      readTheOutputsOfAFunction({ z, y }, job),
      new Map([
        ["z", { dataType: "uint8", shape: [2], data: Uint8Array.of(1, 2) }],
        ["y", float32(5)],
      ]),
    );
  });

  it("step 3: others are failure", () => {
    const job = aJob({
      dimensions: new Map([["n", 2]]),
      outputs: new Map([["y", { dataType: "float32", shape: ["n"] }]]),
    });
    assert.ok(isFailure(readTheOutputsOfAFunction({ y }, job)));
    assert.ok(isFailure(readTheOutputsOfAFunction({ y, z: y }, aJob())));
  });
});
