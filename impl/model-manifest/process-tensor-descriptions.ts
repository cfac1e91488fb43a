import type { TensorDataType } from "../backend/backend.ts";
import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { isAList, isAnOrderedMap, withDefault } from "../infra/json.ts";
import type { JSONValue } from "../infra/json.ts";
import type { TensorDescription } from "./manifest.ts";
import { processAName } from "./process-a-name.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-tensor-descriptions */
export function processTensorDescriptions(
  value: JSONValue,
): ReadonlyMap<string, TensorDescription> | Failure {
  // 1. If value is not an ordered map, is empty, or its size is greater than 256, then return failure.
  if (!isAnOrderedMap(value)) return new Failure("it is not an object that maps names to tensors");
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > 256) return new Failure("it does not have 1 to 256 tensors");

  // 2. Let descriptions be an empty ordered map.
  const descriptions = new Map<string, TensorDescription>();

  // 3. For each key → item of value:
  for (const [key, item] of entries) {
    // 3.1. If the result of processing a name given key is failure, then return failure.
    const name = processAName(key);
    if (isFailure(name)) return failureIn("the name of a tensor", name);

    // 3.2. Let description be the result of processing a tensor description given item.
    const description = processATensorDescription(item);

    // 3.3. If description is failure, then return failure.
    if (isFailure(description)) return failureIn(key, description);

    // 3.4. Set descriptions[key] to description.
    descriptions.set(key, description);
  }

  // 4. Return descriptions.
  return descriptions;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-tensor-description */
function processATensorDescription(value: JSONValue): TensorDescription | Failure {
  // 1. If value is not an ordered map, then return failure.
  if (!isAnOrderedMap(value)) return new Failure("it is not an object");

  // 2. Let dataType be value["dataType"] with default null.
  const dataType = withDefault(value, "dataType", null);

  // 3. If dataType is not an MLOperandDataType value, then return failure.
  if (!isADataType(dataType)) {
    return failureIn("dataType", new Failure(`it is not one of ${dataTypes.join(", ")}`));
  }

  // 4. Let shape be value["shape"] with default null.
  const shape = withDefault(value, "shape", null);

  // 5. If shape is not a list, or its size is greater than 16, then return failure.
  if (!isAList(shape) || shape.length > 16) {
    return failureIn("shape", new Failure("it is not a list of at most 16 dimensions"));
  }

  // 6. For each dimension of shape:
  const dimensions: (number | string)[] = [];
  for (const [index, dimension] of shape.entries()) {
    // 6.1. If dimension is an integer from 0 to 4294967295, then continue.
    if (isADimensionSize(dimension)) {
      dimensions.push(dimension);
      continue;
    }

    // 6.2. If the result of processing a name given dimension is failure, then return failure.
    const name = processAName(dimension);
    if (isFailure(name)) {
      return failureIn(
        `shape[${index}]`,
        new Failure("it is neither an integer from 0 to 4294967295 nor a name"),
      );
    }
    dimensions.push(name);
  }

  // 7. Return a tensor description whose data type is dataType and whose shape is shape.
  return { dataType, shape: dimensions };
}

const dataTypes = [
  "float32",
  "float16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "int8",
  "uint8",
] as const satisfies TensorDataType[];

function isADataType(value: JSONValue): value is TensorDataType {
  return (dataTypes as readonly JSONValue[]).includes(value);
}

function isADimensionSize(value: JSONValue): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 4294967295;
}
