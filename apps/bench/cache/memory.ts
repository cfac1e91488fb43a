import { watchMemory } from "../harness/memory-watch.ts";
import { inCleanStorage, withArm } from "./cache-pages.ts";
import { measureArms } from "./measuring.ts";
import type { Measured, Measuring } from "./measuring.ts";
import type { Task } from "./page/arm.ts";
import type { ArmName } from "./page/main.ts";

export type MemoryName = Task | `${Task} in the browser`;

export const memoryNames: readonly MemoryName[] = ["cold", "store", "warm"].flatMap(
  (task) => [task, `${task} in the browser`] as MemoryName[],
);

/** Those that cannot store without having the file in memory. */
const storesInMemoryOnly = new Set<ArmName>(["cache-api-digest", "transformers.js"]);

/**
 * By how many bytes memory grows at the worst moment of each task of each arm, each in a new page. A new browser for each
 * round: what one has once taken it may keep.
 */
export async function measureMemory(
  measuring: Measuring,
  megabytes: number,
  arms: readonly ArmName[],
  rounds: number,
): Promise<Measured<MemoryName>> {
  const { laboratory, files } = measuring;
  const file = files.get(megabytes)!;
  const peakOf = (arm: ArmName, task: Task) =>
    withArm(laboratory, arm, async (page) => {
      const peak = await watchMemory(laboratory.processId, () => page.run(task, file));
      return { [task]: peak.page, [`${task} in the browser`]: peak.browser };
    });
  return measureArms(
    measuring,
    `memory, ${megabytes} MiB`,
    memoryNames,
    { arms, rounds, onRound: () => laboratory.restartBrowser() },
    async (arm): Promise<Partial<Record<MemoryName, number>>> => {
      const loads = await inCleanStorage(laboratory, arm, async () => {
        const cold = await peakOf(arm, "cold");
        return arm === "fetch" ? cold : { ...cold, ...(await peakOf(arm, "warm")) };
      });
      if (arm === "fetch" || storesInMemoryOnly.has(arm)) return loads;
      return { ...loads, ...(await inCleanStorage(laboratory, arm, () => peakOf(arm, "store"))) };
    },
  );
}
