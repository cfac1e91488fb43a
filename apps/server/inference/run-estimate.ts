import { analyzeOnnxModel } from "../../cli/onnx/analyze.ts";
import { NotAnOnnxModelError, readOnnxModel, writeOnnxModel } from "../../cli/onnx/model-file.ts";
import { UnsupportedModelError } from "../../cli/onnx/unsupported-model-error.ts";
import type { RequestedInput } from "./infer-request.ts";
import { ProtocolError } from "./protocol-error.ts";

type Sized = Pick<RequestedInput, "name" | "shape">;

/**
 * Tells in advance what the tensors of a run take: a few bytes of a request can make a model, which widens or pads each
 * of them, take a thousand times as much.
 */
export class RunEstimate {
  readonly #parts: readonly Uint8Array[];

  private constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
  }

  /**
   * @param parts - the ONNX files, in pipeline order
   * @returns null where nothing can be told, such as of an operator that only the runtime knows
   */
  static of(parts: readonly Uint8Array[]): RunEstimate | null {
    try {
      const estimate = new RunEstimate(parts.map(withoutWeights));
      for (const part of estimate.#parts) analyzeOnnxModel(part, { source: "The model" });
      return estimate;
    } catch (error) {
      if (error instanceof UnsupportedModelError || error instanceof NotAnOnnxModelError) return null;
      throw error;
    }
  }

  /** @throws ProtocolError 400 where the tensors between the operators would take more than `most` bytes at a time */
  require(inputs: readonly Sized[], most: number): void {
    const shapes = new Map(inputs.map(({ name, shape }) => [name, shape]));
    for (const part of this.#parts) {
      const { activations, outputShapes } = this.#analyze(part, shapes);
      if (activations > most) {
        throw new ProtocolError(
          400,
          `Inputs of these shapes take ${Math.round(activations / 2 ** 20)} MiB in the model, and may take ` +
            `${Math.floor(most / 2 ** 20)} here. Send less at a time.`,
        );
      }
      for (const [name, shape] of outputShapes) shapes.set(name, shape);
    }
  }

  #analyze(part: Uint8Array, shapes: ReadonlyMap<string, readonly number[]>) {
    try {
      const { inputs, dimensions, costs, outputShapes } = analyzeOnnxModel(part, {
        source: "The model",
        inputShapes: shapes,
      });
      for (const [input, { shape }] of inputs) {
        for (const [axis, name] of shape.entries()) {
          // One size of a name is taken for all: with two, no estimate would hold.
          if (typeof name === "number" || dimensions.get(name) === shapes.get(input)?.[axis]) continue;
          throw new ProtocolError(400, `Two inputs have different sizes of the dimension '${name}'.`);
        }
      }
      return { activations: costs.activations, outputShapes };
    } catch (error) {
      if (!(error instanceof UnsupportedModelError)) throw error;
      throw new ProtocolError(400, error.message);
    }
  }
}

/** Large constants are known by their shapes alone. */
function withoutWeights(bytes: Uint8Array): Uint8Array {
  const model = readOnnxModel(bytes, "The model");
  for (const constant of model.graph.initializer) {
    if (constant.rawData.length > 1024) constant.rawData = new Uint8Array();
  }
  return writeOnnxModel(model);
}
