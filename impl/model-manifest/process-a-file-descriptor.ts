import type { ModelChunkTable, ModelFileDescriptor } from "../../idl/contracts.ts";
import { createAFileRecord } from "../concepts/file-record.ts";
import type { FileRecord } from "../concepts/file-record.ts";
import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { isAList, isAnOrderedMap, withDefault } from "../infra/json.ts";
import type { JSONValue } from "../infra/json.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-file-descriptor */
export function processAFileDescriptor(value: JSONValue, baseURL: URL): FileRecord | Failure {
  // 1. If value is not an ordered map, then return failure.
  if (!isAnOrderedMap(value)) return new Failure("it is not an object");

  // 2. Let digest be value["digest"] with default null.
  const digest = withDefault(value, "digest", null);

  // 3. If digest is not a string, then return failure.
  if (typeof digest !== "string") return failureIn("digest", new Failure("it is not a string"));

  // 4. Let size be value["size"] with default null.
  const size = withDefault(value, "size", null);

  // 5. If size is not an integer, or is less than 0, then return failure.
  if (!isAnInteger(size) || size < 0) {
    return failureIn("size", new Failure("it is not an integer that is 0 or greater"));
  }

  // 6. Let urls be the result of processing a list of URL strings given value["urls"] with default null.
  const urls = processAListOfURLStrings(withDefault(value, "urls", null));

  // 7. If urls is failure, then return failure.
  if (isFailure(urls)) return failureIn("urls", urls);

  // 8. Let descriptor be a new ModelFileDescriptor whose digest is digest, size is size, and urls is urls.
  const descriptor: ModelFileDescriptor = { digest, size, urls };

  // 9. If value["chunks"] exists:
  if (Object.hasOwn(value, "chunks")) {
    // 9.1. Let chunks be the result of processing a description of chunks given value["chunks"].
    const chunks = processADescriptionOfChunks(withDefault(value, "chunks", null));

    // 9.2. If chunks is failure, then return failure.
    if (isFailure(chunks)) return failureIn("chunks", chunks);

    // 9.3. Set descriptor["chunks"] to chunks.
    descriptor.chunks = chunks;
  }

  // 10. Return the result of creating a file record given descriptor and baseURL.
  return createAFileRecord(descriptor, baseURL);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-description-of-chunks */
function processADescriptionOfChunks(value: JSONValue): ModelChunkTable | Failure {
  // 1. If value is not an ordered map, then return failure.
  if (!isAnOrderedMap(value)) return new Failure("it is not an object");

  // 2. Let size be value["size"] with default 524288.
  const size = withDefault(value, "size", 524288);

  // 3. If size is not an integer, then return failure.
  if (!isAnInteger(size)) return failureIn("size", new Failure("it is not an integer"));

  // 4. Let urls be the result of processing a list of URL strings given value["urls"] with default « ».
  const urls = processAListOfURLStrings(withDefault(value, "urls", []));

  // 5. If urls is failure, then return failure.
  if (isFailure(urls)) return failureIn("urls", urls);

  // 6. Let chunks be a new ModelChunkTable whose size is size and urls is urls.
  const chunks: ModelChunkTable = { size, urls };

  // 7. If value["digest"] does not exist, then return chunks.
  if (!Object.hasOwn(value, "digest")) return chunks;

  // 8. If value["digest"] is not a string, then return failure.
  const digest = withDefault(value, "digest", null);
  if (typeof digest !== "string") return failureIn("digest", new Failure("it is not a string"));

  // 9. Set chunks["digest"] to value["digest"].
  chunks.digest = digest;

  // 10. Return chunks.
  return chunks;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-list-of-url-strings */
function processAListOfURLStrings(value: JSONValue): readonly string[] | Failure {
  // 1. If value is not a list, or its size is greater than 16, then return failure.
  if (!isAList(value) || value.length > 16) return new Failure("it is not a list of at most 16 URLs");

  // 2. For each item of value:
  const strings: string[] = [];
  for (const [index, item] of value.entries()) {
    // 2.1. If item is not a string, then return failure.
    if (typeof item !== "string") return failureIn(`[${index}]`, new Failure("it is not a string"));
    strings.push(item);
  }

  // 3. Return value.
  return strings;
}

function isAnInteger(value: JSONValue): value is number {
  return Number.isInteger(value);
}
