// META: title=Authorization of remotes
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/remote.js
// META: script=../resources/hybrid-model.js

"use strict";

const token = (value) => ({ Authorization: `Bearer ${value}` });

/** A callback that answers with these, one after another, and remembers what it was asked. */
function callback(...answers) {
  const authorize = async (context) => {
    authorize.contexts.push(context);
    const answer = answers[Math.min(authorize.contexts.length, answers.length) - 1];
    return typeof answer === "function" ? answer() : answer;
  };
  authorize.contexts = [];
  return authorize;
}

modelTest(
  async (t, recorder) => {
    const remote = new Remote({ authorization: "Bearer 1" });
    const elsewhere = new Remote({ origin: get_host_info().NOTSAMESITE_ORIGIN });
    const seen = [];
    const authorize = async function () {
      seen.push(this);
      const { origin, pathname } = new URL(elsewhere.url());
      const url = { href: remote.url(), origin, pathname, search: "", toString: () => elsewhere.url() };
      Reflect.set(Object(this ?? authorize), "url", url);
      return token(1);
    };
    const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
    assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
    assert_array_equals(seen, [undefined]);
    assert_array_equals(await elsewhere.requests(), [], "nothing goes elsewhere");
  },
  "ask for authorization, step 2.2: it is given no this, and so cannot send the inputs elsewhere",
  { exposureLimit: "site" },
);

const fails = () => {
  throw new Error("no token today");
};

modelTest(async (t, recorder) => {
  const remote = new Remote({ authorization: "Bearer 1" });
  const authorize = callback(token(1));
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  for (const x of [1, 2]) assertAffineResult(await model.run(affineInputs(x, 0, 0)), x, 0, 0);
  assert_equals(authorize.contexts.length, 1);
  assert_equals(authorize.contexts[0].url, remote.url());
  assert_equals(authorize.contexts[0].refresh, false);
}, "authorize, steps 2.1 and 7, ask for authorization, step 2.1, and create authorization headers, steps 2.5 and 3: the page is asked before the first request, and once for all");

modelTest(async (t, recorder) => {
  const remote = new Remote({ authorization: "Bearer 1" });
  const authorize = callback(token(1));
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  const results = await Promise.all([1, 2, 3].map((x) => model.run(affineInputs(x, 0, 0))));
  results.forEach((result, index) => assertAffineResult(result, index + 1, 0, 0));
  assert_equals(authorize.contexts.length, 1);
}, "authorize, step 5: runs at the same time wait for one answer");

modelTest(async (t, recorder) => {
  const remote = new Remote({ authorization: "Bearer 2" });
  const authorize = callback(token(1), token(2));
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  const { outputs, receipt } = await model.run(affineInputs(1, 2, 3));
  assertAffineResult({ outputs }, 1, 2, 3);
  assert_equals(receipt.attempts.length, 1, "it is one attempt");
  assert_array_equals(
    authorize.contexts.map(({ refresh }) => refresh),
    [false, true],
  );
  await model.run(affineInputs(1, 2, 3));
  assert_equals(authorize.contexts.length, 2, "the fresh one is kept");
}, "post an inference request, steps 4.1 and 4.3: a 401 asks the page for fresh header fields");

modelTest(async (t, recorder) => {
  const remote = new Remote({ authorization: "Bearer 3" });
  const authorize = callback(token(1), token(2), token(3));
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "authorization");
  assert_equals(authorize.contexts.length, 2);
}, "post an inference request, step 6: a second 401 is a failure");

modelTest(async (t, recorder) => {
  const remote = new Remote({ authorization: "Bearer 1" });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "authorization");
  assert_equals((await remote.requests()).length, 1, "there is nobody to ask");
}, "authorize, step 1, and post an inference request, step 6: a 401 without authorize() is a failure");

