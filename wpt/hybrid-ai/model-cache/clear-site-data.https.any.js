// META: title=Clearing the storage of a site
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/downloads.js

"use strict";

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { modelCache } = navigator;
  const file = bytesFile({ urls: [recorder.url("bytes.txt")] });
  const modelFile = await modelCache.fetch(file);
  const clearing = { headers: { "Clear-Site-Data": '"storage"' } };
  await (await fetch(recorder.url("affine.onnx", clearing))).arrayBuffer();

  assert_array_equals(await modelCache.keys(), []);
  assert_equals(await modelCache.match(file.digest), null);
  await promise_rejects_dom(t, "NotFoundError", modelFile.arrayBuffer());

  await recorder.clear();
  const again = await modelCache.fetch(file);
  assert_equals((await recorder.requests()).length, 1);
  assert_equals((await again.arrayBuffer()).byteLength, file.size);
  assert_equals((await modelFile.arrayBuffer()).byteLength, file.size, "the same file is there again");
  assert_array_equals(await modelCache.keys(), [file.digest]);
}, "Clear-Site-Data empties the stores, what was there is not there any more, and new files are kept");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const size = 131172;
  const held = recorder.url({ pattern: size }, { hold: 70000, failures: 1 });
  const file = chunkedFile(recorder, { urls: [held], chunks: { size: 65536 } });
  const fetching = navigator.modelCache.fetch(file);
  await haveCome(file, 65536);
  const clearing = { headers: { "Clear-Site-Data": '"storage"' } };
  await (await fetch(recorder.url("affine.onnx", clearing))).arrayBuffer();
  await recorder.release();
  const modelFile = await fetching;
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), patternBytes(size));
}, "Clear-Site-Data during a download, run a download, step 13.5.1: what had come is fetched again");
