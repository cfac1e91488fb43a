import process from "node:process";

/** Whether this is `npm run slow`, where the same tests try more. */
export const isSlowLane = process.env["LANE"] === "slow";

/** Where a browser that hangs costs everybody's time, one does. */
export const enginesOfTheLane: readonly ("chromium" | "firefox")[] = isSlowLane
  ? ["chromium", "firefox"]
  : ["chromium"];

/** How many cases a test tries. */
export function cases(ordinary: number, slow: number): number {
  return isSlowLane ? slow : ordinary;
}

/** What random tests begin with. They say it in their titles: `SEED=… npm test -- unit` repeats them. */
export const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
