import type { Host } from "../host/host.ts";
import { lookUpAModelFile } from "../model-cache/look-up-a-model-file.ts";
import type { Part } from "../model-manifest/manifest.ts";

/**
 * Those of `parts` for which looking up a model file named by their file's digest returns null.
 *
 * NB: So does what the host cannot look up: a file whose store has ended is as good as none.
 */
export async function missingParts(host: Host, parts: readonly Part[]): Promise<Part[]> {
  const missing: Part[] = [];
  for (const part of parts) {
    const file = await lookUpAModelFile(host, part.file.digest).catch(() => null);
    if (file === null) missing.push(part);
  }
  return missing;
}
