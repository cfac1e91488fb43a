import { axesOf, axisOf, broadcast } from "./application.ts";
import type { Application, Rule } from "./application.ts";
import type { ElementType } from "./data-types.ts";

/** Operators that put many elements together: convolutions, matrix products, pools and reductions. */

/** The shape of a window that slides: how large its result is along one axis. */
function slidingShape(application: Application, kernel: readonly number[]): number[] {
  const { attributes } = application;
  const { shape } = application.input(0);
  const pads = attributes.integers("pads") ?? [];
  const strides = attributes.integers("strides") ?? [];
  const dilations = attributes.integers("dilations") ?? [];
  const automatic = attributes.string("auto_pad", "NOTSET");
  const round = attributes.integer("ceil_mode", 0) === 1 ? Math.ceil : Math.floor;
  return kernel.map((size, index) => {
    const length = shape[index + 2] ?? 1;
    const stride = strides[index] ?? 1;
    if (automatic.startsWith("SAME")) return Math.ceil(length / stride);
    const padding = automatic === "VALID" ? 0 : (pads[index] ?? 0) + (pads[index + kernel.length] ?? 0);
    const reach = (size - 1) * (dilations[index] ?? 1) + 1;
    return round((length + padding - reach) / stride) + 1;
  });
}

export const convolution: Rule = (application) => {
  const { type, shape } = application.input(0);
  const [channels = 1, , ...kernel] = application.input(1).shape;
  return [{ type, shape: [shape[0] ?? 1, channels, ...slidingShape(application, kernel)] }];
};

export const transposedConvolution: Rule = (application) => {
  const { attributes } = application;
  const { type, shape } = application.input(0);
  const [, channels = 1, ...kernel] = application.input(1).shape;
  const given = attributes.integers("output_shape");
  const pads = attributes.integers("pads") ?? [];
  const strides = attributes.integers("strides") ?? [];
  const dilations = attributes.integers("dilations") ?? [];
  const extra = attributes.integers("output_padding") ?? [];
  const isSame = attributes.string("auto_pad", "NOTSET").startsWith("SAME");
  const sizes = kernel.map((size, index) => {
    const stride = strides[index] ?? 1;
    const length = shape[index + 2] ?? 1;
    if (isSame) return length * stride;
    const reach = (size - 1) * (dilations[index] ?? 1) + 1;
    const padding = (pads[index] ?? 0) + (pads[index + kernel.length] ?? 0);
    return stride * (length - 1) + (extra[index] ?? 0) + reach - padding;
  });
  return [
    {
      type,
      shape: [
        shape[0] ?? 1,
        channels * attributes.integer("group", 1),
        ...(given?.slice(-kernel.length) ?? sizes),
      ],
    },
  ];
};

export const pool: Rule = (application) => {
  const { type, shape } = application.input(0);
  const kernel = application.attributes.integers("kernel_shape") ?? [];
  return [{ type, shape: [...shape.slice(0, 2), ...slidingShape(application, kernel)] }];
};

export const globalPool: Rule = (application) => {
  const { type, shape } = application.input(0);
  return [{ type, shape: shape.map((size, index) => (index < 2 ? size : 1)) }];
};

export function matrixProduct(type?: ElementType): Rule {
  return (application) => {
    const a = application.input(0).shape;
    const b = application.input(1).shape;
    const rows = a.length > 1 ? [a.at(-2) ?? 1] : [];
    const columns = b.length > 1 ? [b.at(-1) ?? 1] : [];
    const batch = broadcast([a.slice(0, -2), b.slice(0, -2)]);
    return [{ type: type ?? application.input(0).type, shape: [...batch, ...rows, ...columns] }];
  };
}

export const gemm: Rule = (application) => {
  const { attributes } = application;
  const rows = application.input(0).shape[attributes.integer("transA", 0) === 1 ? 1 : 0] ?? 1;
  const columns = application.input(1).shape[attributes.integer("transB", 0) === 1 ? 0 : 1] ?? 1;
  return [{ type: application.input(0).type, shape: [rows, columns] }];
};

export const reduce: Rule = (application) => {
  const { type, shape } = application.input(0);
  const axes =
    axesOf(application, 1)?.map((axis) => axisOf(axis, shape.length)) ?? shape.map((_, index) => index);
  const keeps = application.attributes.integer("keepdims", 1) === 1;
  const result = shape.flatMap((size, index) => (axes.includes(index) ? (keeps ? [1] : []) : [size]));
  return [{ type, shape: result }];
};

export const argument: Rule = (application) => {
  const { shape } = application.input(0);
  const axis = axisOf(application.attributes.integer("axis", 0), shape.length);
  const keeps = application.attributes.integer("keepdims", 1) === 1;
  return [{ type: "int64", shape: keeps ? shape.with(axis, 1) : shape.toSpliced(axis, 1) }];
};
