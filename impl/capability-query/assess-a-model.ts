import type { ModelRequirements, ModelUnfitReason } from "../../idl/contracts.ts";
import type { ModelManifest, Variant } from "../model-manifest/manifest.ts";
import type { DeviceClass } from "./device-class.ts";
import { estimateTheLatency } from "./estimate-the-latency.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#verdict */
export type Verdict =
  | { readonly variant: Variant; readonly latency: number; readonly reason: null }
  | { readonly variant: null; readonly latency: null; readonly reason: ModelUnfitReason };

/** What the page asks of a run. */
export type Requirements = Pick<ModelRequirements, "maxLatency" | "minFidelity">;

/** https://hybrid-ai-web.github.io/hybrid-ai/#supported-model-formats */
export const supportedModelFormats: ReadonlySet<string> = new Set(["onnx"]);

/** In the order of https://hybrid-ai-web.github.io/hybrid-ai/#enumdef-modelunfitreason */
const reasons: readonly ModelUnfitReason[] = ["format", "feature", "memory", "latency", "fidelity"];

/** https://hybrid-ai-web.github.io/hybrid-ai/#assess-a-model */
export function assessAModel(
  manifest: ModelManifest,
  deviceClass: DeviceClass,
  requirements: Requirements,
): Verdict {
  // 1. Let reason be "format".
  let reason: ModelUnfitReason = "format";

  // 2. For each variant of manifest's variants:
  for (const variant of manifest.variants) {
    // 2.1. Let result be the result of assessing a variant given variant, class, and requirements.
    const result = assessAVariant(variant, deviceClass, requirements);

    // 2.2. If result is a number, then return a verdict whose variant is variant, latency is result, and
    //      reason is null.
    if (typeof result === "number") return { variant, latency: result, reason: null };

    // 2.3. If result comes after reason in the order of ModelUnfitReason, then set reason to result.
    if (reasons.indexOf(result) > reasons.indexOf(reason)) reason = result;
  }

  // 3. Return a verdict whose variant is null, latency is null, and reason is reason.
  return { variant: null, latency: null, reason };
}

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#assess-a-variant
 *
 * Answers with the variant's latency tier in milliseconds, or with the reason why it does not fit.
 */
export function assessAVariant(
  variant: Variant,
  deviceClass: DeviceClass,
  requirements: Requirements,
): number | ModelUnfitReason {
  // 1. If the supported model formats do not contain variant's format, then return "format".
  if (!supportedModelFormats.has(variant.format)) return "format";

  // 2. Let costs be variant's costs.
  const costs = variant.costs;

  // 3. If class's features do not contain all of costs's features, then return "feature".
  if (!costs.features.every((feature) => deviceClass.features.includes(feature))) return "feature";

  // 4. If costs's memory is greater than class's memory, then return "memory".
  if (costs.memory > deviceClass.memory) return "memory";

  // 5. Let latency be the result of estimating the latency given costs and class.
  const latency = estimateTheLatency(costs, deviceClass);

  // 6. If requirements["maxLatency"] exists and is less than latency, then return "latency".
  if (requirements.maxLatency !== undefined && requirements.maxLatency < latency) return "latency";

  // 7. If requirements["minFidelity"] exists and is greater than variant's fidelity, then return "fidelity".
  if (requirements.minFidelity !== undefined && requirements.minFidelity > variant.fidelity)
    return "fidelity";

  // 8. Return latency.
  return latency;
}
