// META: title=ModelCache.match(), keys() and delete()
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

test(() => {
  assert_true(navigator.modelCache instanceof ModelCache);
  assert_equals(navigator.modelCache, navigator.modelCache);
}, "modelCache, step 1: one object, each time");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder);
  assert_equals(await navigator.modelCache.match(file.digest), null);
  await navigator.modelCache.fetch(file);
  await recorder.clear();
  const modelFile = await navigator.modelCache.match(file.digest);
  assert_true(modelFile instanceof ModelFile);
  assert_equals(modelFile.digest, file.digest);
  assert_equals(modelFile.size, file.size);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  assert_equals((await recorder.requests()).length, 0, "requests");
}, "match(), steps 6.2 and 7, and look up a model file, step 2: what is stored, without a request");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder, { hold: 3 });
  const fetching = navigator.modelCache.fetch(file);
  await recorder.requests(1);
  assert_equals(await navigator.modelCache.match(file.digest), null);
  assert_array_equals(await navigator.modelCache.keys(), []);
  await recorder.release();
  await fetching;
  assert_not_equals(await navigator.modelCache.match(file.digest), null);
}, "look up a model file, step 1.1: what is not whole yet is not there");

promise_test(async (t) => {
  await virtualEnvironment(t);
  assert_array_equals(await navigator.modelCache.keys(), []);
  const recorder = new Recorder();
  const files = await Promise.all(Array.from({ length: 4 }, () => freshFile(recorder)));
  await Promise.all(files.map(({ file }) => navigator.modelCache.fetch(file)));
  await navigator.modelCache.fetch(files[0].file);
  const keys = await navigator.modelCache.keys();
  assert_true(Array.isArray(keys));
  assert_array_equals(keys, files.map(({ file }) => file.digest).sort());
}, "keys(), steps 5.1, 5.2 and 6: each digest once, in order");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const [one, other] = [await freshFile(recorder), await freshFile(recorder)];
  await navigator.modelCache.fetch(one.file);
  await navigator.modelCache.fetch(other.file);
  assert_true(await navigator.modelCache.delete(one.file.digest));
  assert_equals(await navigator.modelCache.match(one.file.digest), null);
  assert_array_equals(await navigator.modelCache.keys(), [other.file.digest]);
  await recorder.clear();
  await navigator.modelCache.fetch(one.file);
  assert_equals((await recorder.requests()).length, 1, "it is fetched again");
}, "delete a model file, step 2.4: one file is gone, others stay");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder);
  assert_false(await navigator.modelCache.delete(file.digest));
  await navigator.modelCache.fetch(file);
  assert_true(await navigator.modelCache.delete(file.digest));
  assert_false(await navigator.modelCache.delete(file.digest));
}, "delete(), steps 6.2 and 7, and delete a model file, steps 2.1, 2.2 and 3: whether there was a file");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder, { hold: 3 });
  const fetching = navigator.modelCache.fetch(file);
  await recorder.requests(1);
  assert_false(await navigator.modelCache.delete(file.digest));
  await recorder.release();
  assert_array_equals(new Uint8Array(await (await fetching).arrayBuffer()), bytes);
}, "delete a model file, step 2.3: a download goes on");

for (const method of ["match", "delete"]) {
  promise_test(async (t) => {
    await virtualEnvironment(t);
    await promise_rejects_js(t, TypeError, navigator.modelCache[method]());
    for (const digest of ["", "sha256-", "sha256-AAAA", "hello", `${bytesFile().digest} `]) {
      await promise_rejects_js(t, TypeError, navigator.modelCache[method](digest), digest);
    }
  }, `${method}(), step 3: what is no digest`);
}
