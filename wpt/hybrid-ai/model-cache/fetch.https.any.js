// META: title=ModelCache.fetch()
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

const tree = "sha256tree-fnQaRY/r30oF4XVpC1rWCnggnl0Po9SNfDdzTJ0OKE8=";

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder);
  const modelFile = await navigator.modelCache.fetch(file);
  assert_true(modelFile instanceof ModelFile);
  assert_equals(modelFile.digest, file.digest);
  assert_equals(modelFile.size, file.size);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  assert_array_equals(await navigator.modelCache.keys(), [file.digest]);
  assert_equals((await recorder.requests()).length, 1, "requests");
}, "fetch(), steps 12.2 and 13, obtain a model file, step 8, and download a model file, step 8: a file under a whole-file digest");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const file = chunkedFile(recorder, { digest: tree });
  const modelFile = await navigator.modelCache.fetch(file);
  assert_equals(modelFile.digest, tree);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), patternBytes(file.size));
  assert_array_equals(await navigator.modelCache.keys(), [tree]);
}, "fetch(), step 12.2, and run a download, step 13.6: a file under a tree digest");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const url = new URL(recorder.url("bytes.txt"));
  const { pathname, search } = url;
  await navigator.modelCache.fetch(bytesFile({ urls: [pathname + search] }));
  const [{ method, headers }] = await recorder.requests();
  assert_equals(method, "GET");
  for (const name of ["cookie", "referer", "range", "authorization", "if-range"]) {
    assert_false(name in headers, name);
  }
}, "fetch(), step 3: a relative URL; the request takes nothing along that says who the user is");

const invalid = {
  "no digest": { digest: "" },
  "a digest of another kind": { digest: "sha512-9xbHRUkLYtntKTr9ZE9n0nOmAleeKwYQOs9o8VJFX10=" },
  "a digest that is too short": { digest: "sha256-9xbHRUkL" },
  "a digest without padding": { digest: "sha256-9xbHRUkLYtntKTr9ZE9n0nOmAleeKwYQOs9o8VJFX10" },
  "a digest in hexadecimal": { digest: "f716c745490b62d9ed293afd644f67d273a602579e2b06103acf68f152455f5d" },
  "a negative size": { size: -1 },
  "a size that is no number": { size: "many" },
  "an absurd size": { size: 2 ** 40 + 1 },
  "a size that is no integer in range": { size: Infinity },
  "no URLs": { urls: [] },
  "URLs that are no list": { urls: "bytes.txt" },
  "a URL that does not parse": { urls: ["https://"] },
  "a URL of another scheme": { urls: ["ftp://example.com/"] },
  "a data: URL": { urls: ["data:,hello world"] },
  "a URL with credentials": { urls: ["https://user:word@example.com/"] },
  "one good URL and a bad one": { urls: ["bytes.txt", "file:///bytes.txt"] },
  "a chunk size that is no power of two": { chunks: { size: 100000 } },
  "a chunk size that is too small": { chunks: { size: 32768 } },
  "a chunk size that is too large": { chunks: { size: 2 ** 27 } },
  "a chunk digest that is no tree digest": { chunks: { digest: bytesFile().digest } },
  "a chunk table of another scheme": { chunks: { digest: tree, urls: ["data:,"] } },
  "a chunk table in a blob": { chunks: { digest: tree, urls: [URL.createObjectURL(new Blob([]))] } },
};
for (const [what, members] of Object.entries(invalid)) {
  promise_test(async (t) => {
    await virtualEnvironment(t);
    await promise_rejects_js(t, TypeError, navigator.modelCache.fetch(bytesFile(members)));
    assert_array_equals(await navigator.modelCache.keys(), []);
  }, `fetch(), step 4: ${what}`);
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const url = recorder.url("bytes.txt");
  const blob = URL.createObjectURL(await (await fetch("../resources/bytes.txt")).blob());
  t.add_cleanup(() => URL.revokeObjectURL(blob));
  await navigator.modelCache.fetch(bytesFile({ urls: [blob, url] }));
  assert_equals((await recorder.requests()).length, 0);
}, "parse a source, step 2: bytes that the page has already are taken out of a blob: URL");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const blob = URL.createObjectURL(new Blob(["hello w0rld"]));
  t.add_cleanup(() => URL.revokeObjectURL(blob));
  const wrong = navigator.modelCache.fetch(bytesFile({ urls: [blob] }));
  await promise_rejects_dom(t, "DataError", wrong);
  assert_array_equals(await navigator.modelCache.keys(), []);
  await navigator.modelCache.fetch(bytesFile({ urls: [blob, bytesFile().urls[0]] }));
}, "parse a source, step 2: a blob: URL is trusted no more than another");

