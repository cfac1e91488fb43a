import type { InferredGraph, Step } from "./infer-shapes.ts";
import { operationsOf } from "./operations.ts";
import { byteCount } from "./tensor-information.ts";

/** What a run costs. */
export interface RunCosts {
  /** Arithmetic operations; a multiplication with its addition counts as two. */
  operations: number;
  /** Bytes read and written: each operator's inputs and outputs, weights among them. */
  bytes: number;
  /** Bytes of weights, as they lie in memory when the model is loaded. */
  weights: number;
  /** Bytes of the other tensors that are alive at once, at the peak. */
  activations: number;
}

/** The same elements under another shape: a runtime moves nothing for these. */
const renaming = new Set(["Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);

/** What the operators in order cost in one run, given which tensors outlive it. */
export function costsOf({ steps, tensors }: InferredGraph, outputs: readonly string[]): RunCosts {
  const running = steps.filter((step) => !isPrepared(step));
  return {
    operations: running.reduce((sum, step) => sum + operationsOf(step), 0),
    bytes: running.reduce((sum, step) => sum + touchedBytes(step), 0),
    weights: weightBytes(running, tensors),
    activations: peakActivations(running, tensors, outputs),
  };
}

/**
 * Whether an operator gives the same in every run, so that a runtime runs it once, when it loads the model. Weights
 * that are stored in fewer bits with their scales stay so, however: runtimes widen those in each run.
 */
function isPrepared({ node, outputs }: Step): boolean {
  return node.opType !== "DequantizeLinear" && outputs.every(({ isConstant }) => isConstant);
}

function touchedBytes({ node, application, outputs }: Step): number {
  if (renaming.has(node.opType)) return 0;
  const read = application.inputs.reduce(
    (sum, input) => sum + (input === undefined ? 0 : byteCount(input)),
    0,
  );
  return read + outputs.reduce((sum, output) => sum + byteCount(output), 0);
}

/** The constants that operators read in a run, each once. */
function weightBytes(steps: readonly Step[], tensors: InferredGraph["tensors"]): number {
  const constants = new Set(
    steps.flatMap(({ node }) => node.input).filter((name) => isConstant(name, tensors)),
  );
  return [...constants].reduce((sum, name) => sum + bytesNamed(name, tensors), 0);
}

function isConstant(name: string, tensors: InferredGraph["tensors"]): boolean {
  return tensors.get(name)?.isConstant ?? false;
}

function bytesNamed(name: string, tensors: InferredGraph["tensors"]): number {
  const tensor = tensors.get(name);
  return tensor === undefined ? 0 : byteCount(tensor);
}

/** The most bytes of tensors alive at once: each from the operator that gives it to the last that takes it. */
function peakActivations(
  steps: readonly Step[],
  tensors: InferredGraph["tensors"],
  outputs: readonly string[],
): number {
  const storage = storageNames(steps);
  const stored = (name: string): string => storage.get(name) ?? name;
  const isActivation = (name: string): boolean => name !== "" && !isConstant(name, tensors);
  const lastUse = new Map<string, number>();
  steps.forEach(({ node }, index) => {
    for (const name of node.input.filter(isActivation)) lastUse.set(stored(name), index);
  });
  for (const name of outputs) lastUse.set(stored(name), steps.length);

  const given = new Set(steps.flatMap(({ node }) => node.output).map(stored));
  const alive = new Set([...lastUse.keys()].filter((name) => !given.has(name)));
  const bytes = (): number => [...alive].reduce((sum, name) => sum + bytesNamed(name, tensors), 0);
  let peak = bytes();
  steps.forEach(({ node }, index) => {
    for (const name of node.output.filter(isActivation)) alive.add(stored(name));
    peak = Math.max(peak, bytes());
    for (const name of alive) if ((lastUse.get(name) ?? index) <= index) alive.delete(name);
  });
  return peak;
}

/** For each tensor that is another under a new shape, that other. */
function storageNames(steps: readonly Step[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { node } of steps) {
    const [from] = node.input;
    const [to] = node.output;
    if (renaming.has(node.opType) && from !== undefined && to !== undefined) {
      names.set(to, names.get(from) ?? from);
    }
  }
  return names;
}
