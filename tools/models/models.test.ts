import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { AnySchemaObject } from "ajv/dist/2020.js";
import { after, before, describe, it } from "mocha";
import * as ort from "onnxruntime-node";
import { mostProbableLanguage, ngramFrequencies } from "../../apps/demo/language/ngrams.ts";
import type { LanguageVocabulary } from "../../apps/demo/language/ngrams.ts";
import { readPicture } from "../../apps/demo/ocr/read-picture.ts";
import type { Run } from "../../apps/demo/ocr/read-picture.ts";
import { readDictionary } from "../../apps/demo/ocr/recognition.ts";
import type { Manifest } from "../../apps/cli/manifest.ts";
import { readLabelledSentences } from "./lande.ts";
import { makeModels } from "./make.ts";
import { readPng } from "./read-png.ts";

let folder: string;
before("make the models", async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "models-"));
  await makeModels(folder, () => {});
});
after("throw the models away", () => rm(folder, { recursive: true }));

/** Runs the models of the chain one after the other, in the native runtime. */
async function chain(...files: string[]): Promise<Run> {
  const sessions = await Promise.all(
    files.map((file) => ort.InferenceSession.create(path.join(folder, file), { logSeverityLevel: 3 })),
  );
  return async (input) => {
    let tensor = new ort.Tensor(input.dataType, input.data, input.shape) as ort.Tensor;
    for (const session of sessions) {
      const results = await session.run({ [session.inputNames[0] ?? ""]: tensor });
      tensor = results[session.outputNames[0] ?? ""] as ort.Tensor;
    }
    return { dataType: tensor.type, shape: tensor.dims, data: tensor.data as Float32Array };
  };
}

/** The fidelity of a variant in a model's manifest. */
async function claimed(model: string, variant: string): Promise<number> {
  const manifest = JSON.parse(await readFile(path.join(folder, model, "manifest.json"), "utf8")) as Manifest;
  return manifest.variants.find(({ name }) => name === variant)?.fidelity ?? NaN;
}

