import type { Exposure, ExecutorOutcome } from "./host.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#virtual-model-environment : null where the real answer stands. */
export interface VirtualModelEnvironment {
  deviceClass: string | null;
  exposureLimit: Exposure | null;
  savesData: boolean | null;
  /** In bytes. */
  storageCapacity: number | null;
  /** In bytes. */
  storageShare: number | null;
  /** In bytes. */
  storagePressure: number;
  /** In bytes. */
  memoryLimit: number | null;
  pinnedFiles: Set<string>;
  executors: Map<"client" | "remote", VirtualExecutor>;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#virtual-executor */
export interface VirtualExecutor {
  outcome: ExecutorOutcome | "stall";
  /** In milliseconds of virtual time. */
  latency: number;
}
