import { axesOf, axisOf, broadcast } from "./application.ts";
import type { Rule } from "./application.ts";
import { elementCount, informationOf, mostValues } from "./tensor-information.ts";

/** Operators that make, move or count elements, but leave each as it is. */

export const constant: Rule = (application) => {
  const { attributes } = application;
  const tensor = attributes.tensor("value");
  if (tensor !== undefined) return [informationOf(tensor)];
  const integers = attributes.integers("value_ints");
  if (integers) return [{ type: "int64", shape: [integers.length], values: integers }];
  const floats = attributes.floats("value_floats");
  if (floats) return [{ type: "float32", shape: [floats.length], values: floats }];
  if (attributes.has("value_int")) {
    return [{ type: "int64", shape: [], values: [attributes.integer("value_int", 0)] }];
  }
  if (attributes.has("value_float")) {
    return [{ type: "float32", shape: [], values: [attributes.float("value_float", 0)] }];
  }
  throw application.fault("holds a value that is not supported");
};

export const shapeOf: Rule = (application) => {
  const { shape } = application.input(0);
  const start = axisOf(application.attributes.integer("start", 0), shape.length);
  const end = axisOf(application.attributes.integer("end", shape.length), shape.length);
  const values = shape.slice(start, end);
  return [{ type: "int64", shape: [values.length], values }];
};

export const slice: Rule = (application) => {
  const { attributes } = application;
  const { type, shape, values } = application.input(0);
  const isOld = attributes.has("starts");
  const starts = isOld ? (attributes.integers("starts") ?? []) : application.values(1);
  const ends = isOld ? (attributes.integers("ends") ?? []) : application.values(2);
  const axes = isOld ? attributes.integers("axes") : application.has(3) ? application.values(3) : undefined;
  const steps = application.has(4) ? application.values(4) : [];
  const result = [...shape];
  let sliced = values;
  starts.forEach((start, index) => {
    const axis = axisOf(axes?.[index] ?? index, shape.length);
    const size = shape[axis] ?? 0;
    const step = steps[index] ?? 1;
    const clamp = (place: number): number =>
      Math.min(Math.max(place < 0 ? place + size : place, step < 0 ? -1 : 0), step < 0 ? size - 1 : size);
    const from = clamp(start);
    const count = Math.max(0, Math.ceil((clamp(ends[index] ?? size) - from) / step));
    result[axis] = count;
    sliced =
      shape.length === 1 && count <= mostValues
        ? Array.from({ length: count }, (_, at) => values?.[from + at * step] ?? 0)
        : undefined;
  });
  return [{ type, shape: result, ...(values && sliced && { values: sliced }) }];
};

export const concat: Rule = (application) => {
  const inputs = application.inputs.filter((input) => input !== undefined);
  const { type, shape } = application.input(0);
  const axis = axisOf(application.attributes.integer("axis", 0), shape.length);
  const total = inputs.reduce((sum, input) => sum + (input.shape[axis] ?? 0), 0);
  const known = shape.length === 1 && inputs.every(({ values }) => values !== undefined);
  const values = known ? inputs.flatMap((input) => [...(input.values ?? [])]) : undefined;
  return [{ type, shape: shape.with(axis, total), ...(values && { values }) }];
};

export const reshape: Rule = (application) => {
  const { type, shape, values } = application.input(0);
  const keepsZero = application.attributes.integer("allowzero", 0) === 1;
  const wanted = application
    .values(1)
    .map((size, index) => (size === 0 && !keepsZero ? (shape[index] ?? 0) : size));
  const known = elementCount(wanted.filter((size) => size !== -1));
  const result = wanted.map((size) => (size === -1 ? elementCount(shape) / known : size));
  return [{ type, shape: result, ...(values && { values }) }];
};

export const squeeze: Rule = (application) => {
  const { type, shape, values } = application.input(0);
  const axes = axesOf(application, 1)?.map((axis) => axisOf(axis, shape.length));
  const result = shape.filter((size, index) => (axes ? !axes.includes(index) : size !== 1));
  return [{ type, shape: result, ...(values && { values }) }];
};

export const unsqueeze: Rule = (application) => {
  const { type, shape, values } = application.input(0);
  const given = axesOf(application, 1) ?? [];
  const rank = shape.length + given.length;
  const axes = new Set(given.map((axis) => axisOf(axis, rank)));
  const rest = [...shape];
  const result = Array.from({ length: rank }, (_, index) => (axes.has(index) ? 1 : (rest.shift() ?? 1)));
  return [{ type, shape: result, ...(values && { values }) }];
};

export const transpose: Rule = (application) => {
  const { type, shape } = application.input(0);
  const order = application.attributes.integers("perm") ?? shape.map((_, index) => index).toReversed();
  return [{ type, shape: order.map((axis) => shape[axis] ?? 1) }];
};

export const flatten: Rule = (application) => {
  const { type, shape } = application.input(0);
  const axis = axisOf(application.attributes.integer("axis", 1), shape.length);
  return [{ type, shape: [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))] }];
};

export const gather: Rule = (application) => {
  const { type, shape, values } = application.input(0);
  const indices = application.input(1);
  const axis = axisOf(application.attributes.integer("axis", 0), shape.length);
  const result = [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)];
  const gathered = shape.length === 1 && values && indices.values?.map((index) => values.at(index) ?? 0);
  return [{ type, shape: result, ...(gathered && { values: gathered }) }];
};

export const expand: Rule = (application) => [
  { type: application.input(0).type, shape: broadcast([application.input(0).shape, application.values(1)]) },
];

export const constantOfShape: Rule = (application) => {
  const value = application.attributes.tensor("value");
  return [{ type: value ? informationOf(value).type : "float32", shape: application.values(0) }];
};

export const resize: Rule = (application) => {
  const { type, shape } = application.input(0);
  const isOld = application.node.opType === "Upsample" || application.inputs.length === 2;
  const scalesAt = isOld ? 1 : 2;
  const scales =
    application.attributes.floats("scales") ??
    (application.has(scalesAt) ? application.values(scalesAt) : []);
  if (scales.length > 0)
    return [{ type, shape: shape.map((size, index) => Math.floor(size * (scales[index] ?? 1))) }];
  return [{ type, shape: application.values(3) }];
};

export const split: Rule = (application) => {
  const { type, shape } = application.input(0);
  const axis = axisOf(application.attributes.integer("axis", 0), shape.length);
  const count = application.node.output.length;
  const even = Math.ceil((shape[axis] ?? 0) / count);
  const sizes =
    application.attributes.integers("split") ??
    (application.has(1)
      ? application.values(1)
      : Array.from({ length: count }, (_, index) => Math.min(even, (shape[axis] ?? 0) - index * even)));
  return sizes.map((size) => ({ type, shape: shape.with(axis, size) }));
};

export const pad: Rule = (application) => {
  const { type, shape } = application.input(0);
  const pads = application.attributes.integers("pads") ?? application.values(1);
  const rank = shape.length;
  return [{ type, shape: shape.map((size, index) => size + (pads[index] ?? 0) + (pads[index + rank] ?? 0)) }];
};

export const tile: Rule = (application) => {
  const { type, shape } = application.input(0);
  const repeats = application.values(1);
  return [{ type, shape: shape.map((size, index) => size * (repeats[index] ?? 1)) }];
};

export const range: Rule = (application) => {
  const [start = 0, limit = 0, step = 1] = [0, 1, 2].map((index) => application.values(index)[0] ?? 0);
  const length = Math.max(0, Math.ceil((limit - start) / step));
  return [{ type: application.input(0).type, shape: [length] }];
};
