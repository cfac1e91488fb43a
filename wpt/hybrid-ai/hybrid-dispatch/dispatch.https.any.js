// META: title=Dispatch
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

const failures = ({ attempts }) =>
  attempts.map(({ placement, failure = "none" }) => `${placement}: ${failure}`);

/** A model that both can run, with the client ready. */
async function createBoth(t, recorder, ...remotes) {
  const model = await createModel(t, recorder, { remotes });
  await model.clientReady;
  return model;
}

/** From now on the executors are like this. */
const executors = (t, values) => virtualEnvironment(t, { deviceClass: "class-8", executors: values });

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createBoth(t, recorder, { url: remote.url() });
  await executors(t, { client: { outcome: "fail" } });
  const { outputs, receipt } = await model.run(affineInputs(1, 2, 3));
  assertAffineResult({ outputs }, 1, 2, 3);
  assert_array_equals(failures(receipt), ["client: backend", "remote: none"]);
  assert_equals((await remote.requests()).length, 1);

  await executors(t, {});
  const later = await model.run(affineInputs(1, 2, 3));
  assert_equals(later.receipt.placement, "client", "one failure does not end the client");
}, "dispatch a run, step 1.8.4, and execute on the client, step 3: when the client fails, a remote is tried");

modelTest(async (t, recorder) => {
  const [first, second] = [new Remote({ status: 500 }), new Remote()];
  const model = await createRemoteModel(t, recorder, { url: first.url() }, { url: second.url() });
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  assert_array_equals(failures(receipt), ["remote: status", "remote: none"]);
}, "dispatch a run, step 1.8.3, make an attempt, steps 3, 4.1, and 4.2, and write a receipt, step 3.1: when one remote fails, the next one is tried");

modelTest(async (t, recorder) => {
  const remote = new Remote({ status: 404 });
  const file = affineModelFile({ urls: [recorder.url("affine.onnx", { hold: 10 })] });
  const variants = [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["y"] }] })];
  const model = await createModel(t, recorder, {
    manifest: affineManifest({ variants }),
    remotes: [{ url: remote.url() }],
  });
  const running = model.run(affineInputs(1, 2, 3));
  await remote.requests(1);
  assert_false(await isSettled(running), "it waits for the client");
  await recorder.release();
  const { outputs, receipt } = await running;
  assertAffineResult({ outputs }, 1, 2, 3);
  assert_array_equals(failures(receipt), ["remote: status", "client: none"]);
}, "dispatch a run, step 1.9: when the remote fails while the client prepares, the run waits for it");

modelTest(async (t, recorder) => {
  const remotes = [{ url: new Remote({ status: 404 }).url() }, { run: async () => {} }];
  const model = await createBoth(t, recorder, ...remotes);
  await executors(t, { client: { outcome: "fail" } });
  const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3)));
  assert_array_equals(failures(receipt), ["client: backend", "remote: status", "remote: function"]);
}, "dispatch a run, step 1.6: when all have failed, the run fails, and each was tried once");

modelTest(async (t, recorder) => {
  const model = await createBoth(t, recorder, { url: new Remote().url() });
  await executors(t, { client: { outcome: "stall" } });
  const { outputs, receipt } = await model.run(affineInputs(1, 2, 3), { deadline: 1000 });
  assertAffineResult({ outputs }, 1, 2, 3);
  assert_array_equals(failures(receipt), ["client: aborted", "remote: none"]);
  assert_equals(receipt.duration, 500, "half of the time was the client's");
}, "dispatch a run, step 1.8.5, and conclude a run, step 1.2: when the client stalls, a remote is tried beside it");

modelTest(async (t, recorder) => {
  const model = await createBoth(t, recorder, { url: new Remote().url() });
  await executors(t, { client: { outcome: "stall" } });
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  assert_array_equals(failures(receipt), ["client: aborted", "remote: none"]);
  assert_equals(receipt.duration, 10_000);
}, "patience: without a deadline it ends, too");

modelTest(async (t, recorder) => {
  const run = () => new Promise(() => {});
  const model = await createBoth(t, recorder, { run });
  await executors(t, { client: { latency: 700 } });
  const { receipt } = await model.run(affineInputs(1, 2, 3), { deadline: 1000 });
  assert_array_equals(failures(receipt), ["client: none", "remote: aborted"]);
  assert_equals(receipt.duration, 700);
}, "dispatch a run, step 1.2, and settle a run, steps 3.1, 3.2, and 3.3: an attempt that takes long is not ended, and the first answer counts");

modelTest(async (t, recorder) => {
  const model = await createBoth(t, recorder, { url: new Remote().url() });
  await executors(t, { client: { latency: 300 }, remote: { outcome: "stall" } });
  const { receipt } = await model.run(affineInputs(1, 2, 3), { deadline: 1000 });
  assert_array_equals(failures(receipt), ["client: none"]);
}, "dispatch a run, step 1.8: within patience no other plan is tried");

modelTest(async (t, recorder) => {
  const model = await createBoth(t, recorder, { url: new Remote().url() });
  await executors(t, { client: { outcome: "stall" }, remote: { outcome: "stall" } });
  const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3), { deadline: 1000 }));
  assert_array_equals(failures(receipt), ["client: deadline", "remote: deadline"]);
  assert_equals(receipt.duration, 1000);
}, "dispatch a run, step 1.3, and conclude a run, step 1.2: at the deadline the run fails, with what was under way");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createBoth(t, recorder, { url: remote.url() });
  const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3), { deadline: 0 }));
  assert_array_equals(receipt.attempts, []);
  assert_array_equals(await remote.requests(), []);
}, "dispatch a run, step 1.3: a deadline that has passed is not tried");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await executors(t, { remote: { outcome: "fail" } });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "network");
  assert_array_equals(await remote.requests(), []);
}, "run on a remote, step 2: a remote that fails is a network failure");

modelTest(async (t, recorder) => {
  const calls = [];
  const run = async ({ x }) => {
    calls.push(x.data[0]);
    return { y: { dataType: "float32", shape: [3], data: x.data.map((each) => 2 * each + 1) } };
  };
  const model = await createRemoteModel(t, recorder, { run });
  const order = [1, 2, 3, 4, 5];
  const results = await Promise.all(order.map((each) => model.run(affineInputs(each, 0, 0))));
  results.forEach((result, index) => assertAffineResult(result, order[index], 0, 0));
  assert_array_equals(calls, order);
}, "run(), step 13: runs begin in the order of the calls");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  const order = Array.from({ length: 20 }, (_, index) => index);
  const results = await Promise.all(order.map((each) => model.run(affineInputs(each, 0, 0))));
  results.forEach((result, index) => assertAffineResult(result, order[index], 0, 0));
}, "execute on the client, step 6: runs at the same time do not mix");

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  const kept = await model.run(affineInputs(1, 2, 3));
  assertAffineResult(await model.run(affineInputs(4, 5, 6)), 4, 5, 6);
  assertAffineResult(kept, 1, 2, 3);
}, "conclude a run, steps 1.4.2 and 1.4.3, and make an attempt, steps 5.1 and 5.2: outputs belong to the page");
