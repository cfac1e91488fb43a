import { BackendError } from "../backend.ts";
import type { Backend, LoadedPart, Tensor, Tensors } from "../backend.ts";
import { arrayOf, tensorOf } from "./array.ts";
import type { NumberArray } from "./array.ts";
import { readAGraph } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { apply, isKnown } from "./operators.ts";

/**
 * Runs tiny ONNX models (sums, products and rectifiers of float32, int32 and int64) exactly, the same on every machine,
 * with no runtime to download. For tests: it is as slow as it is small.
 */
export const arithmeticBackend: Backend = {
  name: "arithmetic",
  formats: ["onnx"],
  load: async (format, model) => {
    if (format !== "onnx") throw new BackendError(`The format ${format} cannot be run here.`);
    return new ArithmeticPart(readARunnableGraph(model));
  },
};

function readARunnableGraph(model: Uint8Array<ArrayBuffer>): Graph {
  let graph: Graph;
  try {
    graph = readAGraph(model);
  } catch (cause) {
    if (cause instanceof BackendError) throw cause;
    throw new BackendError("This is not an ONNX model.", { cause });
  }
  const stranger = graph.operators.find((operator) => !isKnown(operator));
  if (stranger !== undefined) throw new BackendError(`The operator ${stranger.type} is not known here.`);
  return graph;
}

class ArithmeticPart implements LoadedPart {
  readonly lost = new Promise<string>(() => {});
  #graph: Graph | null;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  async run(inputs: Tensors, signal?: AbortSignal): Promise<Map<string, Tensor>> {
    if (signal?.aborted) throw signal.reason;
    if (this.#graph === null) throw new BackendError("The part was released.");
    return runAGraph(this.#graph, inputs);
  }

  release(): Promise<void> {
    this.#graph = null;
    return Promise.resolve();
  }
}

function runAGraph(graph: Graph, inputs: Tensors): Map<string, Tensor> {
  const arrays = new Map<string, NumberArray>(graph.constants);
  for (const name of graph.inputs) {
    const input = inputs.get(name);
    if (input === undefined) throw new BackendError(`The input ${name} is missing.`);
    arrays.set(name, arrayOf(input, name));
  }
  const stranger = [...inputs.keys()].find((name) => !graph.inputs.includes(name));
  if (stranger !== undefined) throw new BackendError(`The model has no input ${stranger}.`);
  const arrayNamed = (name: string): NumberArray => {
    const array = arrays.get(name);
    if (array === undefined) throw new BackendError(`Nothing gives ${name}.`);
    return array;
  };
  for (const operator of graph.operators) {
    const [output = ""] = operator.outputs;
    arrays.set(output, apply(operator, operator.inputs.filter((name) => name !== "").map(arrayNamed)));
  }
  return new Map(graph.outputs.map((name) => [name, tensorOf(arrayNamed(name))]));
}
