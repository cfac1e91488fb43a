// META: title=Progress of ModelCache.fetch()
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

/** A monitor callback that notes what it is told. */
function note(events) {
  return (monitor) => {
    monitor.addEventListener("downloadprogress", (event) => events.push(event));
  };
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder);
  const order = [];
  const fetching = navigator.modelCache.fetch(file, {
    monitor(monitor) {
      order.push("monitor");
      assert_true(monitor instanceof ModelMonitor);
      assert_true(monitor instanceof EventTarget);
      assert_equals(monitor.ondownloadprogress, null);
    },
  });
  order.push("returned");
  await fetching;
  assert_array_equals(order, ["monitor", "returned"]);
}, "fetch(), step 9, and create a progress reporter, step 3: the monitor is given before the method returns, and once");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder);
  const error = new Error("no");
  const monitor = () => {
    throw error;
  };
  await promise_rejects_exactly(t, error, navigator.modelCache.fetch(file, { monitor }));
  assert_equals((await recorder.requests()).length, 0, "requests");
}, "fetch(), step 9: a monitor that throws");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const events = [];
  const urls = [recorder.url({ pattern: 131172 }, { hold: 70000 })];
  const fetching = navigator.modelCache.fetch(chunkedFile(recorder, { urls }), { monitor: note(events) });
  await recorder.requests(2);
  await recorder.release();
  await fetching;
  const loaded = events.map((event) => event.loaded);
  assert_equals(loaded[0], 0, "the first");
  assert_equals(loaded.at(-1), 1, "the last");
  assert_array_equals(
    loaded,
    [...new Set(loaded)].sort((one, other) => one - other),
    "each is greater",
  );
  for (const event of events) {
    assert_true(event instanceof ProgressEvent);
    assert_equals(event.total, 1);
    assert_true(event.lengthComputable);
    assert_equals(event.loaded * 65536, Math.floor(event.loaded * 65536), "a fraction of 65536");
    assert_false(event.bubbles);
    assert_false(event.cancelable);
  }
}, "obtain a model file, step 7, report progress, steps 6 and 7, and queue a progress event, step 1: progress goes from 0 to 1, in fractions, before the promise resolves");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder);
  await navigator.modelCache.fetch(file);
  const events = [];
  await navigator.modelCache.fetch(file, { monitor: note(events) });
  assert_array_equals(
    events.map(({ loaded }) => loaded),
    [0, 1],
  );
}, "obtain a model file, step 7: a stored file reports 0 and 1");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder, { flip: 1 });
  const events = [];
  await promise_rejects_dom(t, "DataError", navigator.modelCache.fetch(file, { monitor: note(events) }));
  assert_false(events.some(({ loaded }) => loaded === 1));
}, "tell the listeners, step 1: a file that is refused was never all there");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const { file } = await freshFile(recorder, { hold: 3 });
  const [first, second] = [[], []];
  const fetching = [first, second].map((events) =>
    navigator.modelCache.fetch(file, { monitor: note(events) }),
  );
  await recorder.requests(1);
  await recorder.release();
  await Promise.all(fetching);
  for (const events of [first, second]) {
    assert_equals(events[0].loaded, 0);
    assert_equals(events.at(-1).loaded, 1);
  }
}, "obtain a model file, step 7: each requester is told of the end");
