// META: title=Servers that do not send the file
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

/** Requires that the file is refused, that nothing is stored, and that it can be had afterwards. */
async function assertIsRefused(t, name, recorder, { file, bytes }) {
  await promise_rejects_dom(t, name, navigator.modelCache.fetch(file));
  assert_array_equals(await navigator.modelCache.keys(), [], "what is stored");
  assert_equals(await navigator.modelCache.match(file.digest), null, "match()");
  const modelFile = await navigator.modelCache.fetch({ ...file, urls: [recorder.url(bytes)] });
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
}

const otherBytes = {
  "a byte that is another": { flip: 4 },
  "an HTML page with status 200": { type: "text/html", flip: 0 },
};
for (const [what, options] of Object.entries(otherBytes)) {
  promise_test(async (t) => {
    await virtualEnvironment(t);
    const recorder = new Recorder();
    await assertIsRefused(t, "DataError", recorder, await freshFile(recorder, options));
  }, `run a download, step 16, and download a model file, step 7: ${what}`);
}

for (const pad of [1, 100000]) {
  promise_test(async (t) => {
    await virtualEnvironment(t);
    const recorder = new Recorder();
    await assertIsRefused(t, "DataError", recorder, await freshFile(recorder, { pad }));
  }, `fetch a run, step 14: ${pad} bytes more`);
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder);
  const shorter = recorder.url(bytes.slice(0, -1));
  await assertIsRefused(t, "DataError", recorder, { file: { ...file, urls: [shorter] }, bytes });
}, "fetch a run, step 13.3, and fill an entry, step 3: one byte less");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  for (const size of [0, 1, 10, 12, 2 ** 32]) {
    const file = bytesFile({ size, urls: [recorder.url("bytes.txt")] });
    await promise_rejects_dom(t, "DataError", navigator.modelCache.fetch(file), `${size} bytes`);
  }
  assert_array_equals(await navigator.modelCache.keys(), []);
  const modelFile = await navigator.modelCache.fetch(bytesFile());
  assert_equals(modelFile.size, 11);
}, "run a download, step 16: a size that is not the file's");

for (const status of [204, 206, 304, 400, 404, 410, 500]) {
  promise_test(async (t) => {
    await virtualEnvironment(t);
    const recorder = new Recorder();
    await assertIsRefused(t, "NetworkError", recorder, await freshFile(recorder, { status }));
  }, `fetch a run, step 11, run a download, step 17, and close a download, step 3: status ${status}`);
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  await assertIsRefused(t, "NetworkError", recorder, await freshFile(recorder, { truncate: 3 }));
}, "fetch a run, step 13.4: a connection that breaks");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const origin = get_host_info().HTTPS_REMOTE_ORIGIN ?? get_host_info().REMOTE_ORIGIN;
  await assertIsRefused(t, "NetworkError", recorder, await freshFile(recorder, { origin, cors: false }));
}, "fetch a run, step 6: another origin that does not allow it");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const origin = get_host_info().REMOTE_ORIGIN;
  const { file, bytes } = await freshFile(recorder, { origin });
  const modelFile = await navigator.modelCache.fetch(file);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  const [{ method, headers }] = await recorder.requests();
  assert_equals(method, "GET", "no preflight");
  assert_false("cookie" in headers);
  assert_false("referer" in headers);
}, "fetch a run, step 6: another origin that allows it");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const origin = get_host_info().REMOTE_ORIGIN;
  const { file, bytes } = await freshFile(recorder);
  const forbidden = recorder.url(bytes, { origin, cors: false });
  const location = recorder.url("bytes.txt", { status: 302, location: forbidden });
  await assertIsRefused(t, "NetworkError", recorder, { file: { ...file, urls: [location] }, bytes });
}, "fetch a run, step 6: a redirect to another origin that does not allow it");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const origin = get_host_info().REMOTE_ORIGIN;
  const { file, bytes } = await freshFile(recorder);
  const location = recorder.url("bytes.txt", { status: 302, location: recorder.url(bytes, { origin }) });
  const modelFile = await navigator.modelCache.fetch({ ...file, urls: [location] });
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
}, "fetch a run, step 6: a redirect to another origin that allows it");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder);
  const urls = [
    recorder.url(bytes, { status: 404 }),
    recorder.url(bytes, { flip: 2 }),
    recorder.url(bytes, { truncate: 2 }),
    recorder.url(bytes),
    recorder.url(bytes),
  ];
  const modelFile = await navigator.modelCache.fetch({ ...file, urls });
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  const requested = (await recorder.requests()).map(({ url }) => url);
  assert_array_equals(requested, urls.slice(0, 4), "each URL in turn, until one has the file");
}, "choose a source, step 2: the URLs are tried in turn");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder);
  const urls = [recorder.url(bytes, { flip: 2 }), recorder.url(bytes, { status: 500 })];
  await promise_rejects_dom(t, "DataError", navigator.modelCache.fetch({ ...file, urls }));
}, "run a download, step 13.7: other bytes weigh more than a server that is down");
