import { isDeepStrictEqual } from "node:util";
import { LockError } from "./lock-error.ts";
import type { OnnxAnalysis } from "./onnx/analyze.ts";
import type { TensorDescription } from "./onnx/tensor-description.ts";

export type Tensors = ReadonlyMap<string, TensorDescription>;

/** The tensors that go into a chain of parts and come out of it. */
export interface Border {
  readonly inputs: Map<string, TensorDescription>;
  readonly outputs: Map<string, TensorDescription>;
}

/** What a chain of parts takes from outside, and what it gives that no later part takes. */
export function borderOf(variant: string, parts: readonly OnnxAnalysis[]): Border {
  const inputs = new Map<string, TensorDescription>();
  const outputs = new Map<string, TensorDescription>();
  const crossing = new Map<string, TensorDescription>();
  for (const part of parts) {
    for (const [name, description] of part.inputs) {
      const given = outputs.get(name) ?? crossing.get(name);
      if (given === undefined) inputs.set(name, description);
      else requireFit(variant, name, given, description);
      if (given !== undefined) crossing.set(name, given);
      outputs.delete(name);
    }
    for (const [name, description] of part.outputs) {
      if (inputs.has(name) || outputs.has(name) || crossing.has(name)) {
        throw new LockError(
          `The parts of ${variant} have two tensors called ${name}: are they in the right order?`,
        );
      }
      outputs.set(name, description);
    }
  }
  return { inputs, outputs };
}

function requireFit(variant: string, name: string, given: TensorDescription, taken: TensorDescription): void {
  if (given.dataType !== taken.dataType || !haveTheSameForm(given, taken)) {
    throw new LockError(
      `The parts of ${variant} do not fit: one gives ${name} as ${written(given)}, the next takes ${written(taken)}.`,
    );
  }
}

/** The name of a tensor that one side has and the other has not, or not so. */
export function differenceBetween(one: Tensors, other: Tensors): string | undefined {
  return [...new Set([...one.keys(), ...other.keys()])].find((name) => {
    const [mine, yours] = [one.get(name), other.get(name)];
    return (
      mine === undefined ||
      yours === undefined ||
      mine.dataType !== yours.dataType ||
      !haveTheSameForm(mine, yours)
    );
  });
}

/** The same sizes; a dynamic dimension may have two names. */
function haveTheSameForm(one: TensorDescription, other: TensorDescription): boolean {
  const form = ({ shape }: TensorDescription): (number | null)[] =>
    shape.map((size) => (typeof size === "number" ? size : null));
  return isDeepStrictEqual(form(one), form(other));
}

/** What there is of a tensor, in words. */
export function tellOf(description: TensorDescription | undefined): string {
  return description === undefined ? "has none" : `has ${written(description)}`;
}

function written({ dataType, shape }: TensorDescription): string {
  return `${dataType} [${shape.join(", ")}]`;
}
