import { costsOf } from "./costs.ts";
import type { RunCosts } from "./costs.ts";
import type { ElementType } from "./data-types.ts";
import { inferShapes } from "./infer-shapes.ts";
import type { DimensionSizes } from "./infer-shapes.ts";
import { readOnnxModel } from "./model-file.ts";
import type { OnnxModel } from "./model-file.ts";
import { inputsOf, outputsOf } from "./tensor-description.ts";
import type { TensorDescription } from "./tensor-description.ts";
import { byteCount, informationOf } from "./tensor-information.ts";
import { UnsupportedModelError } from "./unsupported-model-error.ts";

/** What can be told of an ONNX model without running it. */
export interface OnnxAnalysis {
  inputs: Map<string, TensorDescription>;
  outputs: Map<string, TensorDescription>;
  /** The operators that occur, in alphabetical order; of other domains than the standard's, as `domain.Operator`. */
  operators: string[];
  /** The size of the constants in the file. */
  weightBytes: number;
  /** How most of the weights' bytes are stored. */
  precision: ElementType;
  /** One run, for the sizes below. */
  costs: RunCosts;
  /** The sizes of the dynamic dimensions of the inputs: those that were given or, where none was, taken. */
  dimensions: Map<string, number>;
  /** The shapes of the outputs in such a run. */
  outputShapes: Map<string, readonly number[]>;
}

export interface AnalysisOptions {
  /** Names the file in error messages. */
  source: string;
  /** Sizes of dynamic dimensions in the run, by name. Without, a leading one (mostly the batch) is 1, any other 256. */
  dimensions?: DimensionSizes;
  /** Shapes of inputs in the run, by name; they go before `dimensions`. */
  inputShapes?: ReadonlyMap<string, readonly number[]>;
}

/** Analyses the bytes of an ONNX file. */
export function analyzeOnnxModel(bytes: Uint8Array, options: AnalysisOptions): OnnxAnalysis {
  const model = readOnnxModel(bytes, options.source);
  try {
    const inputs = inputsOf(model);
    const outputs = outputsOf(model);
    const dimensions = sizesFor(inputs, options);
    const inferred = inferShapes(model, dimensions);
    return {
      inputs,
      outputs,
      operators: operatorsOf(model),
      ...weightsOf(model),
      costs: costsOf(inferred, [...outputs.keys()]),
      dimensions,
      outputShapes: new Map(
        [...outputs.keys()].map((name) => [name, inferred.tensors.get(name)?.shape ?? []]),
      ),
    };
  } catch (error) {
    if (error instanceof UnsupportedModelError) error.message = `${options.source}: ${error.message}`;
    throw error;
  }
}

function sizesFor(
  inputs: ReadonlyMap<string, TensorDescription>,
  { dimensions, inputShapes }: AnalysisOptions,
): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [input, { shape }] of inputs) {
    shape.forEach((name, index) => {
      if (typeof name === "number") return;
      const size = inputShapes?.get(input)?.[index] ?? dimensions?.get(name) ?? (index === 0 ? 1 : 256);
      sizes.set(name, size);
    });
  }
  return sizes;
}

function operatorsOf({ graph }: OnnxModel): string[] {
  const names = graph.node.map(({ domain, opType }) =>
    domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`,
  );
  return [...new Set(names)].toSorted();
}

function weightsOf({ graph }: OnnxModel): { weightBytes: number; precision: ElementType } {
  const constants = graph.node.flatMap((node) =>
    node.opType === "Constant" ? node.attribute.flatMap(({ t }) => t ?? []) : [],
  );
  const bytesByType = new Map<ElementType, number>();
  let weightBytes = 0;
  for (const constant of [...graph.initializer, ...constants]) {
    const information = informationOf(constant);
    const size = byteCount(information);
    weightBytes += size;
    bytesByType.set(information.type, (bytesByType.get(information.type) ?? 0) + size);
  }
  const [most] = [...bytesByType].toSorted(([, one], [, other]) => other - one);
  return { weightBytes, precision: most?.[0] ?? "float32" };
}
