// META: title=HybridModel.destroy()
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

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  model.destroy();
  const { reason, message } = await model.lost;
  assert_equals(reason, "destroyed");
  assert_equals(typeof message, "string");
  await promise_rejects_dom(t, "InvalidStateError", model.run(affineInputs(1, 2, 3)));
  await promise_rejects_dom(t, "InvalidStateError", model.run({}), "before the inputs are looked at");
}, "destroy(), step 1, run(), step 1, and end a model, steps 2 and 7: a model that was destroyed runs no more");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  model.destroy();
  model.destroy();
  assert_equals((await model.lost).reason, "destroyed");
  assert_equals(await model.clientReady, undefined, "it was ready once");
}, "end a model, steps 1 and 5: destroying twice does no harm");

for (const placement of ["client", "remote"]) {
  modelTest(async (t, recorder) => {
    const remotes = placement === "remote" ? [{ url: new Remote().url() }] : [];
    const manifest = placement === "remote" ? remoteOnlyManifest() : affineManifest();
    const model = await createModel(t, recorder, { manifest, remotes });
    await virtualEnvironment(t, { deviceClass: "class-8", executors: { [placement]: { outcome: "stall" } } });
    const runs = [1, 2].map((x) => model.run(affineInputs(x, 0, 0)));
    for (const run of runs) assert_false(await isSettled(run));
    model.destroy();
    for (const run of runs) await promise_rejects_dom(t, "AbortError", run);
  }, `end a model, step 3, and cancel a run, step 3: runs that are under way on the ${placement} are aborted`);
}

modelTest(async (t, recorder) => {
  const file = affineModelFile({ urls: [recorder.url("affine.onnx", { hold: 10 })] });
  const variants = [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["y"] }] })];
  const manifest = affineManifest({ variants });
  const model = await createModel(t, recorder, { manifest, remotes: [{ url: new Remote().url() }] });
  await recorder.requests(2);
  model.destroy();
  await promise_rejects_dom(t, "AbortError", model.clientReady);
  await recorder.release();
}, "end a model, steps 4 and 6: a client that is being prepared is not any more");

modelTest(async (t, recorder) => {
  const called = Promise.withResolvers();
  const run = (inputs, { signal }) => {
    called.resolve(signal);
    return new Promise(() => {});
  };
  const model = await createRemoteModel(t, recorder, { run });
  const result = model.run(affineInputs(1, 2, 3));
  const signal = await called.promise;
  assert_false(signal.aborted);
  model.destroy();
  assert_true(signal.aborted, "at once");
  await promise_rejects_dom(t, "AbortError", result);
}, "settle a run, step 3.3: a page's function is told that nobody waits");

modelTest(async (t, recorder) => {
  const [one, other] = [await createModel(t, recorder), await createModel(t, recorder)];
  one.destroy();
  assertAffineResult(await other.run(affineInputs(1, 2, 3)), 1, 2, 3);
  assert_false(await isSettled(other.lost));
}, "end a model, step 8: another model of the same files goes on");

for (const how of ["destroy()", "the signal of create()"]) {
  modelTest(async (t, recorder) => {
    const called = Promise.withResolvers();
    const run = (inputs, { signal }) => {
      called.resolve(signal);
      return new Promise(() => {});
    };
    const file = affineModelFile({ urls: [recorder.url("affine.onnx", { hold: 10, flip: 7 })] });
    const variants = [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["y"] }] })];
    const manifest = affineManifest({ variants });
    const controller = new AbortController();
    const { signal } = controller;
    const model = await createModel(t, recorder, { manifest, remotes: [{ run }], signal });
    const running = model.run(affineInputs(1, 2, 3));
    const ofTheRun = await called.promise;
    await virtualEnvironment(t, { deviceClass: "class-8", exposureLimit: "device" });
    await recorder.release();
    assert_equals((await model.lost).reason, "unavailable");
    assert_false(ofTheRun.aborted);
    if (how === "destroy()") model.destroy();
    else controller.abort();
    assert_true(ofTheRun.aborted, "at once");
    await promise_rejects_dom(t, "AbortError", running);
    assert_equals((await model.lost).reason, "unavailable", "it was lost before");
  }, `end a model, steps 1, 3, and 5: ${how} cancels a run that is under way when the model is unavailable`);
}
