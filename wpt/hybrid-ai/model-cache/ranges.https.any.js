// META: title=Ranges
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/downloads.js

"use strict";

// In a virtual model environment three ranges come at once, of a mebibyte each.
const size = 3 * 2 ** 20;
const chunk = 65536;

const bytes = patternBytes(size);
const digest = digestOf(bytes);

/** A file that is large enough for three ranges, served with these options by each of the URLs. */
async function largeFile(recorder, ...servers) {
  const urls = servers.map((options) => recorder.url({ pattern: size }, options));
  return { digest: await digest, size, urls, chunks: { size: chunk } };
}

async function assertIsTheFile(modelFile) {
  assert_equals(await digestOf(await modelFile.arrayBuffer()), await digest);
}

/** The range of each request for the file, in chunks; null for the whole. */
async function rangesOf(recorder, count) {
  const requests = await recorder.requests(count);
  return requests
    .filter(({ resource }) => resource === "pattern")
    .map(({ headers }) => {
      const match = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "");
      return match && { first: Number(match[1]) / chunk, end: (Number(match[2]) + 1) / chunk };
    });
}

function inOrder(ranges) {
  return ranges.map(({ first, end }) => `${first}-${end}`).sort();
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const file = await largeFile(recorder, { hold: chunk + 100 });
  const fetching = navigator.modelCache.fetch(file);
  const ranges = await rangesOf(recorder, 3);
  assert_array_equals(inOrder(ranges), ["0-16", "16-32", "32-48"], "three at once");
  await recorder.release();
  await assertIsTheFile(await fetching);
  assert_equals((await recorder.requests()).length, 3, "requests");
  for (const { method, headers } of await recorder.requests()) {
    assert_equals(method, "GET");
    assert_false("if-range" in headers);
  }
}, "fetch missing chunks, step 2.3, claim a run, steps 1, 7 and 8, end a run, step 1, and fetch a run, steps 5 and 13.5.4: a large file comes in three ranges at once");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const origin = get_host_info().REMOTE_ORIGIN;
  await assertIsTheFile(
    await navigator.modelCache.fetch(await largeFile(recorder, { origin, preflight: 403 })),
  );
  const methods = (await recorder.requests()).map(({ method }) => method);
  assert_array_equals(methods, ["GET", "GET", "GET"], "a range needs no preflight");
}, "fetch a run, step 5: ranges of another origin");

promise_test(async (t) => {
  await virtualEnvironment(t, { savesData: true });
  const recorder = new Recorder();
  await assertIsTheFile(await navigator.modelCache.fetch(await largeFile(recorder, {})));
  assert_array_equals(await rangesOf(recorder), [null]);
}, "fetch missing chunks, step 1, claim a run, step 7, and parse a virtual model environment, step 6.2: for a user who saves data it comes in one");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  await assertIsTheFile(await navigator.modelCache.fetch(await largeFile(recorder, { ranges: false })));
  assert_equals((await recorder.requests()).length, 1, "requests");
}, "fetch a run, step 10.2, and claim a run, step 2: from a server that ignores ranges it comes in one stream");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const held = Math.floor(12.8 * chunk);
  const controller = new AbortController();
  const file = await largeFile(recorder, { hold: held });
  const fetching = navigator.modelCache.fetch(file, { signal: controller.signal });
  await haveCome(file, 3 * (held - 100));
  controller.abort();
  await promise_rejects_dom(t, "AbortError", fetching);
  await recorder.clear();
  await assertIsTheFile(await navigator.modelCache.fetch(await largeFile(recorder, {})));
  const ranges = await rangesOf(recorder);
  assert_array_equals(inOrder(ranges), ["12-16", "28-32", "44-48"]);
  const again = ranges.reduce((sum, { first, end }) => sum + (end - first) * chunk, 0);
  assert_less_than_equal(again, size - 3 * held + 3 * chunk, "bytes");
}, "abandon a download, step 2, and claim a run, steps 3, 5 and 6: what was cut off at four fifths goes on there, on all sides");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  await assertIsTheFile(await navigator.modelCache.fetch(await largeFile(recorder, { signed: 1 })));
  const signatures = (await recorder.requests()).map(({ url }) => new URL(url).searchParams.get("signature"));
  assert_equals(signatures.filter((signature) => signature === null).length, 3, "asked at its own URL");
  assert_equals(new Set(signatures).size, 4, "and sent to another one each time");
}, "fetch a run, step 3: a signed URL that expires is signed anew for each range");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const file = await largeFile(recorder, { status: 429, headers: { "Retry-After": "1" }, failures: 1 });
  await assertIsTheFile(await navigator.modelCache.fetch(file));
  assert_equals((await recorder.requests()).length, 4, "requests");
}, "fetch a run, steps 7.1 and 7.2, and let a source rest, step 6: a server that asks to come back in a second");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const date = new Date(1e12).toUTCString();
  for (const after of ["99999999", new Date(1e12 + 1e9).toUTCString()]) {
    await recorder.clear();
    const file = await largeFile(recorder, { status: 429, headers: { "Retry-After": after, Date: date } });
    await promise_rejects_dom(t, "NetworkError", navigator.modelCache.fetch(file));
    assert_equals((await recorder.requests()).length, 1, "requests");
  }
}, "let a source rest, step 5: nobody waits for a server that asks to come back next year");

