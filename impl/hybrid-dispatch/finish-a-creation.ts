import type { GlobalObject, HybridModelCreateOptions } from "../../idl/contracts.ts";
import type { Verdict } from "../capability-query/assess-a-model.ts";
import type { ProgressReporter } from "../concepts/report-progress.ts";
import { hostOf } from "../host/host-of.ts";
import { addAbortSteps } from "../infra/abort-signal.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { markAsHandled } from "../infra/promise.ts";
import type { NewPromise } from "../infra/promise.ts";
import type { ModelManifest } from "../model-manifest/manifest.ts";
import { aNewClient, prepareTheClient } from "./client.ts";
import { endAModel } from "./end-a-model.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import { permits } from "./permits.ts";
import { placementOf } from "./plan.ts";
import type { Plan } from "./plan.ts";

type Internals = Pick<HybridModelImplementation, "manifest" | "exposure" | "plans" | "client">;

/** https://hybrid-ai-web.github.io/hybrid-ai/#finish-a-creation */
export function finishACreation(
  aNewHybridModel: (globalObject: GlobalObject, internals: Internals) => HybridModelImplementation,
  promise: NewPromise<HybridModelImplementation>,
  globalObject: GlobalObject,
  manifest: ModelManifest,
  verdict: Verdict,
  plans: readonly Plan[],
  options: HybridModelCreateOptions,
  reporter: ProgressReporter | null,
): void {
  const host = hostOf(globalObject);

  // 1. Let signal be options["signal"] if it exists; otherwise null.
  const signal = options.signal ?? null;

  // 2. If signal is not null and is aborted, then reject promise with signal's abort reason and return.
  if (signal?.aborted) {
    promise.reject(signal.reason);
    return;
  }

  // 3. Let exposure be options["exposure"].
  const exposure = options.exposure;

  // 4. If exposure permits none of plans in environment, then reject promise with a "NotSupportedError"
  //    DOMException and return.
  // NOTE: Its message does not tell whether it is the user or the device that stands in the way. The user
  //   agent tells the user.
  if (!plans.some((plan) => permits(exposure, plan, host))) {
    promise.reject(notSupportedError());
    return;
  }

  // 5. Let client be a new client whose variant is verdict's variant, latency is verdict's latency, and
  //    controller is a new AbortController.
  const client = aNewClient(verdict.variant, verdict.latency);

  // 6. Let model be a new HybridModel whose manifest is manifest, exposure is exposure, plans is plans,
  //    client is client, and whose client ready promise and lost promise are two new promises.
  const model = aNewHybridModel(globalObject, { manifest, exposure, plans, client });

  // 7. Mark as handled model's client ready promise.
  markAsHandled(model.clientReadyPromise.promise);

  // 8. If signal is not null, then add the following abort steps to signal: end model with signal's abort
  //    reason.
  if (signal !== null) addAbortSteps(signal, () => endAModel(model, signal.reason));

  // 9. If client's variant is null:
  if (client.variant === null) {
    // 9.1. Set client's state to "gone".
    client.state = "gone";

    // 9.2. Reject model's client ready promise with a "NotSupportedError" DOMException.
    model.clientReadyPromise.reject(notSupportedError());
  }

  // 10. Otherwise, run these steps in parallel: prepare the client of model given reporter.
  else inParallel(() => prepareTheClient(model, reporter));

  // 11. If exposure permits any of plans whose placement is "remote" in environment, then resolve promise
  //     with model and return.
  if (plans.some((plan) => placementOf(plan) === "remote" && permits(exposure, plan, host))) {
    promise.resolve(model);
    return;
  }

  // 12. React to model's client ready promise: when it is fulfilled, resolve promise with model; when it is
  //     rejected with reason, reject promise with reason.
  model.clientReadyPromise.promise.then(
    () => promise.resolve(model),
    (reason: unknown) => promise.reject(reason),
  );
}

function notSupportedError(): DOMException {
  return new DOMException(
    "Nothing that is permitted can run this model here. Offer a remote or a smaller variant, or ask for less.",
    "NotSupportedError",
  );
}
