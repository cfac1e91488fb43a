import type { ModelExposure } from "../../idl/contracts.ts";
import type { Host } from "../host/host.ts";
import { remotesOf } from "./plan.ts";
import type { Plan } from "./plan.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#modelexposure-permits */
export function permits(exposure: ModelExposure, plan: Plan, host: Host): boolean {
  // 1. Let site be the result of obtaining a site from environment's top-level origin.
  const site = host.topLevelSite;

  // 2. Let limit be the user's exposure limit for site.
  const limit = host.exposureLimit(site);

  // 3. For each remote of plan's remotes:
  for (const { url } of remotesOf(plan)) {
    // 3.1. If limit or exposure is "device", then return false.
    if (limit === "device" || exposure === "device") return false;

    // 3.2. If limit and exposure are both "any", then continue.
    if (limit === "any" && exposure === "any") continue;

    // 3.3. If remote's URL is null, then return false.
    // NOTE: Nobody can tell where a page's function sends its inputs.
    if (url === null) return false;

    // 3.4. If remote's URL's origin is not same site with environment's top-level origin, then return false.
    if (!host.isSameSite(url)) return false;
  }

  // 4. Return true.
  return true;
}
