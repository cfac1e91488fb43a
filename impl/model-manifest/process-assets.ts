import type { FileRecord } from "../concepts/file-record.ts";
import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { isAnOrderedMap } from "../infra/json.ts";
import type { JSONValue } from "../infra/json.ts";
import { processAFileDescriptor } from "./process-a-file-descriptor.ts";
import { processAName } from "./process-a-name.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-assets */
export function processAssets(value: JSONValue, baseURL: URL): ReadonlyMap<string, FileRecord> | Failure {
  // 1. If value is not an ordered map, or its size is greater than 256, then return failure.
  if (!isAnOrderedMap(value)) return new Failure("it is not an object that maps names to files");
  const entries = Object.entries(value);
  if (entries.length > 256) return new Failure("it has more than 256 files");

  // 2. Let assets be an empty ordered map.
  const assets = new Map<string, FileRecord>();

  // 3. For each key → item of value:
  for (const [key, item] of entries) {
    // 3.1. If the result of processing a name given key is failure, then return failure.
    const name = processAName(key);
    if (isFailure(name)) return failureIn("the name of a file", name);

    // 3.2. Let file be the result of processing a file descriptor given item and baseURL.
    const file = processAFileDescriptor(item, baseURL);

    // 3.3. If file is failure, then return failure.
    if (isFailure(file)) return failureIn(key, file);

    // 3.4. Set assets[key] to file.
    assets.set(key, file);
  }

  // 4. Return assets.
  return assets;
}
