import { inCleanStorage, withArm } from "./cache-pages.ts";
import { chunkSize } from "./files.ts";
import { measureArms } from "./measuring.ts";
import type { Measured, Measuring } from "./measuring.ts";
import type { ArmName } from "./page/main.ts";

export type TransferName = "bytes" | "pages" | "bound";

/** How often the line drops: after every 30 % of the size. Who goes on where it broke meets all of them, too. */
const interruptions = 3;

/** A fast line to a house; a browser takes several times as much. */
const bytesPerSecond = 64e6;

/**
 * How many bytes the server sends until an arm has a file over a line that drops after every 30 % of it. Where an arm gives up,
 * the user loads the page again. `bound` is the goal: a chunk of each range that was under way, for each time.
 */
export async function measureTransfers(
  measuring: Measuring,
  megabytes: number,
  arms: readonly ArmName[],
  rounds: number,
): Promise<Measured<TransferName>> {
  const { laboratory, files } = measuring;
  const { server } = laboratory;
  const file = files.get(megabytes)!;
  return measureArms(
    measuring,
    `transfers, ${megabytes} MiB`,
    ["bytes", "pages", "bound"] as const,
    { arms, rounds },
    (arm) =>
      inCleanStorage(laboratory, arm, async () => {
        await server.begin({ every: Math.round(0.3 * file.size), times: interruptions, bytesPerSecond });
        let pages = 0;
        for (let whole = false; !whole;) {
          pages += 1;
          if (pages > interruptions + 1)
            throw new Error("It does not come by the file on a line that works.");
          whole = await withArm(laboratory, arm, (page) => page.run("cold", file)).then(
            () => true,
            () => false,
          );
        }
        const { bytes, mostAtOnce } = await server.tally();
        return { bytes, pages, bound: file.size + interruptions * mostAtOnce * chunkSize };
      }).finally(() => server.begin()),
  );
}
