import type { Digest } from "../concepts/digest.ts";
import type { CrossSite, Host, ProbeLedger } from "../host/host.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#probe-budget : in bits, in the life of a site. */
const probeBudget = 8;

/** https://hybrid-ai-web.github.io/hybrid-ai/#eligible-for-cross-site-reuse */
export function isEligibleForCrossSiteReuse(host: Host, crossSite: CrossSite): boolean {
  // 1. If environment's origin is opaque, then return false.
  if (host.origin === "null") return false;

  // 2. If environment has an ancestor that is not same site with its top-level site, or is itself not same
  //    site with it, then return false.
  if (crossSite.hasCrossSiteAncestor()) return false;

  // 3. Return true if the user has interacted with environment, which is that the Window that it belongs to,
  //    or that its worker is owned by, has sticky activation; otherwise false.
  return crossSite.hasStickyActivation();
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#decide-the-visibility */
export async function decideTheVisibility(host: Host, digest: Digest): Promise<"visible" | "hidden"> {
  // 1. If the user agent has no shared store, or environment is not eligible for cross-site reuse, then
  //    return "hidden".
  const { crossSite } = host;
  if (crossSite === null || !isEligibleForCrossSiteReuse(host, crossSite)) return "hidden";

  // 2. Let ledger be the probe ledger of environment's top-level site.
  const steps = async (ledger: ProbeLedger): Promise<"visible" | "hidden"> => {
    // 3. If ledger's decisions[digest] exists, then return it.
    // NOTE: Asking again tells nothing new, whatever has happened to the shared store since.
    const earlier = ledger.decisions.get(digest);
    if (earlier !== undefined) return earlier;

    // 4. If the popular list does not contain digest, then return "hidden".
    // NOTE: This costs nothing, because the list is public.
    if (!crossSite.popularList.has(digest)) return "hidden";

    // 5. If ledger's spent bits is the probe budget, then return "hidden".
    if (ledger.spentBits === probeBudget) return "hidden";

    // 6. Set ledger's spent bits to ledger's spent bits + 1. If the user agent cannot keep this, then return
    //    "hidden".
    // NOTE: What is charged before looking costs the same, hit or miss, even if the user agent ends here.
    ledger.spentBits += 1;
    await ledger.keep();

    // 7. Let decision be "visible" if the shared store[digest] exists; otherwise "hidden".
    const decision = (await crossSite.sharedFile(digest)) === null ? "hidden" : "visible";

    // 8. Set ledger's decisions[digest] to decision. If the user agent cannot keep this, then return
    //    "hidden".
    ledger.decisions.set(digest, decision);
    await ledger.keep();

    // 9. Return decision.
    return decision;
  };
  // NB: A ledger that cannot be kept, a store that cannot be read: neither is an error of the page's.
  return crossSite.withTheProbeLedger(host.topLevelSite, steps).catch(() => "hidden");
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#settle-the-visibility */
export async function settleTheVisibility(host: Host, digest: Digest): Promise<void> {
  // 1. If the user agent has no shared store, or environment is not eligible for cross-site reuse, then
  //    return.
  const { crossSite } = host;
  if (crossSite === null || !isEligibleForCrossSiteReuse(host, crossSite)) return;

  // 2. Let ledger be the probe ledger of environment's top-level site.
  // NB: The file is there, whether or not this can be kept.
  const steps = async (ledger: ProbeLedger) => {
    // 3. Remove ledger's decisions[digest].
    ledger.decisions.delete(digest);
    await ledger.keep();
  };
  await crossSite.withTheProbeLedger(host.topLevelSite, steps).catch(() => undefined);
}
