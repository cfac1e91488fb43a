import type { ModelPlacement } from "../../idl/contracts.ts";
import { placementOf } from "../hybrid-dispatch/plan.ts";
import type { Strategy } from "../hybrid-dispatch/strategy.ts";

const byPreference: readonly ModelPlacement[] = ["client", "split", "remote"];

/** https://hybrid-ai-web.github.io/hybrid-ai/#strategy-keep-it-here */
export const keepItHere: Strategy = {
  chooseAPlan(_model, ready) {
    const rank = ready.map((plan) => byPreference.indexOf(placementOf(plan)));
    return ready[rank.indexOf(Math.min(...rank))]!;
  },

  patience({ client }, { deadline }, { plan, start }) {
    let longest = 10_000;
    if (placementOf(plan) === "client") {
      longest = Math.min(Math.max(longest, 2 * (client.latency ?? 0)), 120_000);
    }
    return deadline === null ? longest : Math.min(longest, (deadline - start!) / 2);
  },
};