for (const status of [408, 429, 502, 503, 504]) {
  promise_test(async (t) => {
    await virtualEnvironment(t);
    const recorder = new Recorder();
    await promise_rejects_dom(
      t,
      "NetworkError",
      navigator.modelCache.fetch(await largeFile(recorder, { status })),
    );
    assert_equals((await recorder.requests()).length, 6, "requests");
    assert_array_equals(await navigator.modelCache.keys(), []);
  }, `postpone a source, steps 3, 4 and 7, and run a download, steps 13.2.1 and 13.8: status ${status} is asked again six times in all`);
}

for (const options of [{ status: 500 }, { status: 404 }, { cors: false }]) {
  promise_test(
    async (t) => {
      await virtualEnvironment(t);
      const recorder = new Recorder();
      const origin = get_host_info().REMOTE_ORIGIN;
      const file = await largeFile(recorder, { origin, ...options });
      await promise_rejects_dom(t, "NetworkError", navigator.modelCache.fetch(file));
      assert_equals((await recorder.requests()).length, 1, "requests");
    },
    `postpone a source, step 1: ${JSON.stringify(options)} of a server that never sent anything is an error at once`,
  );
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const file = await largeFile(recorder, { status: 503 }, {});
  await assertIsTheFile(await navigator.modelCache.fetch(file));
  const [first, ...others] = (await recorder.requests()).map(({ url }) => url);
  assert_equals(first, file.urls[0]);
  assert_array_equals(others, Array(3).fill(file.urls[1]));
}, "choose a source, step 2: where one is busy, the next one is asked");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  await assertIsTheFile(
    await navigator.modelCache.fetch(await largeFile(recorder, { truncate: 70000, failures: 3 })),
  );
  const ranges = await rangesOf(recorder);
  assert_greater_than(ranges.length, 3, "requests");
}, "fetch a run, step 13.4: connections that break on all sides");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const { file, bytes } = await freshFile(new Recorder(), { gzip: true });
  const modelFile = await navigator.modelCache.fetch(file);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
}, "fetch a run, step 13.1: what comes compressed is what it is when it is unpacked");

const lies = {
  "several parts in one": { type: "multipart/byteranges; boundary=x", headers: { "Content-Range": null } },
  "another range": { shift: chunk },
  "another range, without saying so": { shift: chunk, headers: { "Content-Range": null } },
  "one version at first, and another one then": { flip: 7, failures: 1 },
  "one version at first, and another one last": { flip: size - 1 },
  "a longer file": { pad: 1 },
};
for (const [what, options] of Object.entries(lies)) {
  promise_test(async (t) => {
    await virtualEnvironment(t);
    const recorder = new Recorder();
    const file = await largeFile(recorder, options);
    await promise_rejects_dom(t, "DataError", navigator.modelCache.fetch(file));
    assert_array_equals(await navigator.modelCache.keys(), []);
    assert_equals(await navigator.modelCache.match(file.digest), null);
    assert_less_than_equal((await recorder.requests()).length, 4, "requests");
    await assertIsTheFile(await navigator.modelCache.fetch(await largeFile(recorder, {})));
  }, `fetch a run, steps 9.1, 9.2 and 13.5.1, end a run, steps 3, 5.1 and 5.2, and fill an entry, steps 2 and 11: ${what}`);
}
