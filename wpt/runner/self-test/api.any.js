// META: variant=?a
// META: variant=?b
test(() => assert_true(installedForSelfTest), `the polyfill is there, ${location.search}`);
