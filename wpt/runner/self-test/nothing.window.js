// META: title=A test that sets a virtual environment, and then tests nothing
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/hybrid-ai/resources/virtual-environment.js

promise_test(async (t) => {
  await virtualEnvironment(t);
  assert_true(true);
}, "this tests nothing");
