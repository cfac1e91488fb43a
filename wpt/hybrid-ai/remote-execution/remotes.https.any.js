// META: title=Remotes
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

const create = (recorder, ...remotes) =>
  HybridModel.create({ manifest: serveManifest(remoteOnlyManifest(), recorder), remotes });

const url = "https://a.example/v2/models/affine";
const run = async () => ({});
const authorize = async () => ({});

for (const [step, what, remote] of [
  [1, "neither a URL nor a function", {}],
  [1, "neither, but a variant", { variant: "exact" }],
  [1, "both a URL and a function", { url, run }],
  [2, "authorize() for a function", { run, authorize }],
  [3, "no parts at all", { url, parts: [] }],
  ["5.2", "a URL that is none", { url: "https://" }],
  ["5.2", "a URL of another scheme", { url: "ftp://a.example/v2/models/affine" }],
  ["5.2", "a data: URL", { url: "data:application/json,{}" }],
  ["5.2", "a WebSocket URL", { url: "wss://a.example/" }],
  ["5.2", "a URL with credentials", { url: "https://user:password@a.example/" }],
]) {
  modelTest(async (t, recorder) => {
    await promise_rejects_js(t, TypeError, create(recorder, remote));
    await promise_rejects_js(
      t,
      TypeError,
      HybridModel.availability({ manifest: serveManifest(affineManifest(), recorder), remotes: [remote] }),
    );
    assert_array_equals(await recorder.requests(), [], "no request was made");
  }, `create a remote, step ${step}: ${what} is a TypeError`);
}

modelTest(async (t, recorder) => {
  const remote = new Remote();
  await promise_rejects_js(t, TypeError, create(recorder, { url: remote.url() }, {}));
}, "create the remotes, step 2.2: one wrong remote among good ones is a TypeError");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const { pathname } = new URL(remote.url());
  const model = await createRemoteModel(t, recorder, { url: pathname });
  assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
}, "create a remote, steps 5.1 and 6, and create the remotes, steps 2.3 and 3: a URL is relative to the page's");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const authorize = () => assert_unreached("nobody asked for a run yet");
  await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  assert_array_equals(await remote.requests(), [], "no health check, no preconnect");
}, "finish a creation, step 11: a remote is not spoken to before there is a run");
