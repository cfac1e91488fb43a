import { broadcast } from "./application.ts";
import type { Application, Rule } from "./application.ts";
import {
  cast,
  dequantize,
  dynamicQuantize,
  elementwise,
  quantize,
  sameAsInput,
  unchanged,
} from "./rules-of-elements.ts";
import {
  concat,
  constant,
  constantOfShape,
  expand,
  flatten,
  gather,
  pad,
  range,
  reshape,
  resize,
  shapeOf,
  slice,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from "./rules-of-layout.ts";
import {
  argument,
  convolution,
  gemm,
  globalPool,
  matrixProduct,
  pool,
  reduce,
  transposedConvolution,
} from "./rules-of-sums.ts";
import { mostValues } from "./tensor-information.ts";
import type { TensorInformation } from "./tensor-information.ts";

/** What follows an operator's inputs. Throws where the operator is not known here. */
export function outputsOf(application: Application): TensorInformation[] {
  const rule = rules.get(application.node.opType);
  if (rule === undefined || !["", "ai.onnx"].includes(application.node.domain)) {
    throw application.fault(
      "is not known here, so its cost cannot be told: give the variant's costs yourself",
    );
  }
  const isConstant = application.inputs.every((input) => input?.isConstant ?? true);
  return rule(application).map(({ values, ...output }) => ({
    ...output,
    isConstant: isConstant || values !== undefined,
    // Joined with themselves a few times, they would fill the memory.
    ...(values !== undefined && values.length <= mostValues && { values }),
  }));
}

const rules = new Map<string, Rule>([
  ...group(sameAsInput, [
    "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Clip Cos Cosh CumSum Elu Erf Exp Floor Gelu HardSigmoid",
    "HardSwish LeakyRelu Log LogSoftmax LRN Mish Neg Not Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softmax",
    "Softplus Softsign Sqrt Tan Tanh ThresholdedRelu BatchNormalization GroupNormalization InstanceNormalization",
    "LayerNormalization LpNormalization MeanVarianceNormalization RMSNormalization",
  ]),
  ...group(unchanged, ["Identity Dropout"]),
  ...group(elementwise(), ["Max Mean Min Mod Pow PRelu Sum And Or Xor BitShift"]),
  ...group(elementwise("bool"), ["Equal Greater GreaterOrEqual Less LessOrEqual"]),
  ["Add", elementwise(undefined, (a, b) => a + b)],
  ["Sub", elementwise(undefined, (a, b) => a - b)],
  ["Mul", elementwise(undefined, (a, b) => a * b)],
  [
    "Div",
    (application) => {
      const isFloat = application.input(0).type.includes("float");
      return elementwise(undefined, (a, b) => (isFloat ? a / b : Math.trunc(a / b)))(application);
    },
  ],
  [
    "Where",
    (application) => {
      const shape = broadcast([0, 1, 2].map((index) => application.input(index).shape));
      return [{ type: application.input(1).type, shape }];
    },
  ],
  ["Cast", cast],
  ["Constant", constant],
  ["Shape", shapeOf],
  ["Slice", slice],
  ["Concat", concat],
  ["Reshape", reshape],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
  ["Transpose", transpose],
  ["Flatten", flatten],
  ["Gather", gather],
  ["Expand", expand],
  ["ConstantOfShape", constantOfShape],
  ["Conv", convolution],
  ["ConvTranspose", transposedConvolution],
  ...group(pool, ["AveragePool LpPool MaxPool"]),
  ...group(globalPool, ["GlobalAveragePool GlobalMaxPool GlobalLpPool"]),
  ["MatMul", matrixProduct()],
  ["MatMulInteger", matrixProduct("int32")],
  ["Gemm", gemm],
  ...group(reduce, [
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum",
    "ReduceSumSquare",
  ]),
  ...group(argument, ["ArgMax ArgMin"]),
  ...group(resize, ["Resize Upsample"]),
  ["Split", split],
  ["Pad", pad],
  ["Tile", tile],
  ["Range", range],
  ["DynamicQuantizeLinear", dynamicQuantize],
  ["QuantizeLinear", quantize],
  ["DequantizeLinear", dequantize],
]);

function group(rule: Rule, lists: readonly string[]): [string, Rule][] {
  return lists.flatMap((list) => list.split(" ")).map((operator) => [operator, rule]);
}
