// META: script=/common/get-host-info.sub.js
// META: script=/hybrid-ai/resources/recorder.js

promise_test(async (t) => {
  const recorder = new Recorder();
  const url = recorder.url("bytes.txt", { origin: get_host_info().REMOTE_ORIGIN, cors: false });
  await promise_rejects_js(t, TypeError, fetch(url));
  assert_equals((await recorder.requests()).length, 1);
}, "a server without CORS");
