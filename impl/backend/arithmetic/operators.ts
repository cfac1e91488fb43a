import { BackendError } from "../backend.ts";
import { arithmeticOf, elementCount } from "./array.ts";
import type { Arithmetic, NumberArray, Value } from "./array.ts";
import type { Operator } from "./graph.ts";

type Compute = (
  inputs: readonly NumberArray[],
  attribute: (name: string, otherwise: number) => number,
) => NumberArray;

/** The standard operators that this backend knows: https://onnx.ai/onnx/operators/ */
const operators = new Map<string, Compute>([
  ["Identity", (inputs) => inputAt(inputs, 0)],
  ["Relu", (inputs) => eachOf(inputAt(inputs, 0), (value, { zero }) => (value > zero ? value : zero))],
  ["Add", (inputs) => pairwise(inputs, (a, b, { add }) => add(a, b))],
  ["Sub", (inputs) => pairwise(inputs, (a, b, { subtract }) => subtract(a, b))],
  ["Mul", (inputs) => pairwise(inputs, (a, b, { multiply }) => multiply(a, b))],
  ["MatMul", (inputs) => matrixProduct(inputAt(inputs, 0), inputAt(inputs, 1))],
  [
    "Gemm",
    (inputs, attribute) => {
      const a = attribute("transA", 0) === 1 ? transposed(inputAt(inputs, 0)) : inputAt(inputs, 0);
      const b = attribute("transB", 0) === 1 ? transposed(inputAt(inputs, 1)) : inputAt(inputs, 1);
      const product = scaled(matrixProduct(a, b), attribute("alpha", 1));
      const addend = inputs[2];
      if (addend === undefined) return product;
      return pairwise([product, scaled(addend, attribute("beta", 1))], (x, y, { add }) => add(x, y));
    },
  ],
]);

export function isKnown(operator: Operator): boolean {
  return operators.has(operator.type);
}

/** The one output of an operator. */
export function apply(operator: Operator, inputs: readonly NumberArray[]): NumberArray {
  const compute = operators.get(operator.type);
  if (compute === undefined) throw new BackendError(`The operator ${operator.type} is not known here.`);
  return compute(inputs, (name, otherwise) => operator.attributes.get(name) ?? otherwise);
}

function inputAt(inputs: readonly NumberArray[], index: number): NumberArray {
  const input = inputs[index];
  if (input === undefined) throw new BackendError(`An operator lacks its input ${index}.`);
  return input;
}

function eachOf(array: NumberArray, change: (value: Value, arithmetic: Arithmetic) => Value): NumberArray {
  const arithmetic = arithmeticOf(array.dataType);
  return { ...array, values: array.values.map((value) => change(value, arithmetic)) };
}

function scaled(array: NumberArray, factor: number): NumberArray {
  if (factor === 1) return array;
  return eachOf(array, (value, { multiply, from }) => multiply(value, from(factor)));
}

function requireOneType(a: NumberArray, b: NumberArray): void {
  if (a.dataType === b.dataType) return;
  throw new BackendError(`${a.dataType} and ${b.dataType} do not go into one operation.`);
}

/** https://onnx.ai/onnx/repo-docs/Broadcasting.html : of the shapes, the larger size of each dimension. */
function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const [sizeA = 1, sizeB = 1] = [a[index - rank + a.length], b[index - rank + b.length]];
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new BackendError(`The shapes [${a.join(", ")}] and [${b.join(", ")}] do not go together.`);
    }
    return sizeA === 1 ? sizeB : sizeA;
  });
}

/** Where in an array of `shape` the element lies that stands at `position` of the broadcast `result`. */
function placeIn(shape: readonly number[], result: readonly number[], position: number): number {
  let place = 0;
  let stride = 1;
  let rest = position;
  for (let axis = result.length - 1; axis >= 0; axis -= 1) {
    const coordinate = rest % result[axis]!;
    rest = (rest - coordinate) / result[axis]!;
    const size = shape[axis - result.length + shape.length] ?? 1;
    if (size !== 1) place += coordinate * stride;
    stride *= size;
  }
  return place;
}

function pairwise(
  inputs: readonly NumberArray[],
  combine: (a: Value, b: Value, arithmetic: Arithmetic) => Value,
): NumberArray {
  const a = inputAt(inputs, 0);
  const b = inputAt(inputs, 1);
  requireOneType(a, b);
  const arithmetic = arithmeticOf(a.dataType);
  const shape = broadcastShape(a.shape, b.shape);
  const values = Array.from({ length: elementCount(shape) }, (_, position) =>
    combine(
      a.values[placeIn(a.shape, shape, position)]!,
      b.values[placeIn(b.shape, shape, position)]!,
      arithmetic,
    ),
  );
  return { dataType: a.dataType, shape, values };
}

function transposed({ dataType, shape, values }: NumberArray): NumberArray {
  const [rows = 1, columns = 1] = shape;
  const turned = values.map(
    (_, position) => values[(position % rows) * columns + Math.floor(position / rows)]!,
  );
  return { dataType, shape: [columns, rows], values: turned };
}

/** A vector counts as one row on the left, as one column on the right, and that dimension vanishes from the result. */
function matrixProduct(a: NumberArray, b: NumberArray): NumberArray {
  requireOneType(a, b);
  const { zero, add, multiply } = arithmeticOf(a.dataType);
  const shapeA = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const shapeB = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const [rows = 1, depth = 1] = shapeA.slice(-2);
  const [depthB = 1, columns = 1] = shapeB.slice(-2);
  if (depth !== depthB) {
    throw new BackendError(
      `The matrices [${a.shape.join(", ")}] and [${b.shape.join(", ")}] do not go together.`,
    );
  }
  const batch = broadcastShape(shapeA.slice(0, -2), shapeB.slice(0, -2));
  const values: Value[] = [];
  for (let index = 0; index < elementCount(batch); index += 1) {
    const startA = placeIn(shapeA.slice(0, -2), batch, index) * rows * depth;
    const startB = placeIn(shapeB.slice(0, -2), batch, index) * depth * columns;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        let sum = zero;
        for (let step = 0; step < depth; step += 1) {
          const left = a.values[startA + row * depth + step]!;
          sum = add(sum, multiply(left, b.values[startB + step * columns + column]!));
        }
        values.push(sum);
      }
    }
  }
  const shape = [
    ...batch,
    ...(a.shape.length === 1 ? [] : [rows]),
    ...(b.shape.length === 1 ? [] : [columns]),
  ];
  return { dataType: a.dataType, shape, values };
}
