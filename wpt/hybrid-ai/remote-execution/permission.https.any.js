// META: title=A limit that the user sets while a run is under way
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

const keepEverythingHere = (t) => virtualEnvironment(t, { deviceClass: "class-8", exposureLimit: "device" });

for (const [what, answers] of [
  ["authorizes", []],
  ["authorizes again", [{ Authorization: "Bearer stale" }]],
]) {
  modelTest(async (t, recorder) => {
    const remote = new Remote({ authorization: "Bearer fresh" });
    const asked = Promise.withResolvers();
    const answer = Promise.withResolvers();
    const authorize = async () => {
      if (answers.length > 0) return answers.shift();
      asked.resolve();
      return answer.promise;
    };
    const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
    const run = receiptOfFailure(model.run(affineInputs(1, 2, 3)));
    await asked.promise;
    const before = await remote.requests();

    await keepEverythingHere(t);
    answer.resolve({ Authorization: "Bearer fresh" });
    const receipt = await run;
    assert_equals((await remote.requests()).length, before.length, "no more requests");
    const sent = before.reduce((sum, { body }) => sum + body.length, 0);
    assert_equals(receipt.inputBytesSent, sent, "what did not leave is not counted");
  }, `send an inference request, step 1: a limit that the user sets while the page ${what}`);
}

modelTest(
  async (t, recorder) => {
    let calls = 0;
    const run = async () => {
      calls += 1;
    };
    const model = await createRemoteModel(t, recorder, { run });
    const running = receiptOfFailure(model.run(affineInputs(1, 2, 3)));
    await Promise.resolve();
    await keepEverythingHere(t);
    const receipt = await running;
    assert_equals(calls, 0, "the page's function is not called");
    assert_equals(receipt.inputBytesSent, 0);
  },
  "run through a function, step 3.1: a limit that the user sets before the page's function is called",
  { executors: { remote: { latency: 1000 } } },
);

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const file = affineModelFile({ urls: [recorder.url("affine.onnx", { hold: 10 })] });
  const variants = [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["y"] }] })];
  const manifest = affineManifest({ variants });
  const model = await createModel(t, recorder, { manifest, remotes: [{ url: remote.url() }] });
  await keepEverythingHere(t);
  const running = model.run(affineInputs(1, 2, 3));
  assert_false(await isSettled(running), "it waits for the client");
  assert_array_equals(await remote.requests(), []);
  await virtualEnvironment(t, { deviceClass: "class-8" });
  const result = await running;
  assertAffineResult(result, 1, 2, 3);
  assert_equals(result.receipt.placement, "remote");
  await recorder.release();
  await model.clientReady;
}, "dispatch a run, step 1.9: a limit that the user lifts lets a waiting run go on");
