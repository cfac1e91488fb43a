import type { Availability, ModelExposure } from "../../idl/contracts.ts";
import type { Host } from "../host/host.ts";
import { downloadsOf } from "../model-cache/download.ts";
import type { Variant } from "../model-manifest/manifest.ts";
import { missingParts } from "./missing-parts.ts";
import { permits } from "./permits.ts";
import type { Plan } from "./plan.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#work-out-the-availability */
export async function workOutTheAvailability(
  clientVariant: Variant | null,
  plans: readonly Plan[],
  exposure: ModelExposure,
  host: Host,
): Promise<Availability> {
  // 1. If clientVariant is null:
  if (clientVariant === null) {
    // 1.1. If exposure permits any of plans in environment, then return "available".
    if (plans.some((plan) => permits(exposure, plan, host))) return "available";

    // 1.2. Return "unavailable".
    return "unavailable";
  }

  // 2. Let missing be those of clientVariant's parts for which looking up a model file named by their file's
  //    digest for environment returns null.
  const missing = await missingParts(host, clientVariant.parts);

  // 3. If missing is empty, then return "available".
  if (missing.length === 0) return "available";

  // 4. If the downloads of environment's global object have one for the file's digest of any of missing, then
  //    return "downloading".
  const downloads = downloadsOf(host);
  if (missing.some(({ file }) => downloads.has(file.digest))) return "downloading";

  // 5. Return "downloadable".
  return "downloadable";
}
