importScripts("/resources/testharness.js");
test(() => assert_true(installedForSelfTest), "the polyfill is there in a worker's own script");
done();
