// META: title=Receipts
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

modelTest(async (t, recorder) => {
  const model = await createModel(t, recorder);
  await executors(t, { client: { latency: 250 } });
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  assert_array_equals(
    Object.keys(receipt),
    ["attempts", "duration", "fidelity", "inputBytesSent", "placement", "variant"],
    "members",
  );
  assert_equals(receipt.placement, "client");
  assert_equals(receipt.variant, "exact");
  assert_equals(receipt.fidelity, 1);
  assert_equals(receipt.duration, 250);
  assert_equals(receipt.inputBytesSent, 0);

  const [attempt, ...others] = receipt.attempts;
  assert_array_equals(others, []);
  assert_array_equals(
    Object.keys(attempt),
    ["duration", "fidelity", "inputBytesSent", "parts", "placement", "succeeded", "variant"],
    "members of the attempt",
  );
  assert_equals(attempt.placement, "client");
  assert_array_equals(attempt.parts, ["client"]);
  assert_equals(attempt.variant, "exact");
  assert_equals(attempt.fidelity, 1);
  assert_true(attempt.succeeded);
  assert_equals(attempt.duration, 250);
  assert_equals(attempt.inputBytesSent, 0);
}, "write a receipt, steps 2.2 and 4, and write down an attempt, steps 3 and 7: a run on the client");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const manifest = remoteOnlyManifest({
    variants: [hugeVariant(), hugeVariant({ name: "rough", fidelity: 0.5 })],
  });
  const model = await createModel(t, recorder, {
    manifest,
    remotes: [{ url: remote.url(), variant: "rough" }],
  });
  await executors(t, { remote: { latency: 40 } });
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  assert_equals(receipt.placement, "remote");
  assert_equals(receipt.variant, "rough");
  assert_equals(receipt.fidelity, 0.5);
  const [attempt] = receipt.attempts;
  assert_equals(attempt.origin, location.origin);
  assert_array_equals(attempt.parts, ["remote"]);
  assert_equals(attempt.duration, 40);
  assert_greater_than(attempt.inputBytesSent, 12);
  assert_equals(receipt.inputBytesSent, attempt.inputBytesSent);
}, "write down an attempt, step 5: a run on a remote");

modelTest(async (t, recorder) => {
  const [first, second] = [new Remote({ status: 404 }), new Remote({ wrong: "shape" })];
  const model = await createRemoteModel(t, recorder, { url: first.url() }, { url: second.url() });
  const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3)));
  const [one, two] = receipt.attempts;
  assert_equals(one.failure, "status");
  assert_false("claimed" in one, "it said nothing");
  assert_equals(two.failure, "response");
  assert_equals(two.claimed.modelName, "affine");
  assert_false(one.succeeded || two.succeeded);
  assert_equals(receipt.inputBytesSent, one.inputBytesSent + two.inputBytesSent);
  const sent = [...(await first.requests()), ...(await second.requests())];
  const bytes = sent.reduce((sum, { body }) => sum + body.length, 0);
  assert_equals(receipt.inputBytesSent, bytes, "all that left, and no more");
}, "write a receipt, steps 3.1 and 3.2, and write down an attempt, steps 4 and 6: a failure tells of all attempts, and of all bytes that left");

modelTest(async (t, recorder) => {
  const model = await createRemoteModel(t, recorder, { url: new Remote({ status: 404 }).url() });
  const error = await model.run(affineInputs(1, 2, 3)).catch((reason) => reason);
  assert_true(error instanceof ModelRunError);
  assert_true(error instanceof DOMException);
  assert_equals(error.name, "ModelRunError");
  assert_equals(error.code, 0);
  assert_true(error.message.includes("status"), error.message);
}, "conclude a run, step 1.5: a failure is a ModelRunError, which says what failed");

modelTest(async (t, recorder) => {
  const first = Promise.withResolvers();
  const y = { dataType: "float32", shape: [3], data: Float32Array.of(3, 5, 7) };
  const remotes = [
    { run: () => first.promise },
    {
      run: async () => {
        first.resolve({ y });
        return { y };
      },
    },
  ];
  const model = await createRemoteModel(t, recorder, ...remotes);
  const result = await model.run(affineInputs(1, 2, 3));
  assertAffineResult(result, 1, 2, 3);
  const { attempts } = result.receipt;
  assert_equals(attempts.length, 2, "both were tried");
  assert_equals(attempts.filter(({ succeeded }) => succeeded).length, 1, "one gave the outputs");
  assert_equals(attempts.find(({ succeeded }) => !succeeded).failure, "aborted");
}, "write down an attempt, step 2, and conclude a run, step 1.2: of two that answer together one gave the outputs");

test(() => {
  const attempt = {
    placement: "remote",
    parts: ["remote"],
    variant: "exact",
    fidelity: 1,
    succeeded: false,
    failure: "network",
    duration: 1,
    inputBytesSent: 12,
  };
  const receipt = { placement: "none", duration: 1, inputBytesSent: 12, attempts: [attempt] };
  const error = new ModelRunError("words", receipt);
  assert_true(error instanceof DOMException);
  assert_equals(error.name, "ModelRunError");
  assert_equals(error.message, "words");
  assert_equals(error.code, 0);
  assert_equals(JSON.stringify(error.receipt().attempts[0].failure), '"network"');
  assert_equals(error.receipt().duration, 1);
}, "new ModelRunError(message, receipt), steps 1, 2, and 3, and receipt(), step 1: a page can make one");

test(() => {
  assert_throws_js(TypeError, () => new ModelRunError());
  assert_throws_js(TypeError, () => new ModelRunError("words"));
  assert_throws_js(TypeError, () => new ModelRunError("words", {}));
  assert_throws_js(TypeError, () => ModelRunError("words", {}));
}, "new ModelRunError(message, receipt): not without a receipt");
