import type { ModelAttemptFailure } from "../../idl/contracts.ts";
import { BackendError } from "../backend/backend.ts";
import type { Tensor } from "../backend/backend.ts";
import { isFailure } from "../infra/failure.ts";
import { inParallel } from "../infra/in-parallel.ts";
import type { TensorDescription } from "../model-manifest/manifest.ts";
import { acceptOutputs } from "../remote-execution/match-a-tensor.ts";
import { RemoteFailure } from "../remote-execution/remote-job.ts";
import { runOnARemote } from "../remote-execution/run-on-a-remote.ts";
import { loseTheClient } from "./client.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import { permits } from "./permits.ts";
import { inputsOf, outputsOf } from "./plan.ts";
import type { Stage } from "./plan.ts";
import type { Attempt, Run } from "./run.ts";

type Tensors = ReadonlyMap<string, Tensor>;

/** https://hybrid-ai-web.github.io/hybrid-ai/#make-an-attempt */
export async function makeAnAttempt(
  attempt: Attempt,
  run: Run,
  model: HybridModelImplementation,
): Promise<void> {
  // 1. Let outputs be the result of carrying out a plan for attempt, run and model. If this throws an
  //    exception, then let outputs be "backend".
  // NOTE: It throws where memory does not suffice, and when run is settled.
  let outputs: Tensors | ModelAttemptFailure;
  try {
    outputs = await carryOutAPlan(attempt, run, model);
  } catch (error) {
    outputs = "backend";
    // NB: Want of memory is no fault of this implementation; all but that and the end of the run is reported.
    if (error instanceof RangeError) attempt.words = error.message;
    else if (!attempt.controller.signal.aborted) {
      inParallel(async () => {
        throw error;
      });
    }
  }

  // 2. If attempt's state is not "under way", then return.
  // NOTE: Then run is settled, and nothing waits for attempt any more.
  if (attempt.state !== "under way") return;

  // 3. Set attempt's end to the monotonic clock's unsafe current time.
  attempt.end = model.host.now();

  // 4. If outputs is a ModelAttemptFailure:
  if (typeof outputs === "string") {
    // 4.1. Set attempt's failure to outputs.
    attempt.failure = outputs;

    // 4.2. Set attempt's state to "failed".
    attempt.state = "failed";
  }

  // 5. Otherwise:
  else {
    // 5.1. Set attempt's outputs to outputs.
    attempt.outputs = outputs;

    // 5.2. Set attempt's state to "succeeded".
    attempt.state = "succeeded";
  }
  model.changes.tell();
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#carry-out-a-plan */
export async function carryOutAPlan(
  attempt: Attempt,
  run: Run,
  model: HybridModelImplementation,
): Promise<Tensors | ModelAttemptFailure> {
  const { plan, exchange } = attempt;
  const { manifest } = model;

  const explain = (words: string) => {
    attempt.words = words;
  };

  // 1. Let signal be attempt's controller's signal.
  const signal = attempt.controller.signal;

  // 2. Let tensors be a clone of run's inputs.
  const tensors = new Map(run.inputs);

  // 3. For each stage of attempt's plan's stages:
  for (const stage of plan.stages) {
    let result: Tensors | ModelAttemptFailure;

    // 3.1. If stage's remote is null, then let result be the result of executing on the client of model,
    //      given stage, tensors and signal.
    if (stage.remote === null) result = await executeOnTheClient(model, stage, tensors, signal, explain);

    // 3.2. Otherwise:
    else {
      // 3.2.1. Let job be a new remote job whose variant name is attempt's plan's variant's name, dimensions
      //        is run's dimensions, exchange is attempt's exchange, and permission is to return whether
      //        model's exposure permits attempt's plan in model's relevant settings object.
      const inputs = new Map<string, Tensor>();
      const outputs = new Map<string, TensorDescription | null>();
      const permission = () => permits(model.exposure, plan, model.host);
      const job = {
        variantName: plan.variant.name,
        inputs,
        outputs,
        dimensions: run.dimensions,
        exchange,
        permission,
      };

      // 3.2.2. For each name of stage's inputs, set job's inputs[name] to tensors[name].
      for (const name of inputsOf(stage)) inputs.set(name, tensors.get(name)!);

      // 3.2.3. For each name of stage's outputs, set job's outputs[name] to model's manifest's outputs[name]
      //        with default null.
      for (const name of outputsOf(stage, plan, manifest))
        outputs.set(name, manifest.outputs.get(name) ?? null);

      // 3.2.4. Let result be the result of running on a remote given stage's remote, job and signal.
      const answer = await runOnARemote(model.host, stage.remote, job, signal);

      // 3.2.5. If result is a remote failure, then return its reason.
      if (answer instanceof RemoteFailure) return answer.reason;
      result = answer;
    }

    // 3.3. If result is a ModelAttemptFailure, then return it.
    if (typeof result === "string") return result;

    // 3.4. For each name → tensor of result, set tensors[name] to tensor.
    for (const [name, tensor] of result) tensors.set(name, tensor);
  }

  // 4. Let outputs be the map that has tensors[name] for each name of the keys of model's manifest's outputs.
  const outputs = new Map([...manifest.outputs.keys()].map((name) => [name, tensors.get(name)!]));

  // 5. If accepting outputs outputs, given model's manifest's outputs and run's dimensions, returns failure,
  //    then return "backend".
  const accepted = acceptOutputs(outputs, manifest.outputs, run.dimensions);
  if (isFailure(accepted)) {
    explain(accepted.message);
    return "backend";
  }

  // 6. Return outputs.
  return outputs;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#execute-on-the-client */
export async function executeOnTheClient(
  model: HybridModelImplementation,
  stage: Stage,
  tensors: Tensors,
  signal: AbortSignal,
  explain: (words: string) => void = () => undefined,
): Promise<Tensors | ModelAttemptFailure> {
  // 1. Let client be model's client.
  const client = model.client;

  // 2. Let outcome be the result of consulting an executor named "client" given signal.
  const outcome = await model.host.consultAnExecutor("client", signal);

  // 3. If outcome is "fail", then return "backend".
  if (outcome === "fail") return "backend";

  // 4. If outcome is "lose":
  if (outcome === "lose") {
    // 4.1. Run these steps in parallel: lose the client of model.
    inParallel(() => loseTheClient(model));

    // 4.2. Return "lost".
    return "lost";
  }

  // 5. Let known be a clone of tensors.
  const known = new Map(tensors);

  // 6. For each part of stage's parts:
  for (const part of stage.parts) {
    // 6.1. If client's loaded parts[part] does not exist, then return "lost".
    const loadedPart = client.loadedParts.get(part);
    if (loadedPart === undefined) return "lost";

    // 6.2. Let inputs be the map that has known[name] for each name of part's inputs.
    // NB: The backend takes what it is given; another attempt may need the same tensors.
    const inputs = new Map(part.inputs.map((name) => [name, copyOf(known.get(name)!)]));

    // 6.3. Let outputs be the result of letting client's loaded parts[part] execute with inputs, for which
    //      nobody waits any more once signal is aborted.
    let outputs: Tensors;
    try {
      outputs = await loadedPart.run(inputs, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof BackendError) explain(error.message);

      // 6.4. If that failed because the loaded part is lost, then return "lost".
      if (error instanceof BackendError && error.lost) return "lost";

      // 6.5. If that failed for another reason, or gave no tensor for one of part's outputs, then return
      //      "backend".
      return "backend";
    }
    const missing = part.outputs.find((name) => !outputs.has(name));
    if (missing !== undefined) {
      explain(`the model gives no "${missing}"`);
      return "backend";
    }

    // 6.6. For each name of part's outputs, set known[name] to outputs[name].
    for (const name of part.outputs) known.set(name, outputs.get(name)!);
  }

  // 7. Set client's proven to true.
  client.proven = true;

  // 8. Return known.
  return known;
}

function copyOf(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}
