// META: title=Aborting ModelCache.fetch()
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
  const { file } = await freshFile(recorder);
  const reason = { enough: true };
  const signal = AbortSignal.abort(reason);
  let monitored = false;
  const monitor = () => {
    monitored = true;
  };
  await promise_rejects_exactly(t, reason, navigator.modelCache.fetch(file, { signal, monitor }));
  await promise_rejects_dom(
    t,
    "AbortError",
    navigator.modelCache.fetch(file, { signal: AbortSignal.abort() }),
  );
  assert_equals((await recorder.requests()).length, 0, "requests");
  assert_false(monitored);
}, "fetch(), step 6: a signal that is aborted before");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder, { hold: 3 });
  const controller = new AbortController();
  const fetching = navigator.modelCache.fetch(file, { signal: controller.signal });
  await recorder.requests(1);
  const reason = new RangeError("enough");
  controller.abort(reason);
  await promise_rejects_exactly(t, reason, fetching);
  assert_array_equals(await navigator.modelCache.keys(), []);
  await recorder.release();
  const modelFile = await navigator.modelCache.fetch(file);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
}, "download a model file, step 6.2: a signal that is aborted during the download");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder, { hold: 3 });
  const { signal } = new AbortController();
  const fetching = navigator.modelCache.fetch(file, { signal });
  await recorder.requests(1);
  signal.dispatchEvent(new Event("abort"));
  await recorder.release();
  assert_equals((await fetching).digest, file.digest);
}, "download a model file, step 6: an event that the page makes up aborts nothing");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder, { hold: 3 });
  const controller = new AbortController();
  const aborted = navigator.modelCache.fetch(file, { signal: controller.signal });
  const joined = Promise.withResolvers();
  const monitor = (target) => target.addEventListener("downloadprogress", joined.resolve);
  const going = navigator.modelCache.fetch(file, { monitor });
  await joined.promise;
  controller.abort();
  await promise_rejects_dom(t, "AbortError", aborted);
  await recorder.release();
  assert_array_equals(new Uint8Array(await (await going).arrayBuffer()), bytes);
  assert_equals((await recorder.requests()).length, 1, "requests");
}, "download a model file, step 6.1: aborting detaches one requester, and others go on");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const size = 131172;
  const chunks = { size: 65536 };
  const held = chunkedFile(recorder, { urls: [recorder.url({ pattern: size }, { hold: 70000 })], chunks });
  const controller = new AbortController();
  const fetching = navigator.modelCache.fetch(held, { signal: controller.signal });
  await haveCome(held, 65536);
  controller.abort();
  await promise_rejects_dom(t, "AbortError", fetching);
  await recorder.clear();
  const file = chunkedFile(recorder, { urls: [recorder.url({ pattern: size })], chunks });
  const modelFile = await navigator.modelCache.fetch(file);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), patternBytes(size));
  const [{ headers }] = await recorder.requests();
  assert_equals(headers.range, `bytes=65536-${size - 1}`);
}, "abandon a download, step 2: what came before the abort is not fetched again");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder);
  const controller = new AbortController();
  const modelFile = await navigator.modelCache.fetch(file, { signal: controller.signal });
  controller.abort();
  assert_equals((await modelFile.arrayBuffer()).byteLength, file.size);
  assert_array_equals(await navigator.modelCache.keys(), [file.digest]);
}, "fetch(), step 12.2: aborting when all is done does nothing");
