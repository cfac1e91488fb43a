import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { arithmeticBackend } from "./arithmetic-backend.ts";
import { BackendError } from "../backend.ts";
import { fixtures } from "../../../tools/fixtures/fixtures.ts";

function floats(...numbers: number[]) {
  const data = new Uint8Array(Float32Array.from(numbers).buffer);
  return { dataType: "float32" as const, shape: [numbers.length], data };
}

const affine = () => arithmeticBackend.load("onnx", fixtures["affine.onnx"]!.slice());

describe("the arithmetic backend", () => {
  it("computes exactly what the model says", async () => {
    const part = await affine();
    const outputs = await part.run(new Map([["x", floats(1, 2, 3)]]));
    assert.deepEqual([...outputs], [["y", floats(3, 5, 7)]]);
  });

  it("rejects what it cannot load", async () => {
    const others: [string, Uint8Array][] = [
      ["gguf", fixtures["affine.onnx"]!],
      ["onnx", new TextEncoder().encode("<!doctype html>")],
      ["onnx", new Uint8Array()],
      ["onnx", fixtures["affine.onnx"]!.slice(0, -3)],
    ];
    for (const [format, bytes] of others) {
      await assert.rejects(arithmeticBackend.load(format, bytes.slice()), BackendError);
    }
  });

  it("rejects inputs that are missing, unknown or of another size", async () => {
    const part = await affine();
    const inputs = [
      new Map(),
      new Map([["z", floats(1, 2, 3)]]),
      new Map([
        ["x", floats(1, 2, 3)],
        ["z", floats(1)],
      ]),
      new Map([["x", { ...floats(1, 2), shape: [3] }]]),
      new Map([["x", { ...floats(1, 2, 3), dataType: "uint8" as const }]]),
    ];
    for (const each of inputs) await assert.rejects(part.run(each), BackendError);
    assert.equal((await part.run(new Map([["x", floats(0, 0, 0)]]))).size, 1);
  });

  it("rejects with the signal's reason, and can run again", async () => {
    const part = await affine();
    const reason = new Error("enough");
    await assert.rejects(part.run(new Map([["x", floats(1, 2, 3)]]), AbortSignal.abort(reason)), reason);
    assert.equal((await part.run(new Map([["x", floats(1, 2, 3)]]))).size, 1);
  });

  it("runs no more once it is released", async () => {
    const part = await affine();
    await part.release();
    await part.release();
    await assert.rejects(part.run(new Map([["x", floats(1, 2, 3)]])), BackendError);
  });
});
