// META: title=Fetching a model manifest
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

/** A test with a virtual environment and a recorder; afterwards nothing is stored. */
function manifestTest(steps, name) {
  promise_test(async (t) => {
    await virtualEnvironment(t, { deviceClass: "class-8" });
    const recorder = new Recorder();
    await steps(t, recorder);
    assert_array_equals(await navigator.modelCache.keys(), [], "nothing is stored");
  }, name);
}

const query = (manifest, others) => navigator.modelCapabilities.query({ manifest, ...others });

async function assertIsRead(fit) {
  assert_equals((await fit).supported, true);
}

async function messageOf(promise) {
  return promise.then(
    () => assert_unreached("it was read"),
    (error) => error.message,
  );
}

async function integrityOf(manifest, algorithm) {
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const hash = new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
  const base64 = btoa(Array.from(hash, (byte) => String.fromCharCode(byte)).join(""));
  return `${algorithm.toLowerCase().replace("-", "")}-${base64}`;
}

// --- locate a manifest

manifestTest(async (t, recorder) => {
  const url = new URL(serveManifest(affineManifest(), recorder));
  await assertIsRead(query(url.pathname + url.search));
  assert_equals((await recorder.requests()).length, 1);
}, "locate a manifest, steps 1 and 3: the URL is relative to the page's");

for (const manifest of [
  "https://",
  "data:application/json,{}",
  "file:///manifest.json",
  "ftp://example.com/manifest.json",
  "about:blank",
  "blob:https://example.com/2d8e4b1c-0000-4000-8000-000000000000",
  "https://user:password@example.com/manifest.json",
]) {
  manifestTest(
    (t) => promise_rejects_js(t, TypeError, query(manifest)),
    `locate a manifest, step 2: ${manifest} is refused`,
  );
}

for (const integrity of ["", "md5-1B2M2Y8AsgTpgAmY7PhCfg==", "256-AAAA"]) {
  manifestTest(async (t, recorder) => {
    const manifest = serveManifest(affineManifest(), recorder);
    await promise_rejects_js(t, TypeError, query(manifest, { integrity }));
    assert_equals((await recorder.requests()).length, 0, "requests");
  }, `locate a manifest, step 4: the integrity "${integrity}", which checks nothing, is refused`);
}

// --- fetch a model manifest

manifestTest(async (t, recorder) => {
  await assertIsRead(query(serveManifest(affineManifest(), recorder)));
  const [{ method, headers }, ...others] = await recorder.requests();
  assert_equals(others.length, 0, "other requests");
  assert_equals(method, "GET");
  assert_false("referer" in headers, "has a referrer");
  assert_false("cookie" in headers, "has a cookie");
}, "fetch a model manifest, step 1: one request, without referrer");

manifestTest(async (t, recorder) => {
  const origin = get_host_info().REMOTE_ORIGIN;
  await assertIsRead(query(serveManifest(affineManifest(), recorder, { origin })));
  assert_false("cookie" in (await recorder.requests())[0].headers, "has a cookie");
}, "fetch a model manifest, step 2: another origin can serve it");

for (const status of [204, 404, 500]) {
  manifestTest(async (t, recorder) => {
    const name = status === 204 ? "DataError" : "NetworkError";
    await promise_rejects_dom(t, name, query(serveManifest(affineManifest(), recorder, { status })));
  }, `fetch a model manifest, step 4: status ${status}`);
}

manifestTest(async (t, recorder) => {
  const origin = get_host_info().REMOTE_ORIGIN;
  const manifest = serveManifest(affineManifest(), recorder, { origin, cors: false });
  await promise_rejects_dom(t, "NetworkError", query(manifest));
}, "fetch a model manifest, step 4: another origin that does not allow it");

manifestTest(async (t, recorder) => {
  const origin = get_host_info().REMOTE_ORIGIN;
  const location = serveManifest(affineManifest(), recorder, { origin, cors: false });
  const manifest = serveManifest("", recorder, { status: 302, location });
  await promise_rejects_dom(t, "NetworkError", query(manifest));
}, "fetch a model manifest, step 4: a redirect to another origin that does not allow it");

manifestTest(async (t, recorder) => {
  const location = serveManifest(affineManifest(), recorder);
  await assertIsRead(query(serveManifest("", recorder, { status: 302, location })));
  assert_equals((await recorder.requests()).length, 2);
}, "fetch a model manifest, step 2: a redirect is followed");

for (const type of [
  "application/model-manifest+json",
  "application/json",
  "text/json;charset=utf-8",
  "application/manifest+json",
]) {
  manifestTest(
    (t, recorder) => assertIsRead(query(serveManifest(affineManifest(), recorder, { type }))),
    `fetch a model manifest, step 6: ${type} is read`,
  );
}

