import { freeTheLoadedParts } from "./client.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import { cancelARun } from "./run.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#end-a-model */
export function endAModel(model: HybridModelImplementation, reason: unknown): void {
  // 1. Let alreadyEnded be model's ended.
  const alreadyEnded = model.ended;

  // 2. Set model's ended to true.
  model.ended = true;

  // 3. For each run of a clone of model's runs, cancel run of model with reason.
  // NOTE: A model that is "unavailable" can still have runs under way: they can be cancelled, too.
  for (const run of [...model.runs]) cancelARun(run, model, reason);

  // 4. Signal abort on model's client's controller with reason.
  model.client.controller.abort(reason);

  // 5. If alreadyEnded is true, then return.
  if (alreadyEnded) return;

  // 6. Reject model's client ready promise with reason.
  model.clientReadyPromise.reject(reason);

  // 7. Resolve model's lost promise with a ModelLostInfo whose reason is "destroyed".
  model.lostPromise.resolve({ reason: "destroyed", message: "The page ended the model." });

  // 8. Free model's client's loaded parts, and clear them.
  freeTheLoadedParts(model.client);
}
