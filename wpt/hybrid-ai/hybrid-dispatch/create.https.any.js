// META: title=HybridModel.create()
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
  assert_true(model instanceof HybridModel);
  assert_equals(model.clientReady, model.clientReady, "one promise");
  assert_equals(model.lost, model.lost, "one promise");
  assert_equals(await model.clientReady, undefined);
  assert_false(await isSettled(model.lost));
  const result = await model.run(affineInputs(1, 2, 3));
  assertAffineResult(result, 1, 2, 3);
  assert_equals(result.receipt.placement, "client");
}, "create(), steps 13.4 and 14, finish a creation, step 12, clientReady, step 1, lost, step 1, list the plans, step 2, and load the client, steps 5 and 6: without remotes, the model is there once the client is ready");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const file = affineModelFile({ urls: [recorder.url("affine.onnx", { hold: 10 })] });
  const variants = [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["y"] }] })];
  const manifest = affineManifest({ variants });
  const model = await createModel(t, recorder, { manifest, remotes: [{ url: remote.url() }] });

  const first = await model.run(affineInputs(1, 2, 3));
  assertAffineResult(first, 1, 2, 3);
  assert_equals(first.receipt.placement, "remote");
  assert_false(await isSettled(model.clientReady));

  await recorder.release();
  await model.clientReady;
  const second = await model.run(affineInputs(1, 2, 3));
  assertAffineResult(second, 1, 2, 3);
  assert_equals(second.receipt.placement, "client");
  assert_equals(second.receipt.inputBytesSent, 0);
  assert_equals((await remote.requests()).length, 1);
}, "create(), steps 13.4 and 14, finish a creation, step 11, list the plans, steps 3.7 and 4, and cut a variant, step 2: with a remote, the model is there at once, and moves to the client when that is ready");

for (const remotes of [[], [{ url: "/v2/models/affine" }]]) {
  modelTest(async (t, recorder) => {
    const creation = createModel(t, recorder, {
      manifest: remoteOnlyManifest(),
      exposure: "device",
      remotes,
    });
    await promise_rejects_dom(t, "NotSupportedError", creation);
  }, `finish a creation, step 4: nothing can run it, with ${remotes.length} remotes, is a NotSupportedError`);
}

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await promise_rejects_dom(t, "NotSupportedError", model.clientReady);
}, "finish a creation, steps 9.1 and 9.2: clientReady is rejected if the client cannot run it");

modelTest(async (t, recorder) => {
  const remotes = [{ url: new Remote().url(), variant: "rough" }];
  const manifest = affineManifest({
    variants: [hugeVariant(), hugeVariant({ name: "rough", fidelity: 0.5 })],
  });
  const creation = createModel(t, recorder, { manifest, remotes, minFidelity: 0.6 });
  await promise_rejects_dom(t, "NotSupportedError", creation);
  const model = await createModel(t, recorder, { manifest, remotes, minFidelity: 0.5 });
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  assert_equals(receipt.variant, "rough");
  assert_equals(receipt.fidelity, 0.5);
}, "list the plans, step 3.3: the fidelity that the page requires counts for remotes, too");

modelTest(async (t, recorder) => {
  const creation = createModel(t, recorder, {
    manifest: remoteOnlyManifest(),
    remotes: [{ url: new Remote().url(), variant: "of another model" }],
  });
  await promise_rejects_dom(t, "NotSupportedError", creation);
}, "list the plans, step 3.2: a remote for a variant that does not exist is of no use");

for (const [step, what, options, error] of [
  [3, "a manifest of another scheme", { manifest: "data:,{}" }, TypeError],
  [3, "integrity without a hash", { manifest: "/", integrity: "md5-abc" }, TypeError],
  [4, "a latency below 0", { manifest: "/", maxLatency: -1 }, RangeError],
  [6, "a wrong remote", { manifest: "/", remotes: [{}] }, TypeError],
]) {
  modelTest(
    (t) => promise_rejects_js(t, error, HybridModel.create(options)),
    `create(), step ${step}: ${what} is a ${error.name}`,
  );
}

for (const [what, body, options, error] of [
  ["is not there", "{}", { status: 404 }, "NetworkError"],
  ["the server fails to send", "{}", { status: 500 }, "NetworkError"],
  ["is withheld by CORS", "{}", { cors: false, origin: get_host_info().REMOTE_ORIGIN }, "NetworkError"],
  ["is too large", "{}", { pad: 70000 }, "NetworkError"],
  ["is a web page", "<!doctype html>", { type: "text/html" }, "DataError"],
  ["is no JSON", "{", {}, "DataError"],
  ["says nothing", "{}", {}, "DataError"],
]) {
  modelTest(async (t, recorder) => {
    const creation = HybridModel.create({
      manifest: serveManifest(body, recorder, options),
      remotes: [{ url: new Remote().url() }],
    });
    await promise_rejects_dom(t, error, creation);
    assert_array_equals(await navigator.modelCache.keys(), [], "nothing is stored");
  }, `create(), step 13.1: a manifest that ${what} is a ${error}`);
}

