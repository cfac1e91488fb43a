// META: title=Verdicts
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

const MiB = 2 ** 20;
const all = ["int8", "float16", "accelerator"];

/** https://hybrid-ai-web.github.io/hybrid-ai/#device-class-table */
const table = [
  { name: "class-1", operations: 1e9, bytes: 1e9, memory: 256 * MiB, features: [] },
  { name: "class-2", operations: 4e9, bytes: 4e9, memory: 512 * MiB, features: [] },
  { name: "class-3", operations: 16e9, bytes: 8e9, memory: 1024 * MiB, features: ["int8"] },
  { name: "class-4", operations: 64e9, bytes: 16e9, memory: 2048 * MiB, features: ["int8"] },
  { name: "class-5", operations: 250e9, bytes: 32e9, memory: 4096 * MiB, features: all },
  { name: "class-6", operations: 1e12, bytes: 64e9, memory: 8192 * MiB, features: all },
  { name: "class-7", operations: 4e12, bytes: 128e9, memory: 16384 * MiB, features: all },
  { name: "class-8", operations: 16e12, bytes: 512e9, memory: 32768 * MiB, features: all },
];

/** Asks for the fit of a model with these variants. */
function fitOf(variants, requirements) {
  const manifest = serveManifest(affineManifest({ variants }), new Recorder());
  return navigator.modelCapabilities.query({ manifest, ...requirements });
}

const variantWith = (costs, members) => affineVariant({ costs: affineCosts(costs), ...members });
const fitWith = (costs, requirements) => fitOf([variantWith(costs)], requirements);

for (const { name, operations, bytes, memory, features } of table) {
  promise_test(async (t) => {
    await virtualEnvironment(t, { deviceClass: name });
    assert_equals((await fitWith({ operations })).latency, 1000, "operations of one second");
    assert_equals((await fitWith({ operations: operations * 1.001 })).latency, 10000, "a little more");
    assert_equals((await fitWith({ bytes })).latency, 1000, "bytes of one second");
    assert_equals((await fitWith({ bytes: bytes * 1.001 })).latency, 10000, "a little more");
  }, `estimate the latency, steps 1 and 2: ${name} has its operations and bytes per second`);

  promise_test(async (t) => {
    await virtualEnvironment(t, { deviceClass: name });
    assert_true((await fitWith({ memory })).supported, "all of it");
    assert_equals((await fitWith({ memory: memory + 1 })).reason, "memory", "one byte more");
  }, `assess a variant, steps 4 and 8: ${name} has its memory`);

  promise_test(async (t) => {
    await virtualEnvironment(t, { deviceClass: name });
    for (const feature of [...all, "telepathy"]) {
      const { supported, reason } = await fitWith({ features: [feature] });
      assert_equals(supported, features.includes(feature), feature);
      if (!supported) assert_equals(reason, "feature", feature);
    }
    assert_true((await fitWith({ features })).supported, "all of them");
  }, `assess a variant, step 3; process a list of names, step 4: ${name} has its features`);
}

const tiers = [
  [0, 16],
  [16, 16],
  [17, 100],
  [100, 100],
  [101, 1000],
  [1001, 10000],
  [10001, 30000],
  [30001, 60000],
  [60000, 60000],
  [60001, Infinity],
  [1e300, Infinity],
];
for (const [milliseconds, tier] of tiers) {
  promise_test(async (t) => {
    await virtualEnvironment(t, { deviceClass: "class-1" });
    assert_equals((await fitWith({ operations: milliseconds * 1e6 })).latency, tier, "operations");
    assert_equals((await fitWith({ bytes: milliseconds * 1e6 })).latency, tier, "bytes");
  }, `estimate the latency, step 4: ${milliseconds} ms is in the tier of ${tier} ms`);
}

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  assert_equals((await fitWith({ operations: 10e6, bytes: 10e6 })).latency, 16);
}, "estimate the latency, step 3: the greater of arithmetic and memory counts, not their sum");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-8" });
  const fit = await fitOf([affineVariant({ format: "a format of the future" })]);
  assert_equals(fit.supported, false);
  assert_equals(fit.reason, "format");
}, "assess a variant, step 1: a format that is not read");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const costs = { operations: 17e6 };
  assert_equals((await fitWith(costs, { maxLatency: 99 })).reason, "latency", "less than the tier");
  assert_equals((await fitWith(costs, { maxLatency: 100 })).latency, 100, "the tier");
  assert_equals((await fitWith({}, { maxLatency: 0 })).reason, "latency", "no time at all");
}, "assess a variant, step 6: maxLatency is held against the tier");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const variants = [affineVariant({ fidelity: 0.5 })];
  assert_equals((await fitOf(variants, { minFidelity: 0.51 })).reason, "fidelity");
  assert_true((await fitOf(variants, { minFidelity: 0.5 })).supported);
}, "assess a variant, step 7: minFidelity is held against the variant's fidelity");

/** Variants that do not fit class-1 with these requirements, each with the reason. */
const requirements = { maxLatency: 16, minFidelity: 0.5 };
const wanting = {
  format: variantWith({}, { format: "a format of the future" }),
  feature: variantWith({ features: ["float16"] }),
  memory: variantWith({ memory: 1e12 }),
  latency: variantWith({ operations: 1e9 }),
  fidelity: variantWith({}, { fidelity: 0.1 }),
};
const reasons = Object.keys(wanting);

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  for (const [index, further] of reasons.entries()) {
    for (const reason of reasons.slice(0, index)) {
      const [one, other] = [
        { ...wanting[reason], name: "one" },
        { ...wanting[further], name: "other" },
      ];
      assert_equals((await fitOf([one, other], requirements)).reason, further, `${reason} first`);
      assert_equals((await fitOf([other, one], requirements)).reason, further, `${reason} last`);
    }
  }
}, "assess a model, step 2.3: the reason is that of the variant that came furthest");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const variants = [
    { ...wanting.memory, name: "too big" },
    affineVariant({ name: "first" }),
    affineVariant({ name: "second" }),
  ];
  const fit = await fitOf(variants, requirements);
  assert_equals(fit.variant, "first");
}, "assess a model, step 2.2; process a model manifest, step 12.5: the first variant that fits");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const fit = await fitWith({});
  assert_equals(
    JSON.stringify(Object.entries(fit).sort()),
    JSON.stringify([
      ["latency", 16],
      ["supported", true],
      ["variant", "exact"],
    ]),
  );
}, "create a model fit, step 2; process a name, step 4; process a variant, step 15: what a fit holds");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-1" });
  const fit = await fitOf([wanting.memory]);
  assert_equals(
    JSON.stringify(Object.entries(fit).sort()),
    JSON.stringify([
      ["reason", "memory"],
      ["supported", false],
    ]),
  );
}, "create a model fit, step 1: what it holds where nothing fits");
