// META: title=Remotes that ask to come back later
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

const busy = (options) =>
  new Remote({ status: 429, headers: { "Retry-After": "2" }, failures: 1, ...options });

for (const status of [402, 429, 503]) {
  modelTest(async (t, recorder) => {
    const remote = busy({ status });
    const model = await createRemoteModel(t, recorder, { url: remote.url() });
    await assertRunFails(model.run(affineInputs(1, 2, 3)), "busy");

    const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3), { deadline: 1000 }));
    assert_array_equals(receipt.attempts, [], "nothing is tried before its time");
    assert_equals((await remote.requests()).length, 1);
  }, `close a remote, step 5: ${status} with Retry-After closes the remote for all runs`);
}

modelTest(async (t, recorder) => {
  const remote = busy();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "busy");
  const result = await model.run(affineInputs(1, 2, 3), { deadline: 5000 });
  assertAffineResult(result, 1, 2, 3);
  assert_greater_than_equal(result.receipt.duration, 1900, "it waited");
  assert_less_than(result.receipt.duration, 2100, "no longer than it had to");
}, "dispatch a run, step 1.9: a run waits for a remote that opens before its deadline");

modelTest(async (t, recorder) => {
  const remote = busy();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  const failing = model.run(affineInputs(1, 2, 3));
  await assertRunFails(failing, "busy");
  assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
}, "dispatch a run, step 1.9: a run without a deadline waits as long as it takes");

modelTest(async (t, recorder) => {
  const [first, second] = [busy(), new Remote()];
  const model = await createRemoteModel(t, recorder, { url: first.url() }, { url: second.url() });
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  assert_array_equals(
    receipt.attempts.map(({ failure }) => failure),
    ["busy", undefined],
  );
  const later = await model.run(affineInputs(1, 2, 3));
  assert_equals(later.receipt.attempts.length, 1, "the closed one is not tried");
  assert_equals((await first.requests()).length, 1);
  assert_equals((await second.requests()).length, 2);
}, "dispatch a run, step 1.7: while one remote is closed, another one is asked");

for (const headers of [{}, { "Retry-After": "soon" }, { "Retry-After": "-1" }]) {
  modelTest(
    async (t, recorder) => {
      const remote = busy({ headers });
      const model = await createRemoteModel(t, recorder, { url: remote.url() });
      await assertRunFails(model.run(affineInputs(1, 2, 3)), "busy");
      const { receipt } = await model.run(affineInputs(1, 2, 3));
      assert_less_than(receipt.duration, 1000);
    },
    `close a remote, step 4, and parse a retry delay, steps 1 and 3: ${JSON.stringify(headers)} does not close a remote`,
  );
}

modelTest(async (t, recorder) => {
  const remote = busy({ headers: { "Retry-After": "999999999" } });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "busy");
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  assert_less_than_equal(receipt.duration, 3_600_000);
  assert_greater_than(receipt.duration, 3_599_000);
}, "parse a retry delay, step 2: no answer closes a remote for more than an hour");
