import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as ort from "onnxruntime-node";

import { elementSize } from "./data-types.ts";
import type { ElementType } from "./data-types.ts";
import { inferShapes } from "./infer-shapes.ts";
import type { DimensionSizes } from "./infer-shapes.ts";
import { readOnnxModel } from "./model-file.ts";
import { inputsOf } from "./tensor-description.ts";
import { elementCount } from "./tensor-information.ts";

/** The runtime's names of the types. */
const runtimeTypes: Partial<Record<ElementType, string>> = { float32: "float", float64: "double" };

function written(type: ElementType, shape: readonly number[]): string {
  return `${runtimeTypes[type] ?? type}[${shape.join(",")}]`;
}

/** For tests: compares what is inferred of a model with what the native runtime does, operator by operator; throws where
 * they differ, and returns how many operators were compared. Inputs are zeros. */
export async function compareWithTheRuntime(bytes: Uint8Array, sizes: DimensionSizes): Promise<number> {
  const model = readOnnxModel(bytes);
  const feeds: Record<string, ort.Tensor> = {};
  for (const [name, { dataType, shape }] of inputsOf(model)) {
    const dims = shape.map((size) => (typeof size === "number" ? size : (sizes.get(size) ?? 1)));
    const data = new Uint8Array(elementCount(dims) * elementSize(dataType)).buffer;
    feeds[name] = new ort.Tensor(dataType as "float32", new Float32Array(data), dims);
  }
  const profiled = await profile(bytes, feeds);
  const { steps } = inferShapes(model, sizes);
  let compared = 0;
  for (const { node, outputs } of steps) {
    const seen = profiled.get(node.name);
    if (seen === undefined) continue;
    compared += 1;
    assert.deepEqual(
      outputs.map(({ type, shape }) => written(type, shape)),
      seen.outputs,
      `${node.opType} ${node.name}`,
    );
  }
  return compared;
}

/** What the runtime saw of one operator in a run: the type and shape of each output, such as `float[1,2]`. */
interface ProfiledStep {
  operator: string;
  outputs: string[];
  outputBytes: number;
}

interface ProfileEvent {
  cat: string;
  name: string;
  args: { op_name: string; output_size: string; output_type_shape: Record<string, number[]>[] };
}

/** Runs a model once in the native runtime, as it is written, and tells what each operator gave, by its name. */
async function profile(
  model: Uint8Array,
  feeds: Record<string, ort.Tensor>,
): Promise<Map<string, ProfiledStep>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "profile-"));
  try {
    const session = await ort.InferenceSession.create(model, {
      graphOptimizationLevel: "disabled",
      enableProfiling: true,
      profileFilePrefix: path.join(folder, "run"),
      logSeverityLevel: 3,
    });
    await session.run(feeds);
    session.endProfiling();
    const [file = ""] = await readdir(folder);
    const events = JSON.parse(await readFile(path.join(folder, file), "utf8")) as ProfileEvent[];
    return new Map(
      events
        .filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"))
        .map(({ name, args }) => [
          name.replace(/_kernel_time$/, ""),
          {
            operator: args.op_name,
            outputs: args.output_type_shape.flatMap((output) =>
              Object.entries(output).map(([type, shape]) => `${type}[${shape.join(",")}]`),
            ),
            outputBytes: Number(args.output_size),
          },
        ]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
