import { inCleanStorage, withArm } from "./cache-pages.ts";
import { measureArms } from "./measuring.ts";
import type { Measured, Measuring } from "./measuring.ts";
import type { ArmName } from "./page/main.ts";

/**
 * How many milliseconds each arm takes for a file that it has not and, in another page, for one that it has. Each runs in
 * storage of its own, empty before and after.
 */
export async function measureTimes(
  measuring: Measuring,
  megabytes: number,
  arms: readonly ArmName[],
  rounds: number,
): Promise<Measured<"cold" | "warm">> {
  const { laboratory, files } = measuring;
  const file = files.get(megabytes)!;
  return measureArms(
    measuring,
    `time, ${megabytes} MiB`,
    ["cold", "warm"] as const,
    { arms, rounds },
    (arm) =>
      inCleanStorage(laboratory, arm, async () => {
        const cold = await withArm(laboratory, arm, (page) => page.run("cold", file));
        if (arm === "fetch") return { cold };
        return { cold, warm: await withArm(laboratory, arm, (page) => page.run("warm", file)) };
      }),
  );
}
