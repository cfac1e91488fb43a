import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { isAnOrderedMap, withDefault } from "../infra/json.ts";
import type { JSONValue } from "../infra/json.ts";
import type { Costs } from "./manifest.ts";
import { processAListOfNames } from "./process-a-name.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-costs */
export function processCosts(value: JSONValue): Costs | Failure {
  // 1. If value is not an ordered map, then return failure.
  if (!isAnOrderedMap(value)) return new Failure("it is not an object");

  // 2. For each member of « "operations", "bytes", "memory" »:
  const costs = { operations: 0, bytes: 0, memory: 0 };
  for (const member of ["operations", "bytes", "memory"] as const) {
    // 2.1. Let cost be value[member] with default null.
    const cost = withDefault(value, member, null);

    // 2.2. If cost is not a number, is not finite, or is less than 0, then return failure.
    // NOTE: JSON can hold 1e999, which no number format can.
    if (typeof cost !== "number" || !Number.isFinite(cost) || cost < 0) {
      return failureIn(member, new Failure("it is not a number that is finite and 0 or greater"));
    }
    costs[member] = cost;
  }

  // 3. Let features be the result of processing a list of names given value["features"] with default « ».
  const features = processAListOfNames(withDefault(value, "features", []));

  // 4. If features is failure, then return failure.
  if (isFailure(features)) return failureIn("features", features);

  // 5. Return costs whose operations is value["operations"], bytes is value["bytes"], memory is
  //    value["memory"], and features is features.
  return { ...costs, features };
}