/** A manifest whose one file is served like this. */
function manifestServing(recorder, options, members) {
  const file = affineModelFile({ urls: [recorder.url("affine.onnx", options)], ...members });
  return affineManifest({ variants: [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["y"] }] })] });
}

for (const [what, options, error] of [
  ["is not there", { status: 404 }, "NetworkError"],
  ["is not what its digest names", { flip: 7 }, "DataError"],
  ["is longer than declared", { pad: 1 }, "DataError"],
]) {
  modelTest(async (t, recorder) => {
    await promise_rejects_dom(
      t,
      error,
      createModel(t, recorder, { manifest: manifestServing(recorder, options) }),
    );
    assert_array_equals(await navigator.modelCache.keys(), [], "nothing is stored");
  }, `prepare the client, step 7.2, and give up the client, step 4.1: without remotes, a file that ${what} is a ${error}`);

  modelTest(async (t, recorder) => {
    const remotes = [{ url: new Remote().url() }];
    const model = await createModel(t, recorder, { manifest: manifestServing(recorder, options), remotes });
    await promise_rejects_dom(t, error, model.clientReady);
    assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
    assert_false(await isSettled(model.lost));
  }, `give up the client, step 4.2: with a remote, a file that ${what} leaves a model that runs there`);
}

// --- signal

modelTest(async (t, recorder) => {
  const reason = new Error("enough");
  const manifest = serveManifest(affineManifest(), recorder);
  const creation = HybridModel.create({ manifest, signal: AbortSignal.abort(reason) });
  await promise_rejects_exactly(t, reason, creation);
  assert_array_equals(await recorder.requests(), [], "no request was made");
}, "create(), step 8: a signal that is aborted before");

modelTest(async (t, recorder) => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const manifest = serveManifest(affineManifest(), recorder, { hold: 10 });
  const creation = HybridModel.create({ manifest, signal: controller.signal });
  await recorder.requests(1);
  controller.abort(reason);
  await promise_rejects_exactly(t, reason, creation);
  await recorder.release();
}, "create(), step 13.1: a signal that is aborted while the manifest comes");

modelTest(async (t, recorder) => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const manifest = serveManifest(manifestServing(recorder, { hold: 10 }), recorder);
  const creation = HybridModel.create({ manifest, signal: controller.signal });
  await recorder.requests(2);
  controller.abort(reason);
  await promise_rejects_exactly(t, reason, creation);
  await recorder.release();
}, "finish a creation, step 8: a signal that is aborted while the client's files come");

modelTest(async (t, recorder) => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const model = await createModel(t, recorder, { signal: controller.signal });
  controller.abort(reason);
  assert_equals((await model.lost).reason, "destroyed");
  await promise_rejects_dom(t, "InvalidStateError", model.run(affineInputs(1, 2, 3)));
}, "finish a creation, step 8: a signal that is aborted later ends the model");

// --- monitor

modelTest(async (t, recorder) => {
  const events = [];
  const model = await createModel(t, recorder, {
    manifest: affinePartsManifest(),
    monitor: (monitor) => {
      assert_true(monitor instanceof ModelMonitor);
      monitor.ondownloadprogress = ({ loaded, total }) => events.push({ loaded, total });
    },
  });
  await model.clientReady;
  assert_equals(events.at(0).loaded, 0);
  assert_equals(events.at(-1).loaded, 1);
  const fractions = events.map(({ loaded }) => loaded);
  assert_array_equals(
    fractions,
    fractions.toSorted((a, b) => a - b),
    "it grows",
  );
  assert_array_equals([...new Set(fractions)], fractions, "none comes twice");
}, "prepare the client, step 7.1: progress is that of all parts together, from 0 to 1");

modelTest(async (t, recorder) => {
  const manifest = serveManifest(affineManifest(), recorder);
  let isCalled = false;
  const creation = HybridModel.create({ manifest, monitor: () => (isCalled = true) });
  assert_true(isCalled, "before create() returns");
  (await creation).destroy();
}, "create(), step 11: the monitor is given at once");

modelTest(async (t, recorder) => {
  const error = new Error("no monitor");
  const monitor = () => {
    throw error;
  };
  await promise_rejects_exactly(t, error, createModel(t, recorder, { monitor }));
}, "create(), step 11: an exception of the monitor callback is the rejection");