promise_test(async (t) => {
  await virtualEnvironment(t);
  await promise_rejects_js(t, TypeError, navigator.modelCache.fetch());
  await promise_rejects_js(t, TypeError, navigator.modelCache.fetch({}));
  await promise_rejects_js(t, TypeError, navigator.modelCache.fetch(bytesFile(), { signal: {} }));
  await promise_rejects_js(t, TypeError, navigator.modelCache.fetch(bytesFile(), { monitor: {} }));
  await promise_rejects_js(
    t,
    TypeError,
    navigator.modelCache.fetch(bytesFile({ digest: "" }), { signal: AbortSignal.abort() }),
  );
}, "fetch(), step 4: what is not valid comes before an aborted signal");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder, { headers: { "Cache-Control": "max-age=1000" } });
  await navigator.modelCache.fetch(file);
  await navigator.modelCache.delete(file.digest);
  await navigator.modelCache.fetch(file);
  assert_equals((await recorder.requests()).length, 2, "requests");
}, "fetch a run, step 4: what is deleted is not kept in the HTTP cache either");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder);
  await navigator.modelCache.fetch(file);
  await recorder.clear();
  await navigator.modelCache.fetch(file);
  await navigator.modelCache.fetch({ ...file, urls: [recorder.url("affine.onnx")] });
  assert_equals((await recorder.requests()).length, 0, "requests");
}, "obtain a model file, step 5: what is stored is not fetched again");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder);
  await navigator.modelCache.fetch(file);
  await promise_rejects_dom(t, "DataError", navigator.modelCache.fetch({ ...file, size: file.size + 1 }));
  assert_array_equals(await navigator.modelCache.keys(), [file.digest]);
}, "obtain a model file, step 6: a size that is not the stored file's");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder, { hold: 3 });
  const fetching = Array.from({ length: 3 }, () => navigator.modelCache.fetch(file));
  await recorder.requests(1);
  await recorder.release();
  for (const modelFile of await Promise.all(fetching)) {
    assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  }
  assert_equals((await recorder.requests()).length, 1, "requests");
}, "join a download, steps 2.3 and 4: requests for one file make one download");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file, bytes } = await freshFile(recorder, { hold: 3, truncate: 4 });
  const first = navigator.modelCache.fetch(file);
  await recorder.requests(1);
  const joined = Promise.withResolvers();
  const second = navigator.modelCache.fetch(
    { ...file, urls: [recorder.url(bytes)] },
    { monitor: (monitor) => monitor.addEventListener("downloadprogress", joined.resolve) },
  );
  await joined.promise;
  await recorder.release();
  for (const modelFile of await Promise.all([first, second])) {
    assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  }
}, "join a download, step 2.2: a requester that joins brings its URLs along");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const empty = { digest: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", size: 0 };
  const modelFile = await navigator.modelCache.fetch({ ...empty, urls: [recorder.url("bytes.txt")] });
  assert_equals((await modelFile.arrayBuffer()).byteLength, 0);
  assert_equals((await recorder.requests()).length, 0, "requests");
}, "fill an entry, step 6: an empty file needs no request");
