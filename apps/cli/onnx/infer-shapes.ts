import type { NodeProto } from "onnx-buf";
import { Application } from "./application.ts";
import type { OnnxModel } from "./model-file.ts";
import { outputsOf } from "./shape-rules.ts";
import { inputsOf } from "./tensor-description.ts";
import { informationOf } from "./tensor-information.ts";
import type { TensorInformation } from "./tensor-information.ts";
import { UnsupportedModelError } from "./unsupported-model-error.ts";

/** The sizes of dynamic dimensions, by name, in one run. */
export type DimensionSizes = ReadonlyMap<string, number>;

/** One operator of a graph in one run: what goes in, and what comes out. */
export interface Step {
  readonly node: NodeProto;
  readonly application: Application;
  readonly outputs: readonly TensorInformation[];
}

/** A graph in one run, for given sizes of its dynamic dimensions. */
export interface InferredGraph {
  /** In the order in which they run. */
  readonly steps: readonly Step[];
  /** Every tensor by name. */
  readonly tensors: ReadonlyMap<string, TensorInformation>;
}

/** Tells the type and shape of every tensor of a graph, following the operators from the inputs. */
export function inferShapes(model: OnnxModel, sizes: DimensionSizes): InferredGraph {
  const tensors = new Map<string, TensorInformation>();
  for (const constant of model.graph.initializer) tensors.set(constant.name, informationOf(constant));
  for (const [name, { dataType, shape }] of inputsOf(model)) {
    const sized = shape.map((size) => (typeof size === "number" ? size : sizeOf(size, sizes)));
    tensors.set(name, { type: dataType, shape: sized, isConstant: false });
  }
  const steps = model.graph.node.map((node) => {
    const inputs = node.input.map((name) => {
      const input = tensors.get(name);
      if (name !== "" && input === undefined) {
        throw new UnsupportedModelError(`${node.opType} "${node.name}" needs ${name}, which nothing gives.`);
      }
      return input;
    });
    const application = new Application(node, inputs);
    const outputs = outputsOf(application);
    node.output.forEach((name, index) => {
      const output = outputs[index];
      if (name === "" || output === undefined) return;
      if (output.shape.some((size) => !Number.isInteger(size) || size < 0)) {
        throw application.fault(
          `gives the impossible shape [${output.shape.join(", ")}]: other sizes of the dynamic dimensions may fit`,
        );
      }
      tensors.set(name, output);
    });
    return { node, application, outputs };
  });
  return { steps, tensors };
}

function sizeOf(dimension: string, sizes: DimensionSizes): number {
  const size = sizes.get(dimension);
  if (size === undefined) throw new UnsupportedModelError(`The dimension ${dimension} has no size.`);
  return size;
}
