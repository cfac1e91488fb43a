// META: title=HybridModel.availability()
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

const availability = (recorder, { manifest = affineManifest(), ...options } = {}) =>
  HybridModel.availability({ manifest: serveManifest(manifest, recorder), ...options });

modelTest(async (t, recorder) => {
  assert_equals(await availability(recorder, { manifest: remoteOnlyManifest() }), "unavailable");
}, "work out the availability, step 1.2: nothing can run it");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const options = { manifest: remoteOnlyManifest(), remotes: [{ url: remote.url() }] };
  assert_equals(await availability(recorder, options), "available");
  assert_array_equals(await remote.requests(), [], "the remote is not asked");
}, "work out the availability, step 1.1: a permitted remote is available");

for (const exposure of ["device", "site"]) {
  modelTest(async (t, recorder) => {
    const remote = new Remote({ origin: get_host_info().NOTSAMESITE_ORIGIN });
    const options = { exposure, manifest: remoteOnlyManifest(), remotes: [{ url: remote.url() }] };
    assert_equals(await availability(recorder, options), "unavailable");
  }, `work out the availability, step 1.1: a remote of another site is not permitted at "${exposure}"`);
}

modelTest(async (t, recorder) => {
  const remotes = [{ url: new Remote().url() }];
  assert_equals(await availability(recorder), "downloadable");
  assert_equals(await availability(recorder, { remotes }), "downloadable");
  assert_array_equals(await navigator.modelCache.keys(), [], "nothing was fetched");

  await navigator.modelCache.fetch(affineModelFile());
  assert_equals(await availability(recorder), "available");
  assert_equals(await availability(recorder, { remotes, exposure: "device" }), "available");
}, "work out the availability, steps 3 and 5: where the client can run it, the answer is about the client");

modelTest(async (t, recorder) => {
  const manifest = affinePartsManifest();
  await navigator.modelCache.fetch(affinePartFiles()[1]);
  assert_equals(await availability(recorder, { manifest }), "downloadable");
  await navigator.modelCache.fetch(affinePartFiles()[0]);
  assert_equals(await availability(recorder, { manifest }), "available");
}, "work out the availability, step 2: all parts have to be there");

modelTest(async (t, recorder) => {
  const file = affineModelFile({ urls: [recorder.url("affine.onnx", { hold: 10 })] });
  const stored = navigator.modelCache.fetch(file);
  await recorder.requests(1);
  assert_equals(await availability(recorder), "downloading");
  await recorder.release();
  await stored;
  assert_equals(await availability(recorder), "available");
}, "work out the availability, step 4: a download is under way");

modelTest(async (t, recorder) => {
  const manifest = affineLadderManifest();
  assert_equals(await availability(recorder, { manifest, minFidelity: 0.9, maxLatency: 0 }), "unavailable");
  await navigator.modelCache.fetch(affineModelFile());
  assert_equals(await availability(recorder, { manifest, minFidelity: 0.9 }), "available");
}, "availability(), steps 9.2, 9.5, and 10: what the page requires counts");

for (const [step, what, options, error] of [
  [3, "a manifest of another scheme", { manifest: "data:,{}" }, TypeError],
  [3, "integrity without a hash", { manifest: "/", integrity: "md5-abc" }, TypeError],
  [4, "a fidelity above 1", { manifest: "/", minFidelity: 2 }, RangeError],
  [6, "a wrong remote", { manifest: "/", remotes: [{}] }, TypeError],
]) {
  modelTest(
    (t) => promise_rejects_js(t, error, HybridModel.availability(options)),
    `availability(), step ${step}: ${what} is a ${error.name}`,
  );
}

modelTest(
  (t, recorder) =>
    promise_rejects_dom(
      t,
      "NetworkError",
      HybridModel.availability({ manifest: recorder.url("bytes.txt", { status: 404 }) }),
    ),
  "availability(), step 9.1: a manifest that is not there is a NetworkError",
);
