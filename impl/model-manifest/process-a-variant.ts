import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { isAnOrderedMap, withDefault } from "../infra/json.ts";
import type { JSONValue } from "../infra/json.ts";
import type { TensorDescription, Variant } from "./manifest.ts";
import { processAListOfNames, processAName, processAnOptionalName } from "./process-a-name.ts";
import { processCosts } from "./process-costs.ts";
import { processParts } from "./process-parts.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#requirements : the tokens that this user agent understands. */
const understood: ReadonlySet<string> = new Set();

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-variant */
export function processAVariant(
  value: JSONValue,
  inputs: ReadonlyMap<string, TensorDescription>,
  outputs: ReadonlyMap<string, TensorDescription>,
  baseURL: URL,
): Variant | null | Failure {
  // 1. If value is not an ordered map, then return failure.
  if (!isAnOrderedMap(value)) return new Failure("it is not an object");

  // 2. Let requires be the result of processing a list of names given value["requires"] with default « ».
  const requires = processAListOfNames(withDefault(value, "requires", []));

  // 3. If requires is failure, then return failure.
  if (isFailure(requires)) return failureIn("requires", requires);

  // 4. If requires contains a token that the user agent does not understand, then return null.
  // NOTE: What else such a variant holds can have a meaning that is not known yet, so it is not looked at.
  //   The other variants stand.
  if (requires.some((token) => !understood.has(token))) return null;

  // 5. Let name be the result of processing a name given value["name"] with default null.
  const name = processAName(withDefault(value, "name", null));

  // 6. Let format be the result of processing a name given value["format"] with default null.
  const format = processAName(withDefault(value, "format", null));

  // 7. Let precision be the result of processing an optional name given value and "precision".
  const precision = processAnOptionalName(value, "precision");

  // 8. Let group be the result of processing an optional name given value and "group".
  const group = processAnOptionalName(value, "group");

  // 9. If any of name, format, precision, and group is failure, then return failure.
  if (isFailure(name)) return failureIn("name", name);
  if (isFailure(format)) return failureIn("format", format);
  if (isFailure(precision)) return failureIn("precision", precision);
  if (isFailure(group)) return failureIn("group", group);

  // 10. Let fidelity be value["fidelity"] with default null.
  const fidelity = withDefault(value, "fidelity", null);

  // 11. If fidelity is not a number from 0 to 1, then return failure.
  if (typeof fidelity !== "number" || fidelity < 0 || fidelity > 1) {
    return failureIn("fidelity", new Failure("it is not a number from 0 to 1"));
  }

  // 12. Let costs be the result of processing costs given value["costs"] with default null.
  const costs = processCosts(withDefault(value, "costs", null));

  // 13. Let parts be the result of processing parts given value["parts"] with default null, inputs, outputs,
  //     and baseURL.
  const parts = processParts(withDefault(value, "parts", null), inputs, outputs, baseURL);

  // 14. If costs or parts is failure, then return failure.
  if (isFailure(costs)) return failureIn("costs", costs);
  if (isFailure(parts)) return failureIn("parts", parts);

  // 15. Return a variant whose name is name, format is format, precision is precision, fidelity is fidelity,
  //     group is group, costs is costs, and parts is parts.
  return { name, format, precision, fidelity, group, costs, parts };
}
