// META: title=ModelCache in frames
// META: timeout=long
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/downloads.js

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

/** Each method, called so that nothing but the frame is wrong with it. */
const calls = {
  "fetch(), steps 2 and 7": (modelCache, file) => modelCache.fetch(file),
  "match(), steps 2 and 4": (modelCache, { digest }) => modelCache.match(digest),
  "keys(), steps 2 and 3": (modelCache) => modelCache.keys(),
  "delete(), steps 2 and 4": (modelCache, { digest }) => modelCache.delete(digest),
};

for (const [steps, call] of Object.entries(calls)) {
  promise_test(async (t) => {
    const recorder = new Recorder();
    const { file } = await freshFile(recorder);

    const gone = await loadedFrame(t);
    const { DOMException: DOMExceptionOfTheGone, navigator: navigatorOfTheGone } = gone.contentWindow;
    const { modelCache } = navigatorOfTheGone;
    gone.remove();
    await promise_rejects_dom(t, "InvalidStateError", DOMExceptionOfTheGone, call(modelCache, file));
    await promise_rejects_dom(
      t,
      "InvalidStateError",
      DOMExceptionOfTheGone,
      call(modelCache, { ...file, digest: "no" }),
      "before anything that is asked is looked at",
    );

    const forbidden = await loadedFrame(t, "model-cache 'none'");
    const { DOMException, TypeError, navigator } = forbidden.contentWindow;
    await promise_rejects_dom(t, "NotAllowedError", DOMException, call(navigator.modelCache, file));
    if (call.length === 2) {
      const invalid = { ...file, digest: "no" };
      await promise_rejects_js(t, TypeError, call(navigator.modelCache, invalid), "after the arguments");
    }
    assert_equals((await recorder.requests()).length, 0, "requests");
  }, `${steps}: a document that is not fully active, and one that is not allowed to`);
}

const reads = {
  "arrayBuffer(), step 1": (modelFile) => modelFile.arrayBuffer(),
  "blob(), step 1": (modelFile) => modelFile.blob(),
  "read(), step 1": (modelFile) => modelFile.read(new Uint8Array(1), modelFile.size + 1),
};

for (const [step, read] of Object.entries(reads)) {
  promise_test(async (t) => {
    await virtualEnvironment(t);
    const { file } = await freshFile(new Recorder());
    const frame = await loadedFrame(t);
    const { DOMException, navigator } = frame.contentWindow;
    const modelFile = await navigator.modelCache.fetch(file);
    frame.remove();
    await promise_rejects_dom(t, "InvalidStateError", DOMException, read(modelFile));
  }, `${step}: a document that is not fully active`);
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder);
  await navigator.modelCache.fetch(file);
  const frame = await loadedFrame(t);
  const { modelCache } = frame.contentWindow.navigator;
  const modelFile = await modelCache.match(file.digest);
  assert_true(modelFile instanceof frame.contentWindow.ModelFile);
  const buffer = await modelFile.arrayBuffer();
  assert_true(buffer instanceof frame.contentWindow.ArrayBuffer);
  assert_array_equals(new Uint8Array(buffer), bytes);
  await modelCache.fetch(file);
  assert_equals((await recorder.requests()).length, 1, "requests");
  assert_true(await modelCache.delete(file.digest));
  assert_equals(await navigator.modelCache.match(file.digest), null);
}, "look up a model file, step 1.4: the documents of a storage key share what is stored");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder, { hold: 3 });
  const frame = await loadedFrame(t);
  const fetching = [navigator, frame.contentWindow.navigator].map(({ modelCache }) => modelCache.fetch(file));
  await recorder.requests(1);
  await recorder.release();
  for (const modelFile of await Promise.all(fetching)) {
    assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  }
  assert_equals((await recorder.requests()).length, 1, "requests");
}, "run a download, step 4: the documents of a storage key make one download");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const size = 131172;
  const held = recorder.url({ pattern: size }, { hold: 131150, failures: 1 });
  const file = chunkedFile(recorder, { urls: [held], chunks: { size: 65536 } });
  const frame = await loadedFrame(t);
  const { navigator: navigatorOfTheFrame } = frame.contentWindow;
  void navigatorOfTheFrame.modelCache.fetch(file);
  // What comes of the third chunk comes when the first one is stored.
  await haveCome(file, 131100, navigatorOfTheFrame);
  const fetching = navigator.modelCache.fetch(file);
  frame.remove();
  const modelFile = await fetching;
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), patternBytes(size));
  const ranges = (await recorder.requests()).map(({ headers }) => headers.range ?? null);
  assert_equals(ranges.length, 2, "requests");
  assert_in_array(ranges[1], [`bytes=65536-${size - 1}`, `bytes=131072-${size - 1}`]);
}, "run a download, step 2: when the document that downloads goes, another carries on");
