import type { Step } from "./infer-shapes.ts";
import { elementCount } from "./tensor-information.ts";

/** Operators that only move, name or count elements. */
const free = new Set(
  [
    "Cast Concat Constant ConstantOfShape Dropout Expand Flatten Gather Identity Pad Range Reshape Shape Slice Split",
    "Squeeze Tile Transpose Unsqueeze Upsample Where",
  ].flatMap((list) => list.split(" ")),
);

/** Operations per element of the result, where it is not one. */
const perElement = new Map([
  ["BatchNormalization", 2],
  ["Clip", 2],
  ["DequantizeLinear", 2],
  ["DynamicQuantizeLinear", 4],
  ["Gelu", 4],
  ["HardSigmoid", 4],
  ["HardSwish", 5],
  ["InstanceNormalization", 8],
  ["LayerNormalization", 8],
  ["LogSoftmax", 5],
  ["QuantizeLinear", 3],
  // Each element of the result is mixed of the four nearest.
  ["Resize", 7],
  ["Softmax", 4],
]);

/** The arithmetic operations of one operator in one run; a multiplication and the addition of its result count as two. */
export function operationsOf({ node, application, outputs }: Step): number {
  const results = elementCount(outputs[0]?.shape ?? []);
  const kernel = (): number => elementCount(application.input(1).shape.slice(1));
  switch (node.opType) {
    case "Conv":
      return results * (2 * kernel() + (application.has(2) ? 1 : 0));
    case "ConvTranspose":
      return elementCount(application.input(0).shape) * 2 * kernel() + (application.has(2) ? results : 0);
    case "MatMul":
    case "MatMulInteger":
      return results * 2 * (application.input(0).shape.at(-1) ?? 1);
    case "Gemm": {
      const transposed = application.attributes.integer("transA", 0) === 1;
      const depth = application.input(0).shape[transposed ? 0 : 1] ?? 1;
      return results * (2 * depth + (application.has(2) ? 1 : 0));
    }
    case "AveragePool":
    case "MaxPool":
    case "LpPool":
      return results * elementCount(application.attributes.integers("kernel_shape") ?? []);
  }
  if (free.has(node.opType)) return 0;
  if (/^(Reduce|Arg|Global)/.test(node.opType)) return elementCount(application.input(0).shape);
  if (node.opType === "Resize" && application.attributes.string("mode", "nearest") === "nearest") return 0;
  return results * (perElement.get(node.opType) ?? 1);
}
