import type { ModelProto, NodeProto, TensorProto } from "onnx-buf";
import {
  constantTensor,
  DataType,
  onnxModel,
  operator,
  tensorDeclaration,
} from "../../apps/cli/onnx/onnx-parts.ts";
import { symmetricInt8 } from "./int8.ts";
import type { DenseLayer, LanguageIdentifier } from "./lande.ts";

/** How the weights of a variant are stored; they are computed with in float32. */
export type WeightPrecision = "float32" | "float16" | "int8";

/** The language identifier as an ONNX model: `frequencies` [batch, n-grams] to `probabilities` [batch, languages]. */
export function languageIdentifierModel(
  { layers, vocabulary }: LanguageIdentifier,
  precision: WeightPrecision,
): ModelProto {
  const operators: NodeProto[] = [];
  const constants: TensorProto[] = [];
  let activation = "frequencies";
  layers.forEach((layer, index) => {
    const stored = storeWeights(layer, index, precision);
    constants.push(
      ...stored.constants,
      constantTensor(`biases${index}`, DataType.FLOAT, [layer.outputs], layer.biases),
    );
    const isLast = index === layers.length - 1;
    const result = isLast ? "probabilities" : `hidden${index}`;
    operators.push(
      ...stored.operators,
      operator("MatMul", [activation, `weights${index}`], [`product${index}`]),
      operator("Add", [`product${index}`, `biases${index}`], [`sum${index}`]),
      isLast
        ? operator("Softmax", [`sum${index}`], [result], { axis: -1n })
        : operator("Relu", [`sum${index}`], [result]),
    );
    activation = result;
  });
  return onnxModel({
    name: `language-identifier-${precision}`,
    operatorSet: 13,
    operators,
    constants,
    inputs: [tensorDeclaration("frequencies", DataType.FLOAT, ["batch", vocabulary.ngrams.length])],
    outputs: [tensorDeclaration("probabilities", DataType.FLOAT, ["batch", vocabulary.languages.length])],
  });
}

/** Constants that hold a layer's weights, and the operators that widen them to the float32 tensor `weights<index>`. */
function storeWeights(
  { inputs, outputs, weights }: DenseLayer,
  index: number,
  precision: WeightPrecision,
): { constants: TensorProto[]; operators: NodeProto[] } {
  const name = `weights${index}`;
  const shape = [inputs, outputs];
  if (precision === "float32") {
    return { constants: [constantTensor(name, DataType.FLOAT, shape, weights)], operators: [] };
  }
  if (precision === "float16") {
    return {
      constants: [constantTensor(`${name}-float16`, DataType.FLOAT16, shape, new Float16Array(weights))],
      operators: [operator("Cast", [`${name}-float16`], [name], { to: BigInt(DataType.FLOAT) })],
    };
  }
  const { values, scales } = symmetricInt8(weights, 1, () => 0);
  return {
    constants: [
      constantTensor(`${name}-int8`, DataType.INT8, shape, values),
      constantTensor(`${name}-scale`, DataType.FLOAT, [], scales),
    ],
    operators: [operator("DequantizeLinear", [`${name}-int8`, `${name}-scale`], [name])],
  };
}
