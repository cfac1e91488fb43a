import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { Tensor } from "onnxruntime-node";
import { serializeInferResponse } from "./infer-response.ts";

describe("an answer of many values", () => {
  const about = { model: "m", version: "1", id: undefined };
  const tensor = new Tensor("float32", new Float32Array(2 ** 22 + 1), [2 ** 22 + 1]);

  it("is refused as JSON, and given as bytes", () => {
    assert.throws(
      () => serializeInferResponse(about, [{ name: "y", tensor, binary: false }]),
      /too many for JSON/,
    );
    const { body } = serializeInferResponse(about, [{ name: "y", tensor, binary: true }]);
    assert.equal(body[1]!.length, 2 ** 24 + 4);
  });
});
