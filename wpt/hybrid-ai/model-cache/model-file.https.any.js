// META: title=ModelFile
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

const size = 131172;
const chunk = 65536;

async function storedFile(t) {
  await virtualEnvironment(t);
  return navigator.modelCache.fetch(chunkedFile(new Recorder()));
}

/** The bytes of a stream, and the lengths of its chunks. */
async function readAll(stream) {
  const reader = stream.getReader();
  const bytes = [];
  const lengths = [];
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    assert_equals(Object.prototype.toString.call(read.value), "[object Uint8Array]");
    for (const byte of read.value) bytes.push(byte);
    lengths.push(read.value.byteLength);
  }
  return { bytes, lengths };
}

promise_test(async (t) => {
  const file = await storedFile(t);
  assert_equals(file.digest, "sha256-F2U31St6mgwbSRGcQMEZrsZEr1bynV9gfzJH05ZyoA8=");
  assert_equals(file.size, size);
}, "ModelFile.digest, step 1, and ModelFile.size, step 1: what was asked for");

promise_test(async (t) => {
  const file = await storedFile(t);
  const first = await file.arrayBuffer();
  assert_true(first instanceof ArrayBuffer);
  assert_array_equals(new Uint8Array(first), patternBytes(size));
  new Uint8Array(first).fill(0);
  assert_array_equals(new Uint8Array(await file.arrayBuffer()), patternBytes(size));
}, "arrayBuffer(), steps 4.3 and 5, and read bytes, steps 2.3 and 3: a buffer of the caller's own, each time");

promise_test(async (t) => {
  const file = await storedFile(t);
  const blob = await file.blob();
  assert_true(blob instanceof Blob);
  assert_equals(blob.size, size);
  assert_equals(blob.type, "application/octet-stream");
  assert_array_equals(new Uint8Array(await blob.arrayBuffer()), patternBytes(size));
}, "blob(), steps 4.2.3, 4.3 and 5: a blob of the bytes");

promise_test(async (t) => {
  const file = await storedFile(t);
  const stream = file.stream();
  assert_true(stream instanceof ReadableStream);
  assert_array_equals((await readAll(stream)).bytes, patternBytes(size));
  assert_array_equals((await readAll(file.stream())).bytes, patternBytes(size), "and again");
}, "stream(), steps 3.3 and 4: all bytes, each time");

promise_test(async (t) => {
  const file = await storedFile(t);
  const reader = file.stream().getReader({ mode: "byob" });
  const { value, done } = await reader.read(new Uint8Array(10));
  assert_false(done);
  assert_array_equals(value, patternBytes(size).slice(0, 10));
  const next = await reader.read(new Uint8Array(7));
  assert_array_equals(next.value, patternBytes(size).slice(10, 17));
  await reader.cancel();
}, "stream(), step 4: it is a byte stream");

promise_test(async (t) => {
  const file = await storedFile(t);
  const reader = file.stream().getReader();
  assert_array_equals((await reader.read()).value, patternBytes(size).slice(0, chunk));
  await navigator.modelCache.delete(file.digest);
  await promise_rejects_dom(t, "NotFoundError", reader.read());
}, "stream(), step 3.4: a file that is deleted while it is read");

promise_test(async (t) => {
  await virtualEnvironment(t);
  const digest = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  const file = await navigator.modelCache.fetch({ digest, size: 0, urls: ["/"] });
  assert_array_equals((await readAll(file.stream())).bytes, []);
  const reader = file.stream().getReader({ mode: "byob" });
  assert_true((await reader.read(new Uint8Array(1))).done);
  assert_equals((await file.blob()).size, 0);
  await file.read(new Uint8Array(0), 0);
}, "stream(), step 3.1: an empty file");

promise_test(async (t) => {
  const file = await storedFile(t);
  const expected = patternBytes(size);
  for (const [offset, length] of [
    [0, size],
    [0, 1],
    [size - 1, 1],
    [chunk - 3, 6],
    [5, 2 * chunk],
    [chunk, chunk],
    [size, 0],
    [7, 0],
  ]) {
    const destination = new Uint8Array(length);
    assert_equals(await file.read(destination, offset), undefined);
    assert_array_equals(
      destination,
      expected.slice(offset, offset + length),
      `${length} bytes from ${offset}`,
    );
  }
}, "read(), steps 7.1.5.2, 7.2 and 8, and read a chunk, step 5: the bytes from an offset, of one chunk or of several");

promise_test(async (t) => {
  const file = await storedFile(t);
  const buffer = new ArrayBuffer(100);
  await file.read(new DataView(buffer, 10, 20));
  const expected = new Uint8Array(100);
  expected.set(patternBytes(20), 10);
  assert_array_equals(new Uint8Array(buffer), expected);
  await file.read(new Uint16Array(buffer, 40, 10), 1);
  expected.set(patternBytes(21).slice(1), 40);
  assert_array_equals(new Uint8Array(buffer), expected);
  const whole = new ArrayBuffer(16);
  await file.read(whole, 3);
  assert_array_equals(new Uint8Array(whole), patternBytes(19).slice(3));
}, "read(), step 7.1.5.2: into a buffer and into any view, and nothing beside it");

promise_test(async (t) => {
  const file = await storedFile(t);
  await promise_rejects_js(t, RangeError, file.read(new Uint8Array(size + 1)));
  await promise_rejects_js(t, RangeError, file.read(new Uint8Array(1), size));
  await promise_rejects_js(t, RangeError, file.read(new Uint8Array(0), size + 1));
  await promise_rejects_js(t, TypeError, file.read(new Uint8Array(1), -1));
  await promise_rejects_js(t, TypeError, file.read(new Uint8Array(1), Infinity));
  await promise_rejects_js(t, TypeError, file.read([1]));
  await promise_rejects_js(t, TypeError, file.read());
}, "read(), step 5: more than there is");

promise_test(async (t) => {
  const file = await storedFile(t);
  const destination = new Uint8Array(10);
  const reading = file.read(destination);
  structuredClone(destination.buffer, { transfer: [destination.buffer] });
  await promise_rejects_js(t, TypeError, reading);
}, "read(), steps 7.1.5.1 and 7.1.6: a buffer that is transferred away meanwhile");

promise_test(async (t) => {
  const file = await storedFile(t);
  for (const destination of [new Uint8Array(10), new Uint8Array(0), new ArrayBuffer(10)]) {
    const buffer = destination.buffer ?? destination;
    structuredClone(buffer, { transfer: [buffer] });
    await promise_rejects_js(t, TypeError, file.read(destination), "there is nothing to read into");
    await promise_rejects_js(t, TypeError, file.read(destination, size + 1), "before the range is looked at");
  }
}, "read(), step 2: a buffer that was transferred away before");

const methods = {
  "arrayBuffer(), step 4.2": (file) => file.arrayBuffer(),
  "blob(), step 4.2.2": (file) => file.blob(),
  "read(), step 7.1.2": (file) => file.read(new Uint8Array(1)),
  "stream(), step 3.4": (file) => file.stream().getReader().read(),
};
for (const [step, read] of Object.entries(methods)) {
  promise_test(async (t) => {
    const file = await storedFile(t);
    await navigator.modelCache.delete(file.digest);
    await promise_rejects_dom(t, "NotFoundError", read(file));
    const again = await navigator.modelCache.fetch(chunkedFile(new Recorder()));
    await read(again);
    await read(file);
  }, `${step}, read a chunk, steps 1 and 2, and read bytes, step 2.2: a file that was deleted, and came back`);
}
