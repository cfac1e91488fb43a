import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { root } from "../../../tools/setup/where.mjs";

/** The models of this project, and the shape of what each takes. */
export const models = {
  "text-detection float32": { file: "text-detection/float32.onnx", shape: [1, 3, 320, 320] },
  "text-detection int8": { file: "text-detection/int8.onnx", shape: [1, 3, 320, 320] },
  "text-recognition float32": { file: "text-recognition/float32.onnx", shape: [1, 3, 48, 320] },
  "text-recognition int8": { file: "text-recognition/int8.onnx", shape: [1, 3, 48, 320] },
  "language-identification float32": { file: "language-identification/float32.onnx", shape: [1, 620] },
} as const;

export type ModelName = keyof typeof models;

export const modelNames = Object.keys(models) as ModelName[];

/** The forms of a model: as it is published, and prepared for the runtime. */
export const forms = ["onnx", "ort"] as const;
export type Form = (typeof forms)[number];

export function nameOfForm(model: ModelName, form: Form): string {
  return `${model.replace(" ", "-")}.${form}`;
}

/**
 * Writes both forms of each model into a folder, and tells their sizes in bytes. The runtime for the web cannot write the prepared
 * one; that for Node can, at the only level whose result the web's takes.
 */
export async function writeForms(folder: string): Promise<Map<ModelName, Record<Form, number>>> {
  await mkdir(folder, { recursive: true });
  const sizes = new Map<ModelName, Record<Form, number>>();
  for (const name of modelNames) {
    const original = await readFile(path.join(root, "models", models[name].file));
    await writeFile(path.join(folder, nameOfForm(name, "onnx")), original);
    const prepared = path.join(folder, nameOfForm(name, "ort"));
    const session = await InferenceSession.create(original, {
      graphOptimizationLevel: "basic",
      optimizedModelFilePath: prepared,
      extra: { session: { save_model_format: "ORT" } },
    });
    await session.release();
    sizes.set(name, { onnx: original.length, ort: (await stat(prepared)).size });
  }
  return sizes;
}
