import { broadcast } from "./application.ts";
import type { Rule } from "./application.ts";
import { elementTypeOf } from "./data-types.ts";
import type { ElementType } from "./data-types.ts";

/** Operators that work element by element. */

export const sameAsInput: Rule = (application) => [
  { type: application.input(0).type, shape: application.input(0).shape },
];

export const unchanged: Rule = (application) => [application.input(0)];

export function elementwise(type?: ElementType, compute?: (a: number, b: number) => number): Rule {
  return (application) => {
    const inputs = application.inputs.filter((input) => input !== undefined);
    const shape = broadcast(inputs.map((input) => input.shape));
    const [first, second] = inputs;
    const values =
      compute && first?.values && second?.values && combine(first.values, second.values, compute);
    return [{ type: type ?? application.input(0).type, shape, ...(values && { values }) }];
  };
}

function combine(
  first: readonly number[],
  second: readonly number[],
  compute: (a: number, b: number) => number,
): number[] | undefined {
  const length = Math.max(first.length, second.length);
  if (![1, length].includes(first.length) || ![1, length].includes(second.length)) return undefined;
  return Array.from({ length }, (_, index) =>
    compute(first[index % first.length] ?? 0, second[index % second.length] ?? 0),
  );
}

export const cast: Rule = (application) => {
  const to = elementTypeOf(application.attributes.integer("to", 1));
  if (to === undefined) throw application.fault("casts to a data type that is not supported");
  const { shape, values } = application.input(0);
  const isInteger = !to.includes("float");
  return [{ type: to, shape, ...(values && { values: isInteger ? values.map(Math.trunc) : values }) }];
};

export const dynamicQuantize: Rule = (application) => [
  { type: "uint8", shape: application.input(0).shape },
  { type: "float32", shape: [] },
  { type: "uint8", shape: [] },
];

export const quantize: Rule = (application) => [
  {
    type: application.has(2) ? application.input(2).type : "uint8",
    shape: application.input(0).shape,
  },
];

export const dequantize: Rule = (application) => [
  { type: application.input(1).type, shape: application.input(0).shape },
];