for (const [what, answer] of [
  ["a rejection", fails],
  ["undefined", undefined],
  ["a number", 1],
  ["a header that is no byte string", { Authorization: "\u2603" }],
  ["a symbol as value", { Authorization: Symbol() }],
  ["a line break in a value", token("1\r\nX-Injected: 1")],
  ["a space in a name", { "a b": "c" }],
  ["Cookie", { Cookie: "a=1" }],
  ["Host", { Host: "a.example" }],
  ["a Sec- header", { "Sec-Fetch-Site": "same-origin" }],
  ["Content-Type", { "content-type": "text/plain" }],
  ["Inference-Header-Content-Length", { "Inference-Header-Content-Length": "0" }],
  ["Range", { Range: "bytes=0-1" }],
]) {
  modelTest(async (t, recorder) => {
    const remote = new Remote({ authorization: "Bearer 1" });
    const authorize = callback(answer, token(1));
    const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
    await assertRunFails(model.run(affineInputs(1, 2, 3)), "authorization");
    assert_array_equals(await remote.requests(), [], "no request was made");
    assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
  }, `create authorization headers, steps 2.2, 2.3, and 2.4, authorize, step 6, and post an inference request, step 2: ${what} is a failure, and the next run asks again`);
}

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const authorize = () => {
    throw new Error("at once");
  };
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "authorization");
}, "ask for authorization, steps 2.2 and 2.3: a callback that throws is a failure");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const authorize = () => new Promise(() => {});
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3), { deadline: 1000 }));
  assert_equals(receipt.attempts[0].failure, "deadline");
  assert_equals(receipt.duration, 1000);
  assert_array_equals(await remote.requests(), []);
}, "authorize, step 5: a callback that never answers is waited for until the deadline");

modelTest(async (t, recorder) => {
  const remote = new Remote({ headers: { "X-Echo": "1" } });
  const authorize = callback({ "X-Api-Key": "  secret\t", "x-other": "" });
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  await model.run(affineInputs(1, 2, 3));
  const [{ headers }] = await remote.requests();
  assert_equals(headers["x-api-key"], "secret");
  assert_equals(headers["x-other"], "");
}, "create authorization headers, step 2.1: other headers go with the request, without the space around them");

modelTest(async (t, recorder) => {
  const remote = new Remote({ authorization: "Bearer 1" });
  const authorize = callback(token(1));
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  for (const turns of [0, 10, 100]) {
    const controller = new AbortController();
    const running = model.run(affineInputs(1, 2, 3), { signal: controller.signal });
    for (let turn = 0; turn < turns; turn += 1) await undefined;
    controller.abort();
    await promise_rejects_dom(t, "AbortError", running);
    await isSettled(running);
    assert_equals(authorize.contexts.length, 0, `calls for a run that is aborted ${turns} microtasks later`);
  }
  assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
  assert_equals(authorize.contexts.length, 1);
}, "ask for authorization, steps 2.1, 2.1.1, and 2.1.2: nobody is asked for a run that was aborted, and the next run asks");

modelTest(async (t, recorder) => {
  const remote = new Remote({ authorization: "Bearer 1" });
  const authorize = callback(token(1));
  const model = await createRemoteModel(t, recorder, { url: remote.url(), authorize });
  const controller = new AbortController();
  const aborted = model.run(affineInputs(1, 2, 3), { signal: controller.signal });
  const other = model.run(affineInputs(4, 5, 6));
  for (let turn = 0; turn < 100; turn += 1) await undefined;
  controller.abort();
  await promise_rejects_dom(t, "AbortError", aborted);
  assertAffineResult(await other, 4, 5, 6);
  assert_equals(authorize.contexts.length, 1);
}, "authorize, step 4, and ask for authorization, step 2.1: another run that waits is answered");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const seen = {};
  const authorize = async function () {
    seen.authorize = this;
    return {};
  };
  const monitor = function () {
    seen.monitor = this;
  };
  const options = { manifest: remoteOnlyManifest(), remotes: [{ url: remote.url(), authorize }], monitor };
  const model = await createModel(t, recorder, options);
  await model.run(affineInputs(1, 2, 3));
  assert_equals(Object.keys(seen).sort().join(), "authorize,monitor", "both were called");
  assert_equals(seen.authorize, undefined, "authorize");
  assert_equals(seen.monitor, undefined, "monitor");
}, "ask for authorization, step 2.2, and create a progress reporter, step 2: callbacks get no this");
