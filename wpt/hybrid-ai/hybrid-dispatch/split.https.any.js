// META: title=Plans that are split
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

/** The affine model in two parts, of which the client cannot run the one at `broken`, for want of the right tensors. */
function manifestBrokenAt(broken) {
  const parts = affinePartsVariant().parts;
  parts[broken].file = roughModelFile();
  return affineManifest({ variants: [affinePartsVariant({ parts })] });
}

/** A remote that runs one part of that model. */
const remoteFor = (manifest, index, url) => ({ url, parts: [manifest.variants[0].parts[index].file.digest] });

const failures = ({ attempts }) =>
  attempts.map(({ placement, failure = "none" }) => `${placement}: ${failure}`);

for (const [what, index, model, sent, placements] of [
  ["the first part", 0, "affine-double", "x", ["remote", "client"]],
  ["the last part", 1, "affine-increment", "h", ["client", "remote"]],
]) {
  modelTest(async (t, recorder) => {
    const remote = new Remote();
    const manifest = manifestBrokenAt(index);
    const remotes = [remoteFor(manifest, index, remote.url(model))];
    const hybrid = await createModel(t, recorder, { manifest, remotes });
    const { outputs, receipt } = await hybrid.run(affineInputs(1, 2, 3));
    assertAffineResult({ outputs }, 1, 2, 3);
    assert_equals(receipt.placement, "split");
    assert_array_equals(failures(receipt), ["client: backend", "split: none"]);
    assert_array_equals(receipt.attempts[1].parts, placements);
    assert_equals(receipt.attempts[1].origin, location.origin);

    const requests = await remote.requests();
    assert_equals(requests.length, 1);
    const [{ body, headers }] = requests;
    assert_equals(receipt.inputBytesSent, body.length);
    const header = body.subarray(0, Number(headers["inference-header-content-length"]));
    const [input, ...others] = JSON.parse(new TextDecoder().decode(header)).inputs;
    assert_equals(input.name, sent);
    assert_array_equals(others, []);
  }, `carry out a plan, steps 3.2.2, 3.2.3, 3.4, and 6, and write down an attempt, step 3: a remote runs ${what}, and the client the rest`);

  modelTest(async (t, recorder) => {
    const remote = new Remote();
    const manifest = manifestBrokenAt(index);
    const remotes = [remoteFor(manifest, index, remote.url(model))];
    const hybrid = await createModel(t, recorder, { manifest, remotes, exposure: "device" });
    await assertRunFails(hybrid.run(affineInputs(1, 2, 3)), "backend");
    assert_array_equals(await remote.requests(), [], "not even a hidden tensor leaves");
  }, `permits, step 3.1: at "device" no remote runs ${what}`);

  modelTest(async (t, recorder) => {
    const remote = new Remote({ status: 404 });
    const manifest = manifestBrokenAt(index);
    const remotes = [remoteFor(manifest, index, remote.url(model))];
    const hybrid = await createModel(t, recorder, { manifest, remotes });
    await assertRunFails(hybrid.run(affineInputs(1, 2, 3)), "backend", "status");
  }, `carry out a plan, steps 3.2.5 and 3.3: a remote that does not run ${what} fails the plan`);
}

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const manifest = affinePartsManifest();
  const digests = manifest.variants[0].parts.map(({ file }) => file.digest);
  for (const parts of [["sha256-"], digests.toReversed(), [...digests, digests[0]]]) {
    const remotes = [{ url: remote.url(), parts }];
    const creation = createModel(t, recorder, {
      manifest: affinePartsManifest({ variants: [hugeVariant()] }),
      remotes,
    });
    await promise_rejects_dom(t, "NotSupportedError", creation);
  }
}, "cut a variant, step 4: a remote of parts that are not neighbours in the variant is of no use");

modelTest(async (t, recorder) => {
  const manifest = affinePartsManifest();
  manifest.variants[0].costs.memory = 1e15;
  const remotes = [remoteFor(manifest, 0, new Remote().url("affine-double"))];
  await promise_rejects_dom(t, "NotSupportedError", createModel(t, recorder, { manifest, remotes }));
}, "list the plans, step 3.6: a remote of some parts is of no use without a client for the others");

modelTest(async (t, recorder) => {
  const manifest = affinePartsManifest();
  manifest.variants[0].costs.memory = 1e15;
  const parts = manifest.variants[0].parts.map(({ file }) => file.digest);
  const model = await createModel(t, recorder, { manifest, remotes: [{ url: new Remote().url(), parts }] });
  const { outputs, receipt } = await model.run(affineInputs(1, 2, 3));
  assertAffineResult({ outputs }, 1, 2, 3);
  assert_array_equals(receipt.attempts[0].parts, ["remote", "remote"]);
}, "cut a variant, step 7: a remote of all parts needs no client");
