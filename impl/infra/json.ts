import { Failure } from "./failure.ts";

export type JSONValue = null | boolean | number | string | readonly JSONValue[] | JSONMap;

/** A JSON object, read as an ordered map: its own members alone. */
export interface JSONMap {
  readonly [key: string]: JSONValue;
}

/**
 * https://infra.spec.whatwg.org/#parse-json-bytes-to-an-infra-value
 *
 * NB: Nested values are not visited before someone asks for them, so that depth costs nothing.
 */
export function parseJSONBytesToAnInfraValue(bytes: Uint8Array): JSONValue | Failure {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as JSONValue;
  } catch {
    return new Failure("it is not JSON");
  }
}

export function isAList(value: JSONValue): value is readonly JSONValue[] {
  return Array.isArray(value);
}

export function isAnOrderedMap(value: JSONValue): value is JSONMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** https://infra.spec.whatwg.org/#map-with-default */
export function withDefault(map: JSONMap, key: string, value: JSONValue): JSONValue {
  return Object.hasOwn(map, key) ? map[key]! : value;
}
