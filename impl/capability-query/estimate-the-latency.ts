import type { Costs } from "../model-manifest/manifest.ts";
import type { DeviceClass } from "./device-class.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#latency-tiers : in milliseconds. */
export const latencyTiers: readonly number[] = [16, 100, 1000, 10000, 30000, 60000, Infinity];

/** https://hybrid-ai-web.github.io/hybrid-ai/#estimate-the-latency */
export function estimateTheLatency(costs: Costs, deviceClass: DeviceClass): number {
  // 1. Let computing be costs's operations / class's operations per second.
  const computing = costs.operations / deviceClass.operationsPerSecond;

  // 2. Let moving be costs's bytes / class's bytes per second.
  const moving = costs.bytes / deviceClass.bytesPerSecond;

  // 3. Let seconds be the greater of computing and moving.
  // NOTE: This is the roofline model: a run waits for its arithmetic or for its memory, whichever takes
  //   longer.
  const seconds = Math.max(computing, moving);

  // 4. Return the least of the latency tiers that is greater than or equal to 1000 × seconds.
  return latencyTiers.find((tier) => tier >= 1000 * seconds)!;
}