for (const type of ["text/html", "text/plain", "application/octet-stream", "text/javascript", ""]) {
  manifestTest(async (t, recorder) => {
    await promise_rejects_dom(t, "DataError", query(serveManifest(affineManifest(), recorder, { type })));
  }, `fetch a model manifest, step 6: "${type}" is refused`);
}

manifestTest(async (t, recorder) => {
  const pad = 65536 - JSON.stringify(affineManifest()).length;
  await assertIsRead(query(serveManifest(affineManifest(), recorder, { pad })));
  await promise_rejects_dom(
    t,
    "NetworkError",
    query(serveManifest(affineManifest(), recorder, { pad: pad + 1 })),
  );
}, "fetch a model manifest, step 9; read a body, steps 2.2 and 4: 65536 bytes are read, one more is refused");

manifestTest(async (t, recorder) => {
  const options = { pad: 1000000, hold: 70000 };
  await promise_rejects_dom(t, "NetworkError", query(serveManifest(affineManifest(), recorder, options)));
  await recorder.release();
}, "read a body, step 2.1: a body that is too long is refused before it ends");

manifestTest(async (t, recorder) => {
  const manifest = serveManifest(affineManifest(), recorder, { truncate: 100 });
  await promise_rejects_dom(t, "NetworkError", query(manifest));
}, "read a body, step 3: a body that breaks off is refused");

for (const algorithm of ["SHA-256", "SHA-384", "SHA-512"]) {
  manifestTest(async (t, recorder) => {
    const integrity = await integrityOf(affineManifest(), algorithm);
    await assertIsRead(query(serveManifest(affineManifest(), recorder), { integrity }));
    const other = serveManifest(affineManifest({ name: "other" }), recorder);
    await promise_rejects_dom(t, "NetworkError", query(other, { integrity }));
  }, `fetch a model manifest, step 10; locate a manifest, step 5: integrity by ${algorithm}`);
}

const noJSON = {
  "an HTML page": "<!doctype html>",
  nothing: "",
  "half of it": '{"name":',
  "a comma too many": "[1,]",
};
for (const [what, text] of Object.entries(noJSON)) {
  manifestTest(async (t, recorder) => {
    await promise_rejects_dom(t, "DataError", query(serveManifest(text, recorder)));
  }, `fetch a model manifest, step 12: ${what} is not JSON`);
}

manifestTest(async (t, recorder) => {
  await assertIsRead(query(serveManifest(`\ufeff${JSON.stringify(affineManifest())}`, recorder)));
}, "fetch a model manifest, step 11: a byte order mark is passed over");

manifestTest(async (t, recorder) => {
  const manifest = affineManifest({ variants: [affineVariant({ costs: affineCosts({ memory: -1 }) })] });
  const message = await messageOf(query(serveManifest(manifest, recorder)));
  assert_true(message.includes("memory"), message);
}, "fetch a model manifest, step 14: the message tells which member is at fault");

manifestTest(async (t, recorder) => {
  const origin = get_host_info().REMOTE_ORIGIN;
  const failures = [
    { status: 404 },
    { status: 500 },
    { truncate: 10 },
    { pad: 70000 },
    { origin, cors: false },
  ];
  const messages = new Set();
  for (const options of failures) {
    messages.add(await messageOf(query(serveManifest(affineManifest(), recorder, options))));
  }
  const integrity = await integrityOf({}, "SHA-256");
  messages.add(await messageOf(query(serveManifest(affineManifest(), recorder), { integrity })));
  assert_equals(messages.size, 1, [...messages].join());
}, "fetch a model manifest, step 4: one message, however a request fails");

manifestTest(async (t, recorder) => {
  await promise_rejects_dom(t, "NetworkError", query(serveManifest("", recorder, { status: 500 })));
  await promise_rejects_dom(t, "DataError", query(serveManifest("[]", recorder)));
  await assertIsRead(query(serveManifest(affineManifest(), recorder)));
}, "fetch a model manifest, step 15: what failed does not spoil what comes after");

// --- an abort, which only HybridModel can bring about

manifestTest(async (t, recorder) => {
  const controller = new AbortController();
  const manifest = serveManifest(affineManifest(), recorder);
  const model = HybridModel.create({ manifest, signal: controller.signal });
  controller.abort(new RangeError("enough"));
  await promise_rejects_exactly(t, controller.signal.reason, model);
}, "fetch a model manifest, step 3: an abort before the response");

manifestTest(async (t, recorder) => {
  const controller = new AbortController();
  const manifest = serveManifest(affineManifest(), recorder, { hold: 10 });
  const model = HybridModel.create({ manifest, signal: controller.signal });
  await recorder.requests(1);
  controller.abort(new RangeError("enough"));
  await promise_rejects_exactly(t, controller.signal.reason, model);
  await recorder.release();
}, "fetch a model manifest, step 8: an abort while the body comes");
