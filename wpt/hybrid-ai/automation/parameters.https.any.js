// META: title=parse a virtual model environment
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

function refused(parameters, name) {
  promise_test(async (t) => {
    t.add_cleanup(() => test_driver.delete_virtual_model_environment());
    let words = "nothing was refused";
    try {
      await test_driver.set_virtual_model_environment(parameters);
    } catch ({ message }) {
      words = message;
    }
    assert_regexp_match(words, /invalid argument/);
  }, `parse a virtual model environment, ${name}`);
}

refused("device", "step 1: a string is no environment");
refused([], "step 1: a list is no environment");
refused(null, "step 1: null is no environment");
refused({ deviceClass: "class-0" }, "step 3.1: no such device class");
refused({ deviceClass: 3 }, "step 3.1: a device class is called by its name");
refused({ exposureLimit: "planet" }, "step 4.1: no such exposure");
refused({ exposureLimit: null }, "step 4.1: null is no exposure");
refused({ storageCapacity: -1 }, "step 5.1: less than nothing");
refused({ storageCapacity: 0.5 }, "step 5.1: half a byte");
refused({ storageCapacity: "0" }, "step 5.1: a string is no number of bytes");
refused({ savesData: "on" }, "step 6.1: a string is neither true nor false");
refused({ storageShare: -1 }, "step 7.2: a share is not a debt");
refused({ storagePressure: 0.5 }, "step 7.2: no fraction of a byte can be freed");
refused({ memoryLimit: "1" }, "step 7.2: a string is no number of bytes");
refused({ pinnedFiles: "sha256-" }, "step 8.1: pins are a list");
refused({ pinnedFiles: ["sha256-"] }, "step 8.1: what is pinned are digests");
refused({ executors: [] }, "step 10: a list of executors");
refused({ executors: { server: {} } }, "step 11.1: no such executor");
refused({ executors: { client: "fail" } }, "step 11.1: a string is no executor");
refused({ executors: { client: { outcome: "explode" } } }, "step 11.3: no such outcome");
refused({ executors: { remote: { latency: -1 } } }, "step 11.5: an answer before the question");
refused({ executors: { remote: { latency: "1" } } }, "step 11.5: a string is no latency");

/** The latency of a model in each environment: seconds in the lowest class, nothing to speak of in the highest. */
async function latenciesIn(t, environments) {
  const costs = affineCosts({ operations: 1e10 });
  const manifest = serveManifest(affineManifest({ variants: [affineVariant({ costs })] }), new Recorder());
  const latencies = [];
  for (const environment of environments) {
    await virtualEnvironment(t, environment);
    latencies.push((await navigator.modelCapabilities.query({ manifest })).latency);
  }
  return latencies;
}

promise_test(async (t) => {
  const unknown = { weather: "fair", executors: { client: { colour: "blue" } } };
  const [latency, lower] = await latenciesIn(t, [
    { ...unknown, deviceClass: "class-1" },
    { ...unknown, deviceClass: "class-8" },
  ]);
  assert_greater_than(latency, lower, "the members beside it hold");
}, "parse a virtual model environment, step 12: what is not known is passed over");

promise_test(async (t) => {
  const [latency, lower] = await latenciesIn(t, [{ deviceClass: "class-1" }, { deviceClass: "class-8" }]);
  assert_greater_than(latency, lower);
}, "parse a virtual model environment, step 3.2: the device is of the class that is said");
