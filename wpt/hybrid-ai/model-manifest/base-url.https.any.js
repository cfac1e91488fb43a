// META: title=The base URL of a model manifest
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-8" });
  const origin = get_host_info().REMOTE_ORIGIN;
  const recorder = new Recorder();
  const { pathname, search } = new URL(recorder.url("affine.onnx"));
  const file = affineModelFile({ urls: [pathname + search] });
  const parts = [{ file, inputs: ["x"], outputs: ["y"] }];
  const manifest = affineManifest({ variants: [affineVariant({ parts })] });
  const location = serveManifest(manifest, recorder, { origin });

  const model = await HybridModel.create({
    manifest: serveManifest("", recorder, { status: 302, location }),
  });
  t.add_cleanup(() => model.destroy());
  await model.clientReady;

  const requests = await recorder.requests();
  const { url } = requests.find(({ resource }) => resource === "affine.onnx");
  assert_equals(new URL(url).origin, new URL(origin).origin);
}, "fetch a model manifest, step 13: relative URLs are relative to the final response's");
