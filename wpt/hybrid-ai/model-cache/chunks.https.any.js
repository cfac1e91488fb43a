// META: title=Chunks, ranges and chunk tables
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/downloads.js

"use strict";

const size = 131172;
const chunk = 65536;

/** What a server does whose connection breaks when a chunk and a part of the next have come and it is released. */
const breaking = { hold: chunk + 100, truncate: chunk + 101 };

/** The range of each request for the file. */
async function rangesOf(recorder) {
  const requests = await recorder.requests();
  return requests
    .filter(({ resource }) => resource === "pattern")
    .map(({ headers }) => headers.range ?? null);
}

async function assertIsThePattern(modelFile) {
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), patternBytes(size));
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const urls = [recorder.url({ pattern: size }, { flip: chunk + 7 }), recorder.url({ pattern: size })];
  await assertIsThePattern(await navigator.modelCache.fetch(chunkedFile(recorder, { urls })));
  assert_array_equals(await rangesOf(recorder), [null, `bytes=${chunk}-${size - 1}`]);
}, "run a download, step 9, store a chunk, step 2, and obtain a chunk table, steps 4.2 and 4.6: a bad chunk is found by the table, and what came before it is kept");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const urls = [recorder.url({ pattern: size }, { flip: chunk + 7 }), recorder.url({ pattern: size })];
  const file = chunkedFile(recorder, { urls, chunks: { size: chunk } });
  await assertIsThePattern(await navigator.modelCache.fetch(file));
  assert_array_equals(await rangesOf(recorder), [null, null]);
}, "fill an entry, step 2, and drop a chunk, steps 1 and 2: without a table nothing of a bad file is kept");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const urls = [recorder.url({ pattern: size }, { ...breaking, failures: 1 })];
  const file = chunkedFile(recorder, { urls, chunks: { size: chunk } });
  const fetching = navigator.modelCache.fetch(file);
  await haveCome(file, chunk);
  await recorder.release();
  await assertIsThePattern(await fetching);
  assert_array_equals(await rangesOf(recorder), [null, `bytes=${chunk}-${size - 1}`]);
}, "fetch a run, step 13.4: a connection that broke is taken up where it broke");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const chunks = { size: chunk };
  const broken = recorder.url({ pattern: size }, { ...breaking, ranges: false });
  const file = chunkedFile(recorder, { urls: [broken], chunks });
  const fetching = navigator.modelCache.fetch(file);
  const failed = promise_rejects_dom(t, "NetworkError", fetching);
  await haveCome(file, chunk);
  await recorder.release();
  await failed;
  assert_array_equals(await navigator.modelCache.keys(), [], "a part is not visible");
  await recorder.clear();
  const urls = [recorder.url({ pattern: size })];
  await assertIsThePattern(await navigator.modelCache.fetch(chunkedFile(recorder, { urls, chunks })));
  assert_array_equals(await rangesOf(recorder), [`bytes=${chunk}-${size - 1}`]);
}, "prepare an entry, step 1.6, and store a chunk, step 6: a later fetch goes on where an earlier one broke off");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const urls = [
    recorder.url({ pattern: size }, { ...breaking, ranges: false }),
    recorder.url({ pattern: size }, { ranges: false }),
  ];
  const file = chunkedFile(recorder, { urls, chunks: { size: chunk } });
  const fetching = navigator.modelCache.fetch(file);
  await haveCome(file, chunk);
  await recorder.release();
  await assertIsThePattern(await fetching);
  assert_equals((await rangesOf(recorder)).at(-1), `bytes=${chunk}-${size - 1}`, "it was asked for a range");
}, "fetch a run, step 10.2: a server that knows no ranges");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const urls = [
    recorder.url({ pattern: size }, { ...breaking, ranges: false }),
    recorder.url({ pattern: size }, { headers: { "Content-Range": `bytes 0-${size - 1}/${size}` } }),
    recorder.url({ pattern: size }),
  ];
  const file = chunkedFile(recorder, { urls, chunks: { size: chunk } });
  const fetching = navigator.modelCache.fetch(file);
  await haveCome(file, chunk);
  await recorder.release();
  await assertIsThePattern(await fetching);
  const range = `bytes=${chunk}-${size - 1}`;
  assert_equals((await rangesOf(recorder)).at(-1), range, "what was there is kept");
}, "fetch a run, step 9.1: a server that sends another range");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const digest = "sha256tree-fnQaRY/r30oF4XVpC1rWCnggnl0Po9SNfDdzTJ0OKE8=";
  const tables = {
    "is not there": recorder.url("chunked.table", { status: 404 }),
    "is another": recorder.url("chunked.table", { flip: 30 }),
    "is too long": recorder.url("chunked.table", { pad: 1 }),
    "is too short": recorder.url("bytes.txt"),
  };
  for (const [what, url] of Object.entries(tables)) {
    const chunks = { digest, size: chunk, urls: [url] };
    const modelFile = await navigator.modelCache.fetch(chunkedFile(recorder, { chunks }));
    await assertIsThePattern(modelFile, what);
    await navigator.modelCache.delete(modelFile.digest);
  }
  const chunks = { digest, size: chunk, urls: Object.values(tables) };
  await assertIsThePattern(await navigator.modelCache.fetch(chunkedFile(recorder, { digest, chunks })));
}, "obtain a chunk table, step 5: a file is verified without its table, too");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const urls = [recorder.url({ pattern: size }, { flip: size - 1 })];
  const digest = "sha256tree-fnQaRY/r30oF4XVpC1rWCnggnl0Po9SNfDdzTJ0OKE8=";
  for (const tables of [[], [recorder.url("chunked.table")]]) {
    const file = chunkedFile(recorder, { digest, urls, chunks: { size: chunk, urls: tables } });
    await promise_rejects_dom(t, "DataError", navigator.modelCache.fetch(file));
    assert_array_equals(await navigator.modelCache.keys(), []);
  }
}, "check the digest, step 6: a tree digest names the bytes of every chunk");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { digest } = bytesFile();
  const file = chunkedFile(recorder, { digest });
  await promise_rejects_dom(t, "DataError", navigator.modelCache.fetch(file));
  assert_array_equals(await navigator.modelCache.keys(), []);
}, "fill an entry, step 10.2: a table that fits the bytes does not make up for a digest that does not");
