/** Needs virtual-environment.js, recorder.js, files.js and hybrid-model.js before it. */

/**
 * Tests that shared memory passes wherever buffers do.
 *
 * @param {() => SharedArrayBuffer} newBuffer - of at least 64 bytes
 */
function sharedBufferTests(newBuffer) {
  modelTest(async () => {
    const file = await navigator.modelCache.fetch(bytesFile());
    const bytes = new Uint8Array(await file.arrayBuffer());
    const destination = newBuffer();
    await file.read(new Uint8Array(destination, 1, 5), 2);
    assert_array_equals(new Uint8Array(destination, 0, 7), [0, ...bytes.subarray(2, 7), 0]);
  }, "read(), steps 7.1.5.2 and 7.2: the destination may be shared memory");

  modelTest(async (t, recorder) => {
    const model = await createModel(t, recorder);
    await model.clientReady;
    const data = new Float32Array(newBuffer(), 4, 3);
    data.set([1, 2, 3]);
    const run = model.run({ x: { dataType: "float32", shape: [3], data } });
    data.fill(0);
    assertAffineResult(await run, 1, 2, 3);
  }, "create a tensor, step 4: shared memory is copied before anyone can change it");
}
