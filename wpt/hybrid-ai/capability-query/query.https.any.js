// META: title=ModelCapabilities.query()
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

/** Requires that the query is refused before any request is made. */
async function assertIsRefusedAtOnce(t, type, model) {
  const recorder = new Recorder();
  const manifest = serveManifest(affineManifest(), recorder);
  await promise_rejects_js(t, type, navigator.modelCapabilities.query({ manifest, ...model }));
  assert_equals((await recorder.requests()).length, 0, "requests");
}

test(() => {
  assert_true(navigator.modelCapabilities instanceof ModelCapabilities);
  assert_equals(navigator.modelCapabilities, navigator.modelCapabilities);
}, "modelCapabilities, step 1: one object, each time");

promise_test(async (t) => {
  await virtualEnvironment(t, {});
  await promise_rejects_js(t, TypeError, navigator.modelCapabilities.query());
  await promise_rejects_js(t, TypeError, navigator.modelCapabilities.query({}));
}, "query(), step 3: there is a manifest to ask for");

promise_test(async (t) => {
  await virtualEnvironment(t, {});
  await assertIsRefusedAtOnce(t, TypeError, { manifest: "https://" });
}, "query(), step 3: a URL that cannot be used");

for (const maxLatency of [-1, -0.001]) {
  promise_test(async (t) => {
    await virtualEnvironment(t, {});
    await assertIsRefusedAtOnce(t, RangeError, { maxLatency });
  }, `validate model requirements, step 1: maxLatency ${maxLatency}`);
}

for (const minFidelity of [-0.1, 1.1, 95]) {
  promise_test(async (t) => {
    await virtualEnvironment(t, {});
    await assertIsRefusedAtOnce(t, RangeError, { minFidelity });
  }, `validate model requirements, step 2: minFidelity ${minFidelity}`);
}

for (const value of [NaN, Infinity, "fast"]) {
  promise_test(async (t) => {
    await virtualEnvironment(t, {});
    await assertIsRefusedAtOnce(t, TypeError, { maxLatency: value });
    await assertIsRefusedAtOnce(t, TypeError, { minFidelity: value });
  }, `query(), step 4: ${value} is no requirement`);
}

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const recorder = new Recorder();
  const parts = [
    { file: affineModelFile({ urls: [recorder.url("affine.onnx")] }), inputs: ["x"], outputs: ["y"] },
  ];
  const assets = { words: bytesFile({ urls: [recorder.url("bytes.txt")] }) };
  const manifest = affineManifest({ variants: [affineVariant({ parts })], assets });
  const fit = await navigator.modelCapabilities.query({ manifest: serveManifest(manifest, recorder) });
  assert_true(fit.supported);
  const requests = await recorder.requests();
  assert_equals(requests.length, 1, "requests: the manifest's alone");
  assert_array_equals(await navigator.modelCache.keys(), [], "what is stored");
}, "query(), step 7.1: nothing but the manifest is fetched, and nothing is stored");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const url = new URL(serveManifest(affineManifest(), new Recorder()));
  const fit = await navigator.modelCapabilities.query({ manifest: url });
  assert_true(fit.supported);
}, "query(), step 7.1: a URL object is converted to a string");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const source = { manifest: serveManifest(affineManifest(), new Recorder(), { status: 404 }) };
  await promise_rejects_dom(t, "NetworkError", navigator.modelCapabilities.query(source));
}, "query(), step 7.1: a manifest that is not there rejects the promise");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const manifest = serveManifest(affineManifest(), new Recorder());
  const fits = await Promise.all(
    Array.from({ length: 3 }, () => navigator.modelCapabilities.query({ manifest })),
  );
  for (const fit of fits) assert_equals(fit.variant, "exact");
}, "query(), step 8: each call has a promise of its own");
