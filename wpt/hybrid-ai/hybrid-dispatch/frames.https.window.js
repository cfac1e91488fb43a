// META: title=HybridModel in frames
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/remote.js
// META: script=../resources/hybrid-model.js

"use strict";

/** A frame with a document of this origin. */
async function loadedFrame(t, allow) {
  const frame = document.createElement("iframe");
  if (allow !== undefined) frame.setAttribute("allow", allow);
  frame.src = "../resources/frame.html";
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  document.body.append(frame);
  t.add_cleanup(() => frame.remove());
  await loaded;
  return frame;
}

for (const [method, inactive, forbidden] of [
  ["availability", 2, 7],
  ["create", 2, 9],
]) {
  modelTest(async (t, recorder) => {
    const frame = await loadedFrame(t);
    const { DOMException, HybridModel } = frame.contentWindow;
    frame.remove();
    const manifest = serveManifest(affineManifest(), recorder);
    await promise_rejects_dom(t, "InvalidStateError", DOMException, HybridModel[method]({ manifest }));
    const wrong = HybridModel[method]({ manifest: "https://" });
    await promise_rejects_dom(t, "InvalidStateError", DOMException, wrong, "before anything is looked at");
    assert_array_equals(await recorder.requests(), [], "no request was made");
  }, `${method}(), step ${inactive}: a document that is not fully active`);

  modelTest(async (t, recorder) => {
    const frame = await loadedFrame(t, "hybrid-model 'none'");
    const { DOMException, HybridModel, TypeError } = frame.contentWindow;
    const manifest = serveManifest(affineManifest(), recorder);
    await promise_rejects_js(t, TypeError, HybridModel[method]({ manifest: "https://" }));
    await promise_rejects_js(t, TypeError, HybridModel[method]({ manifest, remotes: [{}] }));
    await promise_rejects_dom(t, "NotAllowedError", DOMException, HybridModel[method]({ manifest }));
    assert_array_equals(await recorder.requests(), [], "no request was made");
  }, `${method}(), step ${forbidden}: a frame whose embedder does not allow it`);
}

modelTest(async (t, recorder) => {
  const frame = await loadedFrame(t, "hybrid-model 'none'");
  const { HybridModel } = frame.contentWindow;
  const manifest = serveManifest(affineManifest(), recorder);
  const reason = new Error("enough");
  await promise_rejects_exactly(
    t,
    reason,
    HybridModel.create({ manifest, signal: AbortSignal.abort(reason) }),
  );
  const monitor = () => assert_unreached("the monitor is asked last");
  await HybridModel.create({ manifest, monitor }).then(assert_unreached, () => {});
}, "create(), steps 8 and 9: the signal comes before the policy, and the policy before the monitor");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const frame = await loadedFrame(t);
  const { DOMException, Float32Array, HybridModel, ModelRunError, Promise } = frame.contentWindow;
  const manifest = serveManifest(remoteOnlyManifest(), recorder);
  const model = await HybridModel.create({
    manifest,
    remotes: [{ url: remote.url() }, { run: async () => ({}) }],
  });
  assert_true(model instanceof HybridModel);
  assert_true(model.clientReady instanceof Promise);
  const { outputs } = await model.run(affineInputs(1, 2, 3));
  assert_true(outputs.y.data instanceof Float32Array);

  const failing = await HybridModel.create({ manifest, remotes: [{ run: async () => ({}) }] });
  const error = await failing.run(affineInputs(1, 2, 3)).catch((reason) => reason);
  assert_true(error instanceof ModelRunError);
  assert_true(error instanceof DOMException);

  frame.remove();
  await promise_rejects_dom(t, "InvalidStateError", DOMException, model.run(affineInputs(1, 2, 3)));
}, "run(), step 1, and conclude a run, steps 1.4.2 and 1.5: everything is of the frame's realm, and ends with it");
