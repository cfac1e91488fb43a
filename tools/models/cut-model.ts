import { clone, create } from "@bufbuild/protobuf";
import { ModelProtoSchema, NodeProtoSchema } from "onnx-buf";
import type { NodeProto, ValueInfoProto } from "onnx-buf";
import type { OnnxModel } from "../../apps/cli/onnx/model-file.ts";

/**
 * Cuts a model in two at one tensor: the first part gives it as its only output, the second takes it as its only
 * input. Throws where more than that tensor would have to cross.
 */
export function cutModel(model: OnnxModel, tensor: ValueInfoProto): [OnnxModel, OnnxModel] {
  const first = partOf(model, `${model.graph.name}-before-${tensor.name}`, new Set(), [tensor]);
  const second = partOf(
    model,
    `${model.graph.name}-after-${tensor.name}`,
    new Set([tensor.name]),
    model.graph.output,
  );
  first.graph.output = [tensor];
  second.graph.input = [tensor];
  const inputs = new Set(model.graph.input.map(({ name }) => name));
  for (const { name, input } of second.graph.node) {
    const crossing = input.find((needed) => inputs.has(needed));
    if (crossing !== undefined) {
      throw new Error(
        `${name} needs the model's input ${crossing} behind the cut: cut elsewhere than at ${tensor.name}.`,
      );
    }
  }
  const repeated = first.graph.node.find(
    (node) =>
      node.opType !== "Constant" && second.graph.node.some(({ output }) => output[0] === node.output[0]),
  );
  if (repeated !== undefined) {
    throw new Error(`Both parts need ${repeated.output[0]}: cut elsewhere than at ${tensor.name}.`);
  }
  return [first, second];
}

/** The model's last operator of a type. */
export function lastOperator(model: OnnxModel, opType: string): NodeProto {
  const found = model.graph.node.findLast((node) => node.opType === opType);
  if (found === undefined) throw new Error(`The model has no operator ${opType}.`);
  return found;
}

/** What is needed for `outputs`, given the tensors that are `known`. */
function partOf(model: OnnxModel, name: string, known: Set<string>, outputs: ValueInfoProto[]): OnnxModel {
  const part = clone(ModelProtoSchema, model) as OnnxModel;
  const needed = new Set(outputs.map((output) => output.name));
  const kept: NodeProto[] = [];
  for (const node of model.graph.node.toReversed()) {
    if (!node.output.some((output) => needed.has(output) && !known.has(output))) continue;
    kept.push(create(NodeProtoSchema, node));
    for (const input of node.input) needed.add(input);
  }
  part.graph.name = name;
  part.graph.node = kept.toReversed();
  part.graph.initializer = part.graph.initializer.filter((constant) => needed.has(constant.name));
  part.graph.valueInfo = [];
  return part;
}
