// META: title=ModelCapabilities.query() in frames
// META: script=../resources/recorder.js
// META: script=../resources/files.js

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

promise_test(async (t) => {
  const frame = await loadedFrame(t);
  const { DOMException, navigator } = frame.contentWindow;
  const { modelCapabilities } = navigator;
  frame.remove();
  const recorder = new Recorder();
  const manifest = serveManifest(affineManifest(), recorder);
  await promise_rejects_dom(t, "InvalidStateError", DOMException, modelCapabilities.query({ manifest }));
  await promise_rejects_dom(
    t,
    "InvalidStateError",
    DOMException,
    modelCapabilities.query({ manifest: "https://" }),
    "before anything that is asked is looked at",
  );
  assert_equals((await recorder.requests()).length, 0, "requests");
}, "query(), step 2: a document that is not fully active");

promise_test(async (t) => {
  const frame = await loadedFrame(t, "model-capabilities 'none'");
  const { DOMException, TypeError, navigator } = frame.contentWindow;
  const recorder = new Recorder();
  const manifest = serveManifest(affineManifest(), recorder);
  await promise_rejects_js(t, TypeError, navigator.modelCapabilities.query({ manifest: "https://" }));
  await promise_rejects_dom(
    t,
    "NotAllowedError",
    DOMException,
    navigator.modelCapabilities.query({ manifest }),
  );
  assert_equals((await recorder.requests()).length, 0, "requests");
}, "query(), step 5: a frame whose embedder does not allow it");

promise_test(async (t) => {
  const frame = await loadedFrame(t);
  const manifest = serveManifest(affineManifest(), new Recorder());
  const fit = await frame.contentWindow.navigator.modelCapabilities.query({ manifest });
  assert_true(fit.supported);
}, "query(), step 5: a frame of the same origin needs no one's word");
