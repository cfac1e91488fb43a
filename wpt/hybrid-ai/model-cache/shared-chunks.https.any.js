// META: title=Chunks that are there already
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

const chunk = 65536;

/** The bytes of a chunk table. */
async function tableOf(bytes) {
  const count = Math.ceil(bytes.length / chunk);
  const table = new Uint8Array(20 + 32 * count);
  table.set(new TextEncoder().encode("HAICHNK1"));
  new DataView(table.buffer).setBigUint64(8, BigInt(bytes.length));
  new DataView(table.buffer).setUint32(16, chunk);
  for (let index = 0; index < count; index += 1) {
    const part = bytes.slice(index * chunk, (index + 1) * chunk);
    table.set(new Uint8Array(await crypto.subtle.digest("SHA-256", part)), 20 + 32 * index);
  }
  return table;
}

/** The file that chunkedFile() is a version of, but for its second chunk; served with one byte changed. */
async function nextVersion(recorder) {
  const bytes = patternBytes(131172);
  bytes[chunk + 7] ^= 0xff;
  const table = await tableOf(bytes);
  return {
    bytes,
    file: {
      digest: await digestOf(bytes),
      size: bytes.length,
      urls: [recorder.url({ pattern: 131172 }, { flip: chunk + 7 })],
      chunks: {
        digest: (await digestOf(table)).replace("sha256-", "sha256tree-"),
        size: chunk,
        urls: [recorder.url(table)],
      },
    },
  };
}

async function rangesOf(recorder) {
  const requests = await recorder.requests();
  return requests
    .filter(({ resource }) => resource === "pattern")
    .map(({ headers }) => headers.range ?? null);
}

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  await navigator.modelCache.fetch(chunkedFile(recorder));
  await recorder.clear();
  const { bytes, file } = await nextVersion(recorder);
  const modelFile = await navigator.modelCache.fetch(file);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  assert_array_equals(await rangesOf(recorder), [`bytes=${chunk}-${2 * chunk - 1}`]);
}, "run a download, step 11, and take chunks of other entries, steps 1.1.1, 1.1.2 and 1.1.7: of a new version the chunk alone is fetched that is new");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  await navigator.modelCache.fetch(chunkedFile(recorder));
  await navigator.modelCache.delete(chunkedFile(recorder).digest);
  await recorder.clear();
  const { bytes, file } = await nextVersion(recorder);
  const modelFile = await navigator.modelCache.fetch(file);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
  assert_array_equals(await rangesOf(recorder), [null]);
}, "take chunks of other entries, step 1: a file that was deleted has nothing to give");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const recorder = new Recorder();
  const old = await navigator.modelCache.fetch(chunkedFile(recorder));
  const { bytes, file } = await nextVersion(recorder);
  const modelFile = await navigator.modelCache.fetch(file);
  await navigator.modelCache.delete(old.digest);
  assert_array_equals(new Uint8Array(await modelFile.arrayBuffer()), bytes);
}, "take chunks of other entries, step 1.1.7: the chunk is a copy, which stays when the other is deleted");