/** How many characters must be put in, taken out or replaced to make one text of the other. */
function editDistance(one: string, other: string): number {
  let distances = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, character] of Array.from(one).entries()) {
    const next = [row + 1];
    for (const [column, opposite] of Array.from(other).entries()) {
      const replaced = (distances[column] ?? 0) + (character === opposite ? 0 : 1);
      next.push(Math.min(replaced, (distances[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    distances = next;
  }
  return distances.at(-1) ?? 0;
}

describe("the manifests of the models", () => {
  it("satisfy the schema", async () => {
    const file = new URL("../../spec/model-manifest.schema.json", import.meta.url);
    const validate = new Ajv2020().compile(JSON.parse(await readFile(file, "utf8")) as AnySchemaObject);
    for (const model of ["text-detection", "text-recognition", "language-identification"]) {
      const manifest: unknown = JSON.parse(await readFile(path.join(folder, model, "manifest.json"), "utf8"));
      assert.ok(validate(manifest), JSON.stringify(validate.errors));
    }
  });
});

describe("the text models", () => {
  const pictures = new URL("../../apps/demo/pictures/", import.meta.url);
  let written: string;
  let dictionary: string[];
  before(async () => {
    written = (await readFile(new URL("appointment.txt", pictures), "utf8")).trimEnd();
    dictionary = readDictionary(await readFile(path.join(folder, "text-recognition/dictionary.txt"), "utf8"));
  });

  const variants = {
    "in float32": ["text-detection/float32.onnx", "text-recognition/float32.onnx"],
    "in int8": ["text-detection/int8.onnx", "text-recognition/int8.onnx"],
    "cut in two": [
      "text-detection/float32.onnx",
      "text-recognition/float32-body.onnx",
      "text-recognition/float32-head.onnx",
    ],
  };
  const shipped = new URL("appointment.png", pictures);
  const turned = new URL("test-pictures/turned.png", import.meta.url);
  for (const [variant, [detection = "", ...recognition]] of Object.entries(variants)) {
    for (const [picture, file] of Object.entries({
      "the demo's picture": shipped,
      "a turned picture": turned,
    })) {
      it(`read ${picture} without a mistake, ${variant}`, async () => {
        const reader = { detect: await chain(detection), recognize: await chain(...recognition), dictionary };
        const { text, lines } = await readPicture(readPng(await readFile(file)), reader);
        assert.equal(text, written);
        assert.ok(lines.flat().every(({ confidence }) => confidence > 0.9));
      });
    }
  }

  it("have the fidelity that their manifests claim", async () => {
    const folderOfLines = new URL("test-pictures/", import.meta.url);
    const lines = (await readFile(new URL("lines.txt", folderOfLines), "utf8")).trimEnd();
    const picture = readPng(await readFile(new URL("lines.png", folderOfLines)));
    const accuracy = async (detection: string, recognition: string): Promise<number> => {
      const detect = await chain(`text-detection/${detection}.onnx`);
      const recognize = await chain(`text-recognition/${recognition}.onnx`);
      const { text } = await readPicture(picture, { detect, recognize, dictionary });
      return 1 - editDistance(text, lines) / lines.length;
    };
    const best = await accuracy("float32", "float32");
    assert.ok(best > 0.995, `${best} of the characters are right`);
    const measured = {
      "text-detection": (await accuracy("int8", "float32")) / best,
      "text-recognition": (await accuracy("float32", "int8")) / best,
    };
    for (const [model, fidelity] of Object.entries(measured)) {
      // Two characters more or less: processors round differently.
      assert.ok(
        Math.abs(fidelity - (await claimed(model, "int8"))) < 2.5 / lines.length,
        `${model}: ${fidelity}`,
      );
    }
  });

  it("give the same numbers whole and cut; what crosses the cut is small", async () => {
    const data = Float32Array.from({ length: 3 * 48 * 320 }, (_, index) => Math.sin(index / 7));
    const input = { dataType: "float32" as const, shape: [1, 3, 48, 320], data };
    const whole = await (await chain("text-recognition/float32.onnx"))(input);
    const body = await (await chain("text-recognition/float32-body.onnx"))(input);
    const cut = await (
      await chain("text-recognition/float32-body.onnx", "text-recognition/float32-head.onnx")
    )(input);
    assert.deepEqual(cut, whole);
    assert.deepEqual([body.shape, body.data.byteLength], [[1, 40, 120], 19200]);
    assert.equal(whole.data.byteLength, 1060000);
  });
});

describe("the language identifier", () => {
  // Out of 45. Storing the weights in 8 bits, with one scale for a layer, loses two.
  const right = { float32: 45, float16: 45, int8: 43 };
  for (const [precision, expected] of Object.entries(right)) {
    it(`names ${expected} of 45 sentences' languages, in ${precision}`, async () => {
      const vocabulary = JSON.parse(
        await readFile(path.join(folder, "language-identification/vocabulary.json"), "utf8"),
      ) as LanguageVocabulary;
      const session = await ort.InferenceSession.create(
        path.join(folder, `language-identification/${precision}.onnx`),
      );
      const sentences = await readLabelledSentences();
      assert.equal(sentences.length, 45);
      let count = 0;
      for (const { text, language } of sentences) {
        const frequencies = ngramFrequencies(text, vocabulary);
        const { probabilities } = await session.run({
          frequencies: new ort.Tensor("float32", frequencies, [1, frequencies.length]),
        });
        const answer = mostProbableLanguage(probabilities?.data as Float32Array, vocabulary);
        if (answer.language === language) count += 1;
      }
      assert.equal(count, expected);
      const fidelity = await claimed("language-identification", precision);
      assert.equal(fidelity.toFixed(3), (count / right.float32).toFixed(3));
    });
  }
});
