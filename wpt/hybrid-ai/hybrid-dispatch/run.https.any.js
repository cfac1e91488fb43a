// META: title=HybridModel.run()
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

const x = (overrides) => ({
  x: { dataType: "float32", shape: [3], data: new Float32Array([1, 2, 3]), ...overrides },
});

/** A buffer that was transferred away. */
function detached() {
  const data = new Float32Array(3);
  data.buffer.transfer();
  return data;
}

for (const [steps, what, inputs] of [
  ["step 1", "a missing input", {}],
  ["step 1", "an unknown input", { z: x().x }],
  ["step 1", "an input too many", { ...x(), z: x().x }],
  ["step 3.2", "another data type", x({ dataType: "int32" })],
  ["step 3.2", "another shape", x({ shape: [4], data: new Float32Array(4) })],
  ["step 3.2", "a dimension too many", x({ shape: [1, 3] })],
  ["step 3.2", "no dimension", x({ shape: [], data: new Float32Array(1) })],
  ["step 3.4", "too few bytes", x({ data: new Float32Array(2) })],
  ["step 3.4", "too many bytes", x({ data: new Float32Array(4) })],
  ["step 3.4", "a buffer that is gone", x({ data: detached() })],
]) {
  modelTest(async (t, recorder) => {
    const remote = new Remote();
    const model = await createModel(t, recorder, { remotes: [{ url: remote.url() }] });
    await promise_rejects_js(t, TypeError, model.run(inputs));
    assert_array_equals(await remote.requests(), [], "nothing left");
    assertAffineResult(await model.run(x()), 1, 2, 3);
  }, `run(), step 5, and take the inputs, ${steps}: ${what} is a TypeError, and the model usable afterwards`);
}

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  for (const tensor of [
    {},
    { dataType: "float32" },
    x({ dataType: "bfloat16" }).x,
    x({ data: [1, 2, 3] }).x,
    null,
    1,
  ]) {
    await promise_rejects_js(t, TypeError, model.run({ x: tensor }));
  }
  await promise_rejects_js(t, TypeError, model.run());
}, "run(): what is no tensor is a TypeError");

modelTest(async (t, recorder) => {
  const float = { dataType: "float32", shape: ["n"] };
  const manifest = remoteOnlyManifest({ inputs: { a: float, b: float }, outputs: { y: float } });
  manifest.variants[0].parts[0].inputs = ["a", "b"];
  const run = async ({ a }) => ({ y: a });
  const model = await createModel(t, recorder, { manifest, remotes: [{ run }] });
  const tensor = (size) => ({ dataType: "float32", shape: [size], data: new Float32Array(size) });

  for (const size of [0, 1, 7]) {
    const { outputs } = await model.run({ a: tensor(size), b: tensor(size) });
    assert_array_equals(outputs.y.shape, [size]);
  }
  await promise_rejects_js(t, TypeError, model.run({ a: tensor(2), b: tensor(3) }));
}, "match a tensor, step 3.3: dimensions of one name have one size within a run, and any in the next");

modelTest(async (t, recorder) => {
  const float = { dataType: "float32", shape: ["n"] };
  const manifest = remoteOnlyManifest({ inputs: { x: float }, outputs: { y: float } });
  const run = async () => ({ y: { dataType: "float32", shape: [2], data: new Float32Array(2) } });
  const model = await createModel(t, recorder, { manifest, remotes: [{ run }] });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "function");
}, "accept outputs, step 3.1: a dimension of the outputs has the size that it has in the inputs");

for (const [what, data] of [
  ["an ArrayBuffer", () => new Float32Array([1, 2, 3]).buffer],
  ["bytes", () => new Uint8Array(new Float32Array([1, 2, 3]).buffer)],
  ["a DataView of a part of a buffer", () => new DataView(new Float32Array([9, 1, 2, 3, 9]).buffer, 4, 12)],
]) {
  modelTest(async (t, recorder) => {
    const model = await createModel(t, recorder);
    assertAffineResult(await model.run(x({ data: data() })), 1, 2, 3);
  }, `create a tensor, step 4: data is taken from ${what}`);
}

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  const inputs = affineInputs(1, 2, 3);
  const result = model.run(inputs);
  inputs.x.data.fill(0);
  inputs.x.shape[0] = 1;
  assertAffineResult(await result, 1, 2, 3);
  assert_equals(inputs.x.data.length, 3, "they stay the page's");
}, "run(), step 4, and take the inputs, steps 3.5 and 4: inputs are copied before run() returns");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  await promise_rejects_js(t, RangeError, model.run(affineInputs(1, 2, 3), { deadline: -1 }));
  for (const deadline of [NaN, Infinity, "soon"]) {
    await promise_rejects_js(t, TypeError, model.run(affineInputs(1, 2, 3), { deadline }));
  }
}, "run(), step 2: a deadline is a number of milliseconds, 0 or greater");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  const reason = new Error("enough");
  await promise_rejects_exactly(
    t,
    reason,
    model.run(affineInputs(1, 2, 3), { signal: AbortSignal.abort(reason) }),
  );
  await promise_rejects_js(t, TypeError, model.run({}, { signal: AbortSignal.abort(reason) }));
}, "run(), step 7: a signal that is aborted before, after the inputs are found to be right");

for (const placement of ["client", "remote"]) {
  modelTest(async (t, recorder) => {
    const remotes = placement === "remote" ? [{ url: new Remote().url() }] : [];
    const manifest = placement === "remote" ? remoteOnlyManifest() : affineManifest();
    const model = await createModel(t, recorder, { manifest, remotes });
    await virtualEnvironment(t, { deviceClass: "class-8", executors: { [placement]: { outcome: "stall" } } });
    const controller = new AbortController();
    const reason = new Error("enough");
    const result = model.run(affineInputs(1, 2, 3), { signal: controller.signal });
    assert_false(await isSettled(result));
    controller.abort(reason);
    await promise_rejects_exactly(t, reason, result);

    await virtualEnvironment(t, { deviceClass: "class-8" });
    assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
  }, `run(), step 12, and cancel a run, step 3: a signal that is aborted while it runs on the ${placement}`);
}

modelTest(
  async (t, recorder) => {
    const model = await createRemoteModel(t, recorder, { url: new Remote().url() });
    const controller = new AbortController();
    controller.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
    const result = model.run(affineInputs(1, 2, 3), { signal: controller.signal });
    controller.signal.dispatchEvent(new Event("abort"));
    assert_false(await isSettled(result), "an event of the page's own");
    const reason = new Error("enough");
    controller.abort(reason);
    await promise_rejects_exactly(t, reason, result);
  },
  "run(), step 12: an event that the page makes up aborts nothing, and one that it stops is heard",
  { executors: { remote: { outcome: "stall" } } },
);

modelTest(async (t, recorder) => {
  const remote = new Remote({ hold: 0 });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  const controller = new AbortController();
  const result = model.run(affineInputs(1, 2, 3), { signal: controller.signal });
  await remote.requests(1);
  controller.abort();
  await promise_rejects_dom(t, "AbortError", result);
  await remote.release();
  assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
}, "run(), steps 12 and 14: a signal that is aborted while the server answers");

modelTest(async (t, recorder) => {
  const controller = new AbortController();
  const model = await createModel(t, recorder);
  const result = await model.run(affineInputs(1, 2, 3), { signal: controller.signal });
  controller.abort();
  assertAffineResult(result, 1, 2, 3);
}, "settle a run, step 1, and cancel a run, step 1: a signal that is aborted afterwards changes nothing");
