import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { isAList, isAnOrderedMap, withDefault } from "../infra/json.ts";
import type { JSONValue } from "../infra/json.ts";
import type { Part, TensorDescription } from "./manifest.ts";
import { processAFileDescriptor } from "./process-a-file-descriptor.ts";
import { processAListOfNames } from "./process-a-name.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-parts */
export function processParts(
  value: JSONValue,
  inputs: ReadonlyMap<string, TensorDescription>,
  outputs: ReadonlyMap<string, TensorDescription>,
  baseURL: URL,
): readonly Part[] | Failure {
  // 1. If value is not a list, is empty, or its size is greater than 64, then return failure.
  if (!isAList(value) || value.length === 0 || value.length > 64) {
    return new Failure("it is not a list of 1 to 64 parts");
  }

  // 2. Let available be the keys of inputs.
  const available = new Set(inputs.keys());

  // 3. Let parts be « ».
  const parts: Part[] = [];

  // 4. For each item of value:
  for (const [index, item] of value.entries()) {
    // 4.1. Let part be the result of processing a part given item and baseURL.
    const part = processAPart(item, baseURL);

    // 4.2. If part is failure, then return failure.
    if (isFailure(part)) return failureIn(`[${index}]`, part);

    // 4.3. If any of part's inputs is not in available, then return failure.
    const missing = part.inputs.find((name) => !available.has(name));
    if (missing !== undefined) {
      return failureIn(
        `[${index}]: inputs`,
        new Failure(`"${missing}" is neither an input of the model nor an output of an earlier part`),
      );
    }

    // 4.4. If any of part's outputs is in available, then return failure.
    const repeated = part.outputs.find((name) => available.has(name));
    if (repeated !== undefined) {
      return failureIn(
        `[${index}]: outputs`,
        new Failure(`"${repeated}" is already an input of the model or an output of an earlier part`),
      );
    }

    // 4.5. Append each of part's outputs to available.
    for (const name of part.outputs) available.add(name);

    // 4.6. Append part to parts.
    parts.push(part);
  }

  // 5. If any of outputs's keys is not in available, then return failure.
  for (const name of outputs.keys()) {
    if (!available.has(name)) return new Failure(`none has the output "${name}" of the model`);
  }

  // 6. Return parts.
  return parts;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-part */
function processAPart(value: JSONValue, baseURL: URL): Part | Failure {
  // 1. If value is not an ordered map, then return failure.
  if (!isAnOrderedMap(value)) return new Failure("it is not an object");

  // 2. Let file be the result of processing a file descriptor given value["file"] with default null, and
  //    baseURL.
  const file = processAFileDescriptor(withDefault(value, "file", null), baseURL);

  // 3. Let inputs be the result of processing a list of names given value["inputs"] with default null.
  const inputs = processAListOfNames(withDefault(value, "inputs", null));

  // 4. Let outputs be the result of processing a list of names given value["outputs"] with default null.
  const outputs = processAListOfNames(withDefault(value, "outputs", null));

  // 5. If any of file, inputs, and outputs is failure, then return failure.
  if (isFailure(file)) return failureIn("file", file);
  if (isFailure(inputs)) return failureIn("inputs", inputs);
  if (isFailure(outputs)) return failureIn("outputs", outputs);

  // 6. If inputs or outputs is empty, then return failure.
  if (inputs.length === 0) return failureIn("inputs", new Failure("it is empty"));
  if (outputs.length === 0) return failureIn("outputs", new Failure("it is empty"));

  // 7. Return a part whose file is file, inputs is inputs, and outputs is outputs.
  return { file, inputs, outputs };
}
