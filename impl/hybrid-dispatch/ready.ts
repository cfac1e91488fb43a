import { isOpen } from "../remote-execution/remote.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import { permits } from "./permits.ts";
import { placementOf, remotesOf } from "./plan.ts";
import type { Plan } from "./plan.ts";
import type { Run } from "./run.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#plan-ready */
export function isReady(plan: Plan, model: HybridModelImplementation): boolean {
  return (
    permits(model.exposure, plan, model.host) &&
    remotesOf(plan).every((remote) => isOpen(model.host, remote)) &&
    (placementOf(plan) === "remote" || model.client.state === "ready")
  );
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#plan-can-become-ready */
export function canBecomeReady(plan: Plan, model: HybridModelImplementation, run: Run): boolean {
  const opensTooLate = ({ closedUntil }: { closedUntil: number | null }) =>
    closedUntil !== null && run.deadline !== null && closedUntil > run.deadline;
  return (
    permits(model.exposure, plan, model.host) &&
    !remotesOf(plan).some(opensTooLate) &&
    (placementOf(plan) === "remote" || model.client.state !== "gone")
  );
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#run-needs-the-client */
function needsTheClient(run: Run, model: HybridModelImplementation): boolean {
  return !run.attempts.some(
    ({ plan, state }) =>
      placementOf(plan) === "remote" &&
      state !== "failed" &&
      (state !== "untried" || canBecomeReady(plan, model, run)),
  );
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#hybridmodel-spare-the-line */
export function sparesTheLine(model: HybridModelImplementation): boolean {
  const { host, exposure, plans, runs } = model;
  return (
    host.savesData() &&
    plans.some((plan) => placementOf(plan) === "remote" && permits(exposure, plan, host)) &&
    ![...runs].some((run) => needsTheClient(run, model))
  );
}

/** Waits until something changes of what these terms depend on, but for the time: of the model, or of what the user says. */
export async function aChange({ host, changes }: HybridModelImplementation): Promise<void> {
  const forget = host.whenTheUserDecides(() => changes.tell());
  await changes.next();
  forget();
}
