// META: title=The client's side of a HybridModel
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

const executors = (t, values) => virtualEnvironment(t, { deviceClass: "class-8", executors: values });
const failures = ({ attempts }) =>
  attempts.map(({ placement, failure = "none" }) => `${placement}: ${failure}`);

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder, { manifest: affinePartsManifest() });
  const result = await model.run(affineInputs(1, 2, 3));
  assertAffineResult(result, 1, 2, 3);
  assert_array_equals(result.receipt.attempts[0].parts, ["client", "client"]);
  assert_equals((await navigator.modelCache.keys()).length, 2);
}, "execute on the client, steps 6.6 and 8, and load the client, step 4.5: the parts run one after another");

modelTest(async (t, recorder) => {
  const urls = [recorder.url("affine.onnx")];
  const parts = [{ file: affineModelFile({ urls }), inputs: ["x"], outputs: ["y"] }];
  const manifest = affineManifest({ variants: [affineVariant({ parts })] });
  for (let visit = 0; visit < 2; visit += 1) {
    const model = await createModel(t, recorder, { manifest });
    assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
    model.destroy();
  }
  const weights = (await recorder.requests()).filter(({ resource }) => resource === "affine.onnx");
  assert_equals(weights.length, 1);
}, "prepare the client, steps 7.2 and 7.3: what is stored is not fetched again");

modelTest(async (t, recorder) => {
  await executors(t, { client: { outcome: "fail" } });
  await promise_rejects_dom(t, "OperationError", createModel(t, recorder));
}, "load the client, step 3: without remotes, a client that cannot load the model is an OperationError");

modelTest(async (t, recorder) => {
  await executors(t, { client: { outcome: "fail" } });
  const model = await createModel(t, recorder, { remotes: [{ url: new Remote().url() }] });
  await promise_rejects_dom(t, "OperationError", model.clientReady);
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  assert_equals(receipt.placement, "remote");
}, "load the client, step 3: with a remote, the model runs there");

modelTest(async (t, recorder) => {
  const file = bytesFile();
  const variants = [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["y"] }] })];
  await promise_rejects_dom(
    t,
    "OperationError",
    createModel(t, recorder, { manifest: affineManifest({ variants }) }),
  );
}, "load a part, step 3: bytes that are no model are an OperationError");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder, { remotes: [{ url: new Remote().url() }] });
  await model.clientReady;
  await executors(t, { client: { outcome: "lose" } });
  const { outputs, receipt } = await model.run(affineInputs(1, 2, 3));
  assertAffineResult({ outputs }, 1, 2, 3);
  assert_array_equals(failures(receipt), ["client: lost", "remote: none"]);
}, "execute on the client, step 4.2: when the client is lost, a remote is tried");

modelTest(async (t, recorder) => {
  const urls = [recorder.url("affine.onnx")];
  const parts = [{ file: affineModelFile({ urls }), inputs: ["x"], outputs: ["y"] }];
  const model = await createModel(t, recorder, {
    manifest: affineManifest({ variants: [affineVariant({ parts })] }),
  });
  await executors(t, { client: { outcome: "lose" } });
  const lost = assertRunFails(model.run(affineInputs(1, 2, 3)), "lost");
  await recorder.clear();
  await executors(t, {});
  await lost;
  assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
  assert_array_equals(await recorder.requests(), [], "no request was made");
  assert_false(await isSettled(model.lost));
}, "execute on the client, step 4.1, and lose the client, step 7: a lost client comes back, without the network");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  for (let round = 0; round < 3; round += 1) {
    await executors(t, { client: { outcome: "lose" } });
    await assertRunFails(model.run(affineInputs(1, 2, 3)), "lost");
    await executors(t, {});
    assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
  }
}, "execute on the client, step 7, and lose the client, step 3: a client that has run again can be lost again, and come back");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  await executors(t, { client: { outcome: "lose" } });
  for (let run = 0; run < 2; run += 1) {
    assert_false(await isSettled(model.lost));
    await assertRunFails(model.run(affineInputs(1, 2, 3)), "lost");
  }
  const { reason, message } = await model.lost;
  assert_equals(reason, "unavailable");
  assert_equals(typeof message, "string");
  await promise_rejects_dom(t, "InvalidStateError", model.run(affineInputs(1, 2, 3)));
}, "lose the client, steps 5 and 6, and give up the client, steps 2, 4.3, and 4.4: a client that is lost again before it has run once is given up");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder, { remotes: [{ url: new Remote().url() }] });
  await model.clientReady;
  await executors(t, { client: { outcome: "lose" } });
  for (let run = 0; run < 3; run += 1) assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
  assert_false(await isSettled(model.lost));
}, "give up the client, step 4.2: with a remote, it is not");

modelTest(async (t, recorder) => {
  const float = { dataType: "float32", shape: [4] };
  const manifest = affineManifest({ outputs: { y: float } });
  const model = await createModel(t, recorder, { manifest });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "backend");
}, "carry out a plan, step 5: outputs that are not what the manifest says are a failure");

modelTest(async (t, recorder) => {
  const file = affineModelFile();
  const variants = [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["z"] }] })];
  const manifest = affineManifest({ variants, outputs: { z: { dataType: "float32", shape: [3] } } });
  const model = await createModel(t, recorder, { manifest });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "backend");
}, "execute on the client, step 6.5: an output that the file does not have is a failure");
