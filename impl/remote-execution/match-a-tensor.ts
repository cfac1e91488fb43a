import type { Tensor, TensorDataType } from "../backend/backend.ts";
import { Failure } from "../infra/failure.ts";
import type { TensorDescription } from "../model-manifest/manifest.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#match-a-tensor */
export function matchATensor(
  dataType: TensorDataType,
  shape: readonly number[],
  description: TensorDescription,
  dimensions: Map<string, number>,
): boolean {
  // 1. If description's data type is not dataType, then return false.
  if (description.dataType !== dataType) return false;

  // 2. If description's shape's size is not shape's size, then return false.
  if (description.shape.length !== shape.length) return false;

  // 3. For each index of shape's indices:
  for (const [index, size] of shape.entries()) {
    // 3.1. Let expected be description's shape[index].
    const expected = description.shape[index]!;

    // 3.2. If expected is an integer, and it is not shape[index], then return false.
    if (typeof expected === "number" && expected !== size) return false;

    // 3.3. If expected is a string, dimensions[expected] exists, and it is not shape[index], then return
    //      false.
    if (typeof expected === "string" && dimensions.has(expected) && dimensions.get(expected) !== size)
      return false;

    // 3.4. If expected is a string, then set dimensions[expected] to shape[index].
    if (typeof expected === "string") dimensions.set(expected, size);
  }

  // 4. Return true.
  return true;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#accept-outputs */
export function acceptOutputs(
  tensors: ReadonlyMap<string, Tensor>,
  descriptions: ReadonlyMap<string, TensorDescription | null>,
  known: ReadonlyMap<string, number>,
): ReadonlyMap<string, Tensor> | Failure {
  // 1. If the keys of tensors are not those of descriptions, in any order, then return failure.
  if (tensors.size !== descriptions.size || [...tensors.keys()].some((name) => !descriptions.has(name))) {
    return new Failure("the outputs are not those that were asked for");
  }

  // 2. Let dimensions be a clone of known.
  const dimensions = new Map(known);

  // 3. For each name → description of descriptions:
  for (const [name, description] of descriptions) {
    // 3.1. If description is not null, and matching a tensor whose data type is tensors[name]'s data type and
    //      whose shape is tensors[name]'s shape with description given dimensions returns false, then return
    //      failure.
    const { dataType, shape } = tensors.get(name)!;
    if (description !== null && !matchATensor(dataType, shape, description, dimensions)) {
      return new Failure(`the output "${name}" has another type or shape than its manifest says`);
    }
  }

  // 4. Return tensors.
  return tensors;
}
