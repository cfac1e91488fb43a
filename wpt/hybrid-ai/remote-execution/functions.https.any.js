// META: title=Remotes that are functions
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/remote.js
// META: script=../resources/hybrid-model.js

"use strict";

/** A page's function that answers rightly, and remembers what it was asked. */
function affineFunction() {
  const run = async (inputs, context) => {
    run.calls.push({ inputs, context });
    return { y: { dataType: "float32", shape: [3], data: inputs.x.data.map((x) => 2 * x + 1) } };
  };
  run.calls = [];
  return run;
}

const y = { dataType: "float32", shape: [3], data: new Float32Array(3) };

modelTest(async (t, recorder) => {
  const run = affineFunction();
  const model = await createRemoteModel(t, recorder, { run });
  const { outputs, receipt } = await model.run(affineInputs(1, 2, 3));
  assertAffineResult({ outputs }, 1, 2, 3);

  const [{ inputs, context }] = run.calls;
  assert_array_equals(Object.keys(inputs), ["x"]);
  assert_equals(inputs.x.dataType, "float32");
  assert_array_equals(inputs.x.shape, [3]);
  assert_true(inputs.x.data instanceof Float32Array);
  assert_equals(context.variant, "exact");
  assert_true(context.signal instanceof AbortSignal);
  assert_false(context.signal.aborted);

  assert_equals(receipt.placement, "remote");
  assert_equals(receipt.inputBytesSent, 12, "as if it sent all");
  assert_false("origin" in receipt.attempts[0], "nobody knows where it sends them");
}, "run through a function, steps 3.3, 3.4, 3.5, 3.6, and 6, and read the outputs of a function, steps 2.3 and 3: it gets the inputs, and its outputs are the result");

const rejects = async () => {
  throw new Error("out of order");
};
for (const [what, run] of [
  ["a rejection", rejects],
  [
    "an exception",
    () => {
      throw new Error("out of order");
    },
  ],
  ["undefined", async () => {}],
  ["a number", async () => 1],
  ["no outputs", async () => ({})],
  ["an output that is no tensor", async () => ({ y: 1 })],
  ["a tensor without data", async () => ({ y: { dataType: "float32", shape: [3] } })],
  ["an unknown data type", async () => ({ y: { ...y, dataType: "bfloat16" } })],
  ["another data type", async () => ({ y: { ...y, dataType: "int32" } })],
  ["another shape", async () => ({ y: { ...y, shape: [1, 3] } })],
  ["a shape that is no list", async () => ({ y: { ...y, shape: 3 } })],
  ["a negative dimension", async () => ({ y: { ...y, shape: [-3] } })],
  ["too few bytes", async () => ({ y: { ...y, data: new Float32Array(2) } })],
  ["too many bytes", async () => ({ y: { ...y, data: new Float32Array(4) } })],
  [
    "a buffer that is gone",
    async () => {
      const data = new Float32Array(3);
      data.buffer.transfer();
      return { y: { ...y, data } };
    },
  ],
  [
    "a view whose buffer is a getter that throws",
    async () => {
      const get = () => {
        throw new Error("no");
      };
      return { y: { ...y, data: Object.defineProperty(new Float32Array(3), "buffer", { get }) } };
    },
  ],
  ["another name", async () => ({ z: y })],
  ["an output too many", async () => ({ y, z: y })],
  [
    "a getter that throws",
    async () => ({
      get y() {
        throw new Error("no");
      },
    }),
  ],
]) {
  modelTest(async (t, recorder) => {
    const model = await createRemoteModel(t, recorder, { run });
    await assertRunFails(model.run(affineInputs(1, 2, 3)), "function");
  }, `run through a function, step 5, and read the outputs of a function, step 2.2: ${what} is a failure`);
}

for (const name of ["byteOffset", "byteLength"]) {
  modelTest(async (t, recorder) => {
    const data = Object.defineProperty(new Float32Array([7, 8, 9]), name, {
      get() {
        throw new Error("no");
      },
    });
    const model = await createRemoteModel(t, recorder, { run: async () => ({ y: { ...y, data } }) });
    const { outputs } = await model.run(affineInputs(1, 2, 3));
    assert_array_equals([...outputs.y.data], [7, 8, 9]);
  }, `read the outputs of a function, step 2.1: a ${name} of the page's own is not asked`);
}

modelTest(async (t, recorder) => {
  const run = (inputs, { signal }) => {
    signal.dispatchEvent(new Event("abort"));
    return new Promise(() => {});
  };
  const model = await createRemoteModel(t, recorder, { run });
  const result = model.run(affineInputs(1, 2, 3));
  assert_false(await isSettled(result));
  const controller = new AbortController();
  const other = model.run(affineInputs(1, 2, 3), { signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  await promise_rejects_exactly(t, reason, other);
  model.destroy();
  await promise_rejects_dom(t, "AbortError", result);
}, "run through a function, step 1: an event that it makes up on its signal ends nothing");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const spoil = async ({ x }) => {
    x.data.fill(99);
    x.data.buffer.transfer();
    throw new Error("spoilt");
  };
  const model = await createRemoteModel(t, recorder, { run: spoil }, { url: remote.url() });
  const { outputs, receipt } = await model.run(affineInputs(1, 2, 3));
  assertAffineResult({ outputs }, 1, 2, 3);
  assert_array_equals(
    receipt.attempts.map(({ failure }) => failure),
    ["function", undefined],
  );
}, "run through a function, step 3.3: what it does to its inputs is its own affair");

modelTest(async (t, recorder) => {
  const signals = [];
  const run = (inputs, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const model = await createRemoteModel(t, recorder, { run });
  const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3), { deadline: 500 }));
  assert_equals(receipt.attempts[0].failure, "deadline");
  assert_equals(receipt.duration, 500);
  assert_true(signals[0].aborted, "it is told that nobody waits");
}, "run through a function, step 4: one that never answers is waited for until the deadline");

modelTest(async (t, recorder) => {
  const data = new Float32Array([7, 8, 9]);
  const model = await createRemoteModel(t, recorder, { run: async () => ({ y: { ...y, data } }) });
  const { outputs } = await model.run(affineInputs(1, 2, 3));
  data.fill(0);
  assert_array_equals([...outputs.y.data], [7, 8, 9]);
}, "read the outputs of a function, step 2.1: its outputs are copied");

for (const how of ["its signal is aborted", "the model is destroyed"]) {
  for (const turns of [0, 1, 3, 10, 30, 100]) {
    modelTest(async (t, recorder) => {
      const run = affineFunction();
      const model = await createRemoteModel(t, recorder, { run });
      const controller = new AbortController();
      const running = model.run(affineInputs(1, 2, 3), { signal: controller.signal });
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      if (how === "its signal is aborted") controller.abort();
      else model.destroy();
      await promise_rejects_dom(t, "AbortError", running);
      await isSettled(running);
      assert_equals(run.calls.length, 0, "calls");
    }, `run through a function, step 3.1: a run of which ${how} ${turns} microtasks later gives its inputs to nobody`);
  }
}

modelTest(async (t, recorder) => {
  const seen = [];
  const run = async function ({ x }) {
    seen.push(this);
    return { y: x };
  };
  const model = await createRemoteModel(t, recorder, { run });
  await model.run(affineInputs(1, 2, 3));
  assert_array_equals(seen, [undefined]);
}, "run through a function, step 3.5: the function gets no this");
