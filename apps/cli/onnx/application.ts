import type { NodeProto } from "onnx-buf";
import { attributesOf } from "./attributes.ts";
import type { Attributes } from "./attributes.ts";
import type { TensorInformation } from "./tensor-information.ts";
import { UnsupportedModelError } from "./unsupported-model-error.ts";

/** One operator with what is known of its inputs; an input that was left out is undefined. */
export class Application {
  readonly node: NodeProto;
  readonly attributes: Attributes;
  readonly inputs: readonly (TensorInformation | undefined)[];

  constructor(node: NodeProto, inputs: readonly (TensorInformation | undefined)[]) {
    this.node = node;
    this.attributes = attributesOf(node);
    this.inputs = inputs;
  }

  input(index: number): TensorInformation {
    const input = this.inputs[index];
    if (input === undefined) throw this.fault(`has no input ${index}`);
    return input;
  }

  /** The elements of an input that must be known before a run. */
  values(index: number): readonly number[] {
    const { values } = this.input(index);
    if (values === undefined) throw this.fault(`takes a shape that is known only in a run (input ${index})`);
    return values;
  }

  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  fault(what: string): UnsupportedModelError {
    return new UnsupportedModelError(`The operator ${this.node.opType} "${this.node.name}" ${what}.`);
  }
}

/** The outputs' types and shapes, and their values where they follow from those of the inputs. */
export type Output = Omit<TensorInformation, "isConstant">;
export type Rule = (application: Application) => Output[];

export function broadcast(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, index) => {
    const sizes = shapes.map((shape) => shape[shape.length - rank + index] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Axes are an attribute in older operator sets, an input in newer ones. */
export function axesOf(application: Application, inputIndex: number): number[] | undefined {
  const axes =
    application.attributes.integers("axes") ??
    (application.has(inputIndex) ? application.values(inputIndex) : undefined);
  return axes && [...axes];
}
