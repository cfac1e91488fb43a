// META: title=A user who saves data
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/remote.js
// META: script=../resources/hybrid-model.js

"use strict";

const environment = { savesData: true };

/** A manifest whose file the recorder serves. */
function recordedManifest(recorder) {
  const file = affineModelFile({ urls: [recorder.url("affine.onnx")] });
  return affineManifest({ variants: [affineVariant({ parts: [{ file, inputs: ["x"], outputs: ["y"] }] })] });
}

async function downloads(recorder) {
  return (await recorder.requests()).filter(({ resource }) => resource === "affine.onnx").length;
}

modelTest(
  async (t, recorder) => {
    const remote = new Remote();
    const manifest = recordedManifest(recorder);
    const model = await createModel(t, recorder, { manifest, remotes: [{ url: remote.url() }] });
    for (let run = 0; run < 3; run += 1) {
      const result = await model.run(affineInputs(1, 2, 3));
      assertAffineResult(result, 1, 2, 3);
      assert_equals(result.receipt.placement, "remote");
    }
    assert_equals(await downloads(recorder), 0, "downloads");
    assert_false(await isSettled(model.clientReady));
  },
  "prepare the client, step 4: nothing is downloaded while a remote can serve",
  environment,
);

modelTest(
  async (t, recorder) => {
    const remote = new Remote({ status: 500 });
    const manifest = recordedManifest(recorder);
    const model = await createModel(t, recorder, { manifest, remotes: [{ url: remote.url() }] });
    const result = await model.run(affineInputs(1, 2, 3));
    assertAffineResult(result, 1, 2, 3);
    assert_equals(result.receipt.placement, "client");
    assert_equals(await downloads(recorder), 1, "downloads");
  },
  "prepare the client, step 4: a run that no remote can serve has it downloaded",
  environment,
);

modelTest(
  async (t, recorder) => {
    const model = await createModel(t, recorder, { manifest: recordedManifest(recorder) });
    await model.clientReady;
    assert_equals(await downloads(recorder), 1, "downloads");
  },
  "prepare the client, step 4: without a remote it is downloaded at once",
  environment,
);

modelTest(
  async (t, recorder) => {
    const remotes = [{ url: new Remote().url() }];
    const manifest = recordedManifest(recorder);
    const model = await createModel(t, recorder, { manifest, remotes, exposure: "device" });
    await model.clientReady;
    assert_equals(await downloads(recorder), 1, "downloads");
  },
  "prepare the client, step 4: a remote that is not permitted cannot serve",
  environment,
);

modelTest(
  async (t, recorder) => {
    const remotes = [{ url: new Remote().url() }];
    await navigator.modelCache.fetch(affineModelFile());
    const manifest = recordedManifest(recorder);
    const model = await createModel(t, recorder, { manifest, remotes });
    await model.clientReady;
    assert_equals((await model.run(affineInputs(1, 2, 3))).receipt.placement, "client");
    assert_equals(await downloads(recorder), 0, "downloads");
  },
  "prepare the client, step 4: what the page has fetched itself is used",
  environment,
);

modelTest(
  async (t, recorder) => {
    const remotes = [{ url: new Remote().url() }];
    const model = await createModel(t, recorder, { manifest: recordedManifest(recorder), remotes });
    model.destroy();
    await promise_rejects_dom(t, "AbortError", model.clientReady);
    assert_equals(await downloads(recorder), 0, "downloads");
  },
  "prepare the client, step 4: destroying the model ends the waiting",
  environment,
);

modelTest(
  async (t, recorder) => {
    const remote = new Remote();
    const manifest = recordedManifest(recorder);
    const model = await createModel(t, recorder, { manifest, remotes: [{ url: remote.url() }] });
    assert_false(await isSettled(model.clientReady));
    await virtualEnvironment(t, { deviceClass: "class-8", ...environment, exposureLimit: "device" });
    await model.clientReady;
    assert_equals(await downloads(recorder), 1, "downloads");

    await recorder.clear();
    const result = await model.run(affineInputs(1, 2, 3));
    assertAffineResult(result, 1, 2, 3);
    assert_equals(result.receipt.placement, "client");
    assert_array_equals(await recorder.requests(), [], "requests of the run");
    assert_array_equals(await remote.requests(), [], "requests to the remote");
  },
  "prepare the client, step 4: a limit that the user sets has it downloaded at once, and not by a run",
  environment,
);

modelTest(
  async (t, recorder) => {
    const manifest = recordedManifest(recorder);
    const model = await createModel(t, recorder, { manifest, remotes: [{ url: new Remote().url() }] });
    assert_false(await isSettled(model.clientReady));
    await virtualEnvironment(t, { deviceClass: "class-8", savesData: false });
    await model.clientReady;
  },
  "prepare the client, step 4: a user who saves data no more has it downloaded at once",
  environment,
);
