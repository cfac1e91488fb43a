import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { isAList, withDefault } from "../infra/json.ts";
import type { JSONMap, JSONValue } from "../infra/json.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-name */
export function processAName(value: JSONValue): string | Failure {
  // 1. If value is not a string, then return failure.
  if (typeof value !== "string") return new Failure("it is not a string");

  // 2. If value is the empty string, or its code point length is greater than 256, then return failure.
  if (value === "" || Array.from(value).length > 256) {
    return new Failure("it does not have 1 to 256 characters");
  }

  // 3. If value contains a control or a surrogate, then return failure.
  if (/[\p{Cc}\p{Cs}]/u.test(value)) return new Failure("it holds a control character or half a character");

  // 4. Return value.
  return value;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-an-optional-name */
export function processAnOptionalName(map: JSONMap, key: string): string | null | Failure {
  // 1. If map[key] does not exist, then return null.
  if (!Object.hasOwn(map, key)) return null;

  // 2. Return the result of processing a name given map[key].
  return processAName(withDefault(map, key, null));
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-list-of-names */
export function processAListOfNames(value: JSONValue): readonly string[] | Failure {
  // 1. If value is not a list, or its size is greater than 256, then return failure.
  if (!isAList(value) || value.length > 256) return new Failure("it is not a list of at most 256 names");

  // 2. For each item of value:
  const names: string[] = [];
  for (const [index, item] of value.entries()) {
    // 2.1. If the result of processing a name given item is failure, then return failure.
    const name = processAName(item);
    if (isFailure(name)) return failureIn(`[${index}]`, name);
    names.push(name);
  }

  // 3. If value contains any item twice, then return failure.
  if (new Set(names).size < names.length) return new Failure("it holds a name twice");

  // 4. Return value.
  return names;
}
