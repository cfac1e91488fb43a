import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** What the backend onnxruntime-web loads, once a model is there to run. */
const files = ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];

/** Copies the runtime to the folder beside the bundles where they look for it. */
export async function copyRuntime(root: string): Promise<string> {
  const source = path.dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  const folder = path.join(root, "dist/onnxruntime");
  await mkdir(folder, { recursive: true });
  for (const file of files) await copyFile(path.join(source, file), path.join(folder, file));
  return folder;
}
