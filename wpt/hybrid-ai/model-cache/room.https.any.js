// META: title=Room, eviction and pins
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/downloads.js
// META: script=../resources/remote.js
// META: script=../resources/two-worlds.js

"use strict";

twoWorldsTest(
  {
    secret: { storageShare: [0, 11, 131172, 131183, 2 ** 40] },
    page: async ({ recorder, monitor, record }) => {
      const { modelCache } = navigator;
      const files = [bytesFile({ urls: [recorder.url("bytes.txt")] }), chunkedFile(recorder)];
      for (const file of files) {
        const modelFile = await modelCache.fetch(file, { monitor });
        record([...new Uint8Array(await modelFile.arrayBuffer()).slice(-20)]);
        record((await modelCache.match(file.digest)).size);
        record(await modelCache.keys());
      }
      await modelCache.fetch(files[0], { monitor });
      for (const file of files) record(await modelCache.delete(file.digest));
      return modelCache.keys();
    },
  },
  "has room, steps 1, 2 and 3, and prepare an entry, step 5: a page cannot tell how much room it has",
);

promise_test(async (t) => {
  const recorder = new Recorder();
  const file = bytesFile({ urls: [recorder.url("bytes.txt")] });
  await virtualEnvironment(t, { storageShare: 0, memoryLimit: file.size - 1 });
  await promise_rejects_js(t, RangeError, navigator.modelCache.fetch(file));
  assert_equals((await recorder.requests()).length, 0, "requests");
  await virtualEnvironment(t, { storageShare: 0, memoryLimit: file.size });
  assert_equals((await navigator.modelCache.fetch(file)).size, file.size);
}, "prepare an entry, step 6: a file for which there is no room, and that is more than memory is to hold");

promise_test(async (t) => {
  const recorder = new Recorder();
  const file = chunkedFile(recorder);
  await virtualEnvironment(t, { storageCapacity: 70000, memoryLimit: file.size - 1 });
  await promise_rejects_js(t, RangeError, navigator.modelCache.fetch(file));
  assert_array_equals(await navigator.modelCache.keys(), []);
  await virtualEnvironment(t, { storageCapacity: 70000, memoryLimit: file.size });
  const modelFile = await navigator.modelCache.fetch(file);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), patternBytes(file.size));
}, "move an entry to memory, step 2.2: a file for which the disk has no room, and that is more than memory is to hold");

promise_test(async (t) => {
  const environment = { storageShare: 131180 };
  await virtualEnvironment(t, environment);
  const recorder = new Recorder();
  const broken = recorder.url({ pattern: 131172 }, { truncate: 70000, ranges: false });
  const part = chunkedFile(recorder, { urls: [broken], chunks: { size: 65536 } });
  await promise_rejects_dom(t, "NetworkError", navigator.modelCache.fetch(part));
  const file = bytesFile({ urls: [recorder.url("bytes.txt")] });
  await navigator.modelCache.fetch(file);
  assert_array_equals(await navigator.modelCache.keys(), [file.digest]);
  await virtualEnvironment(t, { ...environment, storagePressure: 1 });
  assert_array_equals(await navigator.modelCache.keys(), [], "it was in the store, from which it is evicted");
}, "make room, step 3.2, and prepare an entry, step 4: a part that nobody downloads any more gives way to a file");

/** Three files, each used after the one before it. */
async function threeFiles(recorder) {
  const files = [
    affineModelFile({ urls: [recorder.url("affine.onnx")] }),
    bytesFile({ urls: [recorder.url("bytes.txt")] }),
    roughModelFile({ urls: [recorder.url("affine-rough.onnx")] }),
  ];
  for (const file of files) await navigator.modelCache.fetch(file);
  return files;
}

async function assertAreThere(files, message) {
  const digests = files.map(({ digest }) => digest).sort();
  assert_array_equals(await navigator.modelCache.keys(), digests, message);
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const [first, second, third] = await threeFiles(new Recorder());
  await virtualEnvironment(t, { storagePressure: 0 });
  await assertAreThere([first, second, third], "nothing is taken where nothing is wanted");
  await virtualEnvironment(t, { storagePressure: first.size });
  await assertAreThere([second, third], "the first is as large as what is wanted");
  await virtualEnvironment(t, { storagePressure: second.size + 1 });
  await assertAreThere([], "the second is a byte too small");
}, "Set Virtual Model Environment, step 6, and evict model files, steps 2.1, 2.3 and 2.4: whole files are taken until there is room");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const [first, second, third] = await threeFiles(new Recorder());
  await virtualEnvironment(t, { storagePressure: 1, pinnedFiles: [first.digest, second.digest] });
  await assertAreThere([first, second]);
  await virtualEnvironment(t, { storagePressure: 1, pinnedFiles: [second.digest] });
  await assertAreThere([second]);
  await virtualEnvironment(t, { storagePressure: 1, pinnedFiles: [second.digest] });
  await assertAreThere([], "where there is nothing else, what is pinned goes too");
  assert_equals(await navigator.modelCache.match(third.digest), null);
}, "evict model files, step 2: what is pinned goes last");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const file = bytesFile({ urls: [recorder.url("bytes.txt")] });
  const modelFile = await navigator.modelCache.fetch(file);
  await virtualEnvironment(t, { storagePressure: 1 });
  await promise_rejects_dom(t, "NotFoundError", modelFile.arrayBuffer());
  await navigator.modelCache.fetch(file);
  assert_equals((await modelFile.arrayBuffer()).byteLength, file.size);
  assert_equals((await recorder.requests()).length, 2);
}, "evict model files, step 2.3: what was evicted is not there any more, and is fetched again");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const file = chunkedFile(recorder, { urls: [recorder.url({ pattern: 131172 }, { hold: 70000 })] });
  const fetching = navigator.modelCache.fetch(file);
  await haveCome(file, 65536);
  await virtualEnvironment(t, { storagePressure: 2 ** 40 });
  await recorder.release();
  const modelFile = await fetching;
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), patternBytes(131172));
  const asked = (await recorder.requests()).map(({ resource, headers }) =>
    [resource, headers.range].join(" "),
  );
  assert_array_equals(asked, ["chunked.table ", "pattern "], "what was asked for");
}, "evict model files, step 2.2: a file that is being downloaded stays");
