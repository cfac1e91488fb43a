import type { ModelPlacement } from "../../idl/contracts.ts";
import type { Requirements } from "../capability-query/assess-a-model.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import type { ModelManifest, Part, Variant } from "../model-manifest/manifest.ts";
import type { Remote } from "../remote-execution/remote.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#stage */
export interface Stage {
  /** Null for the client. */
  readonly remote: Remote | null;
  readonly parts: readonly Part[];
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#plan */
export interface Plan {
  readonly variant: Variant;
  readonly stages: readonly Stage[];
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#plan-remotes */
export function remotesOf(plan: Plan): Remote[] {
  return plan.stages.map(({ remote }) => remote).filter((remote) => remote !== null);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#plan-placement */
export function placementOf(plan: Plan): ModelPlacement {
  const remotes = remotesOf(plan);
  if (remotes.length === 0) return "client";
  return remotes.length === plan.stages.length ? "remote" : "split";
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#stage-inputs */
export function inputsOf(stage: Stage): Set<string> {
  const inputs = new Set<string>();
  const given = new Set<string>();
  for (const part of stage.parts) {
    for (const name of part.inputs) if (!given.has(name)) inputs.add(name);
    for (const name of part.outputs) given.add(name);
  }
  return inputs;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#stage-outputs */
export function outputsOf(stage: Stage, plan: Plan, manifest: ModelManifest): Set<string> {
  const later = plan.stages.slice(plan.stages.indexOf(stage) + 1).map(inputsOf);
  const isWanted = (name: string) => manifest.outputs.has(name) || later.some((inputs) => inputs.has(name));
  return new Set(stage.parts.flatMap(({ outputs }) => outputs).filter(isWanted));
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#list-the-plans */
export function listThePlans(
  manifest: ModelManifest,
  clientVariant: Variant | null,
  remotes: readonly Remote[],
  requirements: Requirements,
): Plan[] {
  // 1. Let plans be « ».
  const plans: Plan[] = [];

  // 2. If clientVariant is not null, then append to plans a plan whose variant is clientVariant and whose
  //    stages are one stage whose remote is null and whose parts are clientVariant's parts.
  if (clientVariant !== null) {
    plans.push({ variant: clientVariant, stages: [{ remote: null, parts: clientVariant.parts }] });
  }

  // 3. For each remote of remotes:
  for (const remote of remotes) {
    // 3.1. Let variant be the variant of manifest's variants whose name is remote's variant name, or the
    //      first one if remote's variant name is null.
    const variant = manifest.variants.find(
      ({ name }) => remote.variantName === null || name === remote.variantName,
    );

    // 3.2. If there is no such variant, then continue.
    if (variant === undefined) continue;

    // 3.3. If requirements["minFidelity"] exists and is greater than variant's fidelity, then continue.
    if (requirements.minFidelity !== undefined && requirements.minFidelity > variant.fidelity) continue;

    // 3.4. Let stages be the result of cutting a variant variant for remote.
    const stages = cutAVariant(variant, remote);

    // 3.5. If stages is failure, then continue.
    if (isFailure(stages)) continue;

    // 3.6. If stages's size is not 1, and variant is not clientVariant, then continue.
    if (stages.length !== 1 && variant !== clientVariant) continue;

    // 3.7. Append to plans a plan whose variant is variant and whose stages are stages.
    plans.push({ variant, stages });
  }

  // 4. Return plans.
  return plans;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#cut-a-variant */
export function cutAVariant(variant: Variant, remote: Remote): Stage[] | Failure {
  // 1. Let digests be remote's part digests.
  const digests = remote.partDigests;

  // 2. If digests is null, then return one stage whose remote is remote and whose parts are variant's parts.
  if (digests === null) return [{ remote, parts: variant.parts }];

  // 3. Let own be the first neighbours in variant's parts whose files have digests as their digests, in
  //    order, or null if there are none.
  const own = neighbours(variant.parts, digests);

  // 4. If own is null, then return failure.
  if (own === null) return new Failure(`the variant "${variant.name}" has no such parts side by side`);

  // 5. Let before and after be those of variant's parts that come before and after own.
  const before = variant.parts.slice(0, own.from);
  const after = variant.parts.slice(own.to);

  // 6. Let stages be three stages: one whose remote is null and whose parts are before, one whose remote is
  //    remote and whose parts are own, and one whose remote is null and whose parts are after.
  const stages: Stage[] = [
    { remote: null, parts: before },
    { remote, parts: variant.parts.slice(own.from, own.to) },
    { remote: null, parts: after },
  ];

  // 7. Return stages without those whose parts are empty.
  return stages.filter(({ parts }) => parts.length > 0);
}

function neighbours(parts: readonly Part[], digests: readonly string[]): { from: number; to: number } | null {
  for (let from = 0; from + digests.length <= parts.length; from += 1) {
    const to = from + digests.length;
    if (parts.slice(from, to).every(({ file }, index) => file.digest === digests[index])) return { from, to };
  }
  return null;
}
