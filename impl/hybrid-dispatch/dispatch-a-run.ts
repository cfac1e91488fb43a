import type { ModelAttemptFailure, ModelTensor } from "../../idl/contracts.ts";
import { createAModelTensorDictionary } from "../concepts/tensor.ts";
import { inParallel } from "../infra/in-parallel.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import { makeAnAttempt } from "./make-an-attempt.ts";
import { ModelRunErrorImplementation } from "./ModelRunError-impl.ts";
import { remotesOf } from "./plan.ts";
import { aChange, canBecomeReady, isReady } from "./ready.ts";
import { settleARun } from "./run.ts";
import type { Attempt, Run } from "./run.ts";
import { strategyOf } from "./strategy.ts";
import { explainAFailure, writeAReceipt } from "./write-a-receipt.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#dispatch-a-run */
export async function dispatchARun(run: Run, model: HybridModelImplementation): Promise<void> {
  const strategy = strategyOf(model.globalObject);

  // 1. While run's settled is false:
  while (!run.settled) {
    // 1.1. Let now be the monotonic clock's unsafe current time.
    const now = model.host.now();

    // 1.2. If run has an attempt whose state is "succeeded", then conclude run of model with it and return.
    const succeeded = run.attempts.find(({ state }) => state === "succeeded");
    if (succeeded !== undefined) {
      concludeARun(run, model, succeeded);
      return;
    }

    // 1.3. If run's deadline is not null and not after now, then conclude run of model with "deadline" and
    //      return.
    if (run.deadline !== null && run.deadline <= now) {
      concludeARun(run, model, "deadline");
      return;
    }

    // 1.4. Let underWay be those of run's attempts whose state is "under way".
    const underWay = run.attempts.filter(({ state }) => state === "under way");

    // 1.5. Let untried be those of run's attempts whose state is "untried" and whose plan can become ready
    //      for run.
    const untried = run.attempts.filter(
      ({ state, plan }) => state === "untried" && canBecomeReady(plan, model, run),
    );

    // 1.6. If underWay and untried are empty, then conclude run of model with null and return.
    if (underWay.length === 0 && untried.length === 0) {
      concludeARun(run, model, null);
      return;
    }

    // 1.7. Let ready be those of untried whose plan is ready.
    const ready = untried.filter(({ plan }) => isReady(plan, model));
    const patienceEnds = underWay.map((attempt) => attempt.start! + strategy.patience(model, run, attempt));

    // 1.8. If ready is not empty, and the patience with each of underWay has passed since its start:
    if (ready.length > 0 && patienceEnds.every((end) => end <= now)) {
      // 1.8.1. Let plan be the result of choosing a plan of model among the plans of ready.
      const plan = strategy.chooseAPlan(
        model,
        ready.map((each) => each.plan),
      );

      // 1.8.2. Let attempt be the one of ready whose plan is plan.
      const attempt = ready.find((each) => each.plan === plan)!;

      // 1.8.3. Append attempt to run's begun attempts.
      run.begunAttempts.push(attempt);

      // 1.8.4. Set attempt's state to "under way" and its start to now.
      attempt.state = "under way";
      attempt.start = now;

      // 1.8.5. Run these steps in parallel: make attempt for run of model.
      inParallel(() => makeAnAttempt(attempt, run, model));

      // 1.8.6. Continue.
      continue;
    }

    // 1.9. Wait until run's settled is true, the state of one of underWay changes, model's client's state
    //      changes, one of the remotes of model's plans opens or closes, what the user permits changes, a
    //      patience passes, or run's deadline passes.
    const openings = untried
      .flatMap(({ plan }) => remotesOf(plan))
      .map(({ closedUntil }) => closedUntil ?? now);
    const moments = [run.deadline ?? Infinity, ...patienceEnds, ...openings].filter((moment) => moment > now);
    await waitForAChange(model, Math.min(...moments) - now);
  }
}

/** Waits for a change of the model or its runs, but no longer than `milliseconds`. */
async function waitForAChange(model: HybridModelImplementation, milliseconds: number): Promise<void> {
  const change = aChange(model);
  if (milliseconds === Infinity) {
    await change;
    return;
  }
  const controller = new AbortController();
  // NB: Platforms' timers hold 31 bits, and go off at once where there are more. Whoever wakes early looks and waits again.
  const time = model.host.wait(Math.min(milliseconds, 2 ** 31 - 1), controller.signal);
  try {
    await Promise.race([change, time]);
  } finally {
    time.catch(() => undefined);
    controller.abort();
  }
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#conclude-a-run */
export function concludeARun(
  run: Run,
  model: HybridModelImplementation,
  result: Attempt | ModelAttemptFailure | null,
): void {
  // 1. Queue a global task on the hybrid AI task source given model's relevant global object to run these
  //    steps:
  model.host.queueATask(() => {
    // 1.1. If run's settled is true, then return.
    if (run.settled) return;

    // 1.2. For each other of run's begun attempts that is not result, and whose failure is null, set other's
    //      failure to "deadline" if result is that, and to "aborted" otherwise.
    for (const other of run.begunAttempts.filter((each) => each !== result && each.failure === null)) {
      other.failure = result === "deadline" ? "deadline" : "aborted";
    }

    // 1.3. Settle run of model.
    settleARun(run, model);

    // 1.4. If result is an attempt:
    if (typeof result === "object" && result !== null) {
      // 1.4.1. Let outputs be an empty ordered map.
      const outputs = Object.create(null) as Record<string, ModelTensor>;

      // 1.4.2. For each name → tensor of result's outputs, set outputs[name] to the result of creating a
      //        model tensor dictionary given tensor and model's relevant realm. If this throws an exception,
      //        then set result's failure to "backend", reject run's promise with a new ModelRunError whose
      //        receipt is the result of writing a receipt for run given null, and return.
      try {
        for (const [name, tensor] of result.outputs) outputs[name] = createAModelTensorDictionary(tensor);
      } catch {
        result.failure = "backend";
        result.words = "there is no memory for a copy of the outputs";
        rejectWithAReceipt(run, model);
        return;
      }

      // 1.4.3. Resolve run's promise with a ModelResult whose outputs is outputs and whose receipt is the
      //        result of writing a receipt for run given result.
      run.promise.resolve({ outputs, receipt: writeAReceipt(run, model.host, result) });
    }

    // 1.5. Otherwise, reject run's promise with a new ModelRunError whose receipt is the result of writing a
    //      receipt for run given null.
    else rejectWithAReceipt(run, model);
  });
}

/** Rejects a run's promise with a new `ModelRunError` whose receipt is that of a run which nothing has run. */
function rejectWithAReceipt(run: Run, model: HybridModelImplementation): void {
  const receipt = writeAReceipt(run, model.host, null);
  const message = explainAFailure(run);
  run.promise.reject(new ModelRunErrorImplementation(model.globalObject, [message, receipt]));
}
