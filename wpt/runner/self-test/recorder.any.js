// META: script=/common/get-host-info.sub.js
// META: script=/hybrid-ai/resources/recorder.js
// META: script=/hybrid-ai/resources/files.js

async function bytesOf(response) {
  return new Uint8Array(await response.arrayBuffer());
}

promise_test(async () => {
  const recorder = new Recorder();
  const response = await fetch(recorder.url("bytes.txt"));
  assert_equals(await response.text(), "eleven byte");
  const [request, ...others] = await recorder.requests();
  assert_equals(others.length, 0);
  assert_equals(request.method, "GET");
  assert_equals(request.resource, "bytes.txt");
}, "serves a file and remembers the request");

promise_test(async () => {
  const recorder = new Recorder();
  const response = await fetch(recorder.url({ pattern: 1000 }), { headers: { Range: "bytes=300-309" } });
  assert_equals(response.status, 206);
  assert_equals(response.headers.get("Content-Range"), "bytes 300-309/1000");
  assert_array_equals(await bytesOf(response), patternBytes(1000).slice(300, 310));
  const whole = await fetch(recorder.url({ pattern: 10 }, { ranges: false }), {
    headers: { Range: "bytes=3-" },
  });
  assert_equals(whole.status, 200);
  assert_equals((await bytesOf(whole)).length, 10);
  const beyond = await fetch(recorder.url({ pattern: 10 }), { headers: { Range: "bytes=10-" } });
  assert_equals(beyond.status, 416);
  assert_equals((await recorder.requests())[0].headers.range, "bytes=300-309");
}, "honours ranges unless told not to");

promise_test(async () => {
  const recorder = new Recorder();
  const bytes = new Uint8Array([1, 2, 255]);
  assert_array_equals(await bytesOf(await fetch(recorder.url(bytes))), [1, 2, 255]);
  assert_array_equals(await bytesOf(await fetch(recorder.url(bytes, { flip: 2 }))), [1, 2, 0]);
  assert_array_equals(await bytesOf(await fetch(recorder.url(bytes, { pad: 2 }))), [1, 2, 255, 32, 32]);
}, "serves bytes, a wrong byte, and more than there is");

promise_test(async () => {
  const recorder = new Recorder();
  const url = recorder.url("bytes.txt", {
    status: 503,
    headers: { "Retry-After": "2" },
    type: "text/html",
    failures: 1,
  });
  const failed = await fetch(url);
  assert_equals(failed.status, 503);
  assert_equals(failed.headers.get("Retry-After"), "2");
  assert_equals(failed.headers.get("Content-Type"), "text/html");
  assert_equals((await fetch(url)).status, 200);
}, "fails so often and no more");

promise_test(async (t) => {
  const recorder = new Recorder();
  const truncated = await fetch(recorder.url("bytes.txt", { truncate: 4 }));
  await promise_rejects_js(t, TypeError, truncated.arrayBuffer());
  const unknown = await fetch(recorder.url("bytes.txt", { length: null }));
  assert_equals(unknown.headers.get("Content-Length"), null);
  assert_equals(await unknown.text(), "eleven byte");
  const short = await fetch(recorder.url("bytes.txt", { length: 6 }));
  assert_equals(await short.text(), "eleven");
}, "breaks off and lies about the length");

promise_test(async () => {
  const recorder = new Recorder();
  const target = recorder.url("bytes.txt");
  const response = await fetch(recorder.url(new Uint8Array(), { status: 302, location: target }));
  assert_equals(response.url, target);
  assert_true(response.redirected);
}, "redirects");

promise_test(async () => {
  const recorder = new Recorder();
  const response = await fetch(recorder.url("bytes.txt", { hold: 6 }));
  const reader = response.body.getReader();
  assert_equals(new TextDecoder().decode((await reader.read()).value), "eleven");
  const rest = reader.read();
  await recorder.release();
  assert_equals(new TextDecoder().decode((await rest).value), " byte");
  assert_true((await reader.read()).done);
}, "holds a response until it is released");

promise_test(async () => {
  const recorder = new Recorder();
  const held = fetch(recorder.url("bytes.txt", { hold: 0 }));
  assert_equals((await recorder.requests(1)).length, 1, "waits for a request that is under way");
  await recorder.release();
  await (await held).text();
  await recorder.clear();
  assert_equals((await recorder.requests()).length, 0);
}, "waits for requests, and forgets them");

promise_test(async () => {
  const recorder = new Recorder();
  await fetch(recorder.url("bytes.txt"), { method: "POST", body: new Uint8Array([0, 128]) });
  const [request] = await recorder.requests();
  assert_equals(request.method, "POST");
  assert_array_equals(request.body, [0, 128]);
}, "remembers bodies");

promise_test(async () => {
  const recorder = new Recorder();
  for (const origin of ["REMOTE_ORIGIN", "NOTSAMESITE_ORIGIN", "ORIGIN_WITH_DIFFERENT_PORT"]) {
    const url = recorder.url("bytes.txt", { origin: get_host_info()[origin] });
    assert_not_equals(new URL(url).origin, location.origin);
    assert_equals(await (await fetch(url)).text(), "eleven byte", origin);
  }
}, "answers other origins");

promise_test(async (t) => {
  const { file, bytes } = await freshFile(new Recorder());
  const served = await bytesOf(await fetch(file.urls[0]));
  assert_array_equals(served, bytes);
  assert_equals(served.length, file.size);
  assert_equals(await digestOf(served), file.digest);
}, "serves fresh files");

const files = {
  affineModelFile: affineModelFile(),
  firstPart: affinePartFiles()[0],
  secondPart: affinePartFiles()[1],
  roughModelFile: roughModelFile(),
  bytesFile: bytesFile(),
  chunkedFile: chunkedFile(new Recorder()),
};

for (const [name, file] of Object.entries(files)) {
  promise_test(async () => {
    const served = await bytesOf(await fetch(file.urls[0]));
    assert_equals(served.length, file.size);
    assert_equals(await digestOf(served), file.digest);
  }, `the digest of ${name}`);
}

promise_test(async () => {
  const { chunks } = chunkedFile(new Recorder());
  const table = await bytesOf(await fetch(chunks.urls[0]));
  assert_equals((await digestOf(table)).replace("sha256-", "sha256tree-"), chunks.digest);
}, "the digest of the chunk table");
