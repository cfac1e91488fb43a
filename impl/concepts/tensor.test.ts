import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isFailure } from "../infra/failure.ts";
import { createAModelTensorDictionary, createATensor, elementSize } from "./tensor.ts";

describe("create a tensor", () => {
  it("steps 4 and 5: copies the bytes of the view, not those around it", () => {
    const buffer = new Uint8Array([0, 0, 0, 0, 1, 2, 3, 4]).buffer;
    const data = new Int8Array(buffer, 4, 4);
    const tensor = createATensor({ dataType: "int8", shape: [2, 2], data });
    assert.deepEqual(tensor, { dataType: "int8", shape: [2, 2], data: new Uint8Array([1, 2, 3, 4]) });
    data.fill(9);
    assert.deepEqual(!isFailure(tensor) && tensor.data, new Uint8Array([1, 2, 3, 4]));
  });

  it("step 4: copies from buffers, data views and shared memory", () => {
    const shared = new SharedArrayBuffer(2);
    for (const data of [
      new ArrayBuffer(2),
      new DataView(new ArrayBuffer(3), 1),
      shared,
      new Uint8Array(shared),
    ]) {
      const tensor = createATensor({ dataType: "uint8", shape: [2], data });
      assert.ok(!isFailure(tensor));
      assert.notEqual(tensor.data.buffer, ArrayBuffer.isView(data) ? data.buffer : data);
    }
  });

  it("steps 1 and 2: the length is the element size by each dimension; a scalar has one element", () => {
    const data = new ArrayBuffer(24);
    assert.ok(!isFailure(createATensor({ dataType: "float32", shape: [3, 2], data })));
    assert.ok(!isFailure(createATensor({ dataType: "int64", shape: [3], data })));
    assert.ok(!isFailure(createATensor({ dataType: "uint64", shape: [], data: new ArrayBuffer(8) })));
    assert.ok(!isFailure(createATensor({ dataType: "int8", shape: [3, 0], data: new ArrayBuffer(0) })));
  });

  it("step 3: another length is failure", () => {
    for (const shape of [[1], [3], [2, 0], [4294967295, 4294967295, 4294967295]]) {
      const tensor = createATensor({ dataType: "float16", shape, data: new ArrayBuffer(4) });
      assert.ok(isFailure(tensor), shape.join());
    }
  });

  it("steps 3 and 4: what the page puts on its objects says nothing of their bytes", () => {
    const fail = () => assert.fail("a getter of the page was called");
    for (const source of [Uint8Array.of(1, 2), new DataView(Uint8Array.of(1, 2).buffer)]) {
      for (const name of ["buffer", "byteOffset", "byteLength"])
        Object.defineProperty(source, name, { get: fail });
      const tensor = createATensor({ dataType: "uint8", shape: [2], data: source });
      assert.deepEqual(!isFailure(tensor) && tensor.data, Uint8Array.of(1, 2));
    }
    const liar = Object.defineProperty(new Uint8Array(9), "byteLength", { value: 2 });
    assert.ok(isFailure(createATensor({ dataType: "uint8", shape: [2], data: liar })));
  });

  it("step 3: detached data is failure, even where no byte is asked for", () => {
    const data = new ArrayBuffer(0);
    structuredClone(data, { transfer: [data] });
    assert.ok(isFailure(createATensor({ dataType: "int8", shape: [0], data })));
    for (const view of [new Int8Array(0), new DataView(new ArrayBuffer(0))]) {
      structuredClone(view.buffer, { transfer: [view.buffer] });
      assert.ok(isFailure(createATensor({ dataType: "int8", shape: [0], data: view })));
    }
  });
});

describe("create a model tensor dictionary", () => {
  const types = {
    float32: Float32Array,
    float16: (globalThis as unknown as { Float16Array: typeof Uint16Array }).Float16Array,
    int32: Int32Array,
    uint32: Uint32Array,
    int64: BigInt64Array,
    uint64: BigUint64Array,
    int8: Int8Array,
    uint8: Uint8Array,
  } as const;

  for (const [name, type] of Object.entries(types)) {
    const dataType = name as keyof typeof types;
    it(`steps 1 and 3: ${dataType}`, () => {
      const data = new Uint8Array(2 * elementSize(dataType)).fill(1);
      const dictionary = createAModelTensorDictionary({ dataType, shape: [2], data });
      assert.ok(dictionary.data instanceof type);
      assert.deepEqual([dictionary.dataType, dictionary.shape], [dataType, [2]]);
      assert.deepEqual(new Uint8Array(dictionary.data.buffer), data);
    });
  }

  it("step 2: the view holds its own bytes, wherever the tensor's began", () => {
    const bytes = new Uint8Array([0, 1, 0, 0, 0]);
    const { data } = createAModelTensorDictionary({ dataType: "int32", shape: [1], data: bytes.subarray(1) });
    bytes.fill(9);
    assert.deepEqual(data, new Int32Array([1]));
  });
});
