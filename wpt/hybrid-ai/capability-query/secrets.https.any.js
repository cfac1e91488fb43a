// META: title=What verdicts do not tell
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/remote.js
// META: script=../resources/two-worlds.js

"use strict";

const variantWith = (costs, members) => affineVariant({ costs: affineCosts(costs), ...members });

/** Manifests whose verdicts, taken together, tell each class from every other. */
const manifests = [
  affineLadderManifest(),
  ...[0.3, 0.6, 1.5, 3, 6, 12, 25].map((gigabytes) =>
    affineManifest({ variants: [variantWith({ memory: gigabytes * 1e9, operations: 1e11 })] }),
  ),
  ...["int8", "float16"].map((feature) =>
    affineManifest({ variants: [variantWith({ features: [feature] })] }),
  ),
];

/** The answers to all of them, one after the other. */
async function askAll(recorder) {
  const answers = [];
  for (const manifest of manifests) {
    const source = { manifest: serveManifest(manifest, recorder), maxLatency: 10000 };
    answers.push(await navigator.modelCapabilities.query(source));
  }
  return answers;
}

const secrets = {
  exposureLimit: ["any", "site", "device"],
  storageCapacity: [2 ** 40, 1000, 0],
  executors: [{}, { client: { outcome: "fail" } }, { client: { outcome: "lose", latency: 5000 } }],
};

for (const [member, values] of Object.entries(secrets)) {
  twoWorldsTest(
    {
      secret: { [member]: values },
      environment: { deviceClass: "class-4" },
      page: ({ recorder }) => askAll(recorder),
    },
    `query(), step 7.2: ${member} does not enter the verdict`,
  );
}

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-4" });
  const recorder = new Recorder();
  const before = JSON.stringify(await askAll(recorder));
  await navigator.modelCache.fetch(affineModelFile());
  assert_equals(JSON.stringify(await askAll(recorder)), before);
}, "query(), step 7.2: what is stored does not enter the verdict");

promise_test(async (t) => {
  const recorder = new Recorder();
  const vectors = new Set();
  for (let row = 1; row <= 8; row += 1) {
    await virtualEnvironment(t, { deviceClass: `class-${row}` });
    vectors.add(JSON.stringify(await askAll(recorder)));
  }
  assert_equals(vectors.size, 8, "each class has one of its own");

  await virtualEnvironment(t, { deviceClass: "class-4" });
  vectors.add(JSON.stringify(await askAll(recorder)));
  assert_equals(vectors.size, 8, "and asking again tells no more");
}, "assess a model, step 3: all answers together are one of eight vectors");
