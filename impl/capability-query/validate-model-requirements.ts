import type { Requirements } from "./assess-a-model.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#validate-model-requirements */
export function validateModelRequirements(requirements: Requirements): void {
  const { maxLatency, minFidelity } = requirements;

  // 1. If requirements["maxLatency"] exists and is less than 0, then throw a RangeError.
  if (maxLatency !== undefined && maxLatency < 0) {
    throw new RangeError("maxLatency is in milliseconds, 0 or more.");
  }

  // 2. If requirements["minFidelity"] exists and is less than 0 or greater than 1, then throw a RangeError.
  if (minFidelity !== undefined && (minFidelity < 0 || minFidelity > 1)) {
    throw new RangeError("minFidelity is a share, from 0 to 1.");
  }
}
