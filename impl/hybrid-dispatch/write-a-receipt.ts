import type { ModelAttempt, ModelReceipt } from "../../idl/contracts.ts";
import type { Host } from "../host/host.ts";
import { placementOf, remotesOf } from "./plan.ts";
import type { Attempt, Run } from "./run.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#write-a-receipt */
export function writeAReceipt(run: Run, host: Host, successful: Attempt | null): ModelReceipt {
  // 1. Let receipt be a new ModelReceipt whose placement is "none", inputBytesSent is 0, attempts is « », and
  //    duration is the number of milliseconds from run's start to now, coarsened.
  const attempts: ModelAttempt[] = [];
  const receipt: ModelReceipt = {
    placement: "none",
    duration: host.now() - run.start,
    inputBytesSent: 0,
    attempts,
  };

  // 2. If successful is not null:
  if (successful !== null) {
    // 2.1. Let plan be successful's plan.
    const plan = successful.plan;

    // 2.2. Set receipt["placement"] to plan's placement, receipt["variant"] to plan's variant's name, and
    //      receipt["fidelity"] to plan's variant's fidelity.
    receipt.placement = placementOf(plan);
    receipt.variant = plan.variant.name;
    receipt.fidelity = plan.variant.fidelity;
  }

  // 3. For each attempt of run's begun attempts:
  for (const attempt of run.begunAttempts) {
    // 3.1. Append the result of writing down an attempt attempt, given successful, to receipt["attempts"].
    attempts.push(writeDownAnAttempt(attempt, successful));

    // 3.2. Increase receipt["inputBytesSent"] by attempt's exchange's bytes sent.
    receipt.inputBytesSent += attempt.exchange.bytesSent;
  }

  // 4. Return receipt.
  return receipt;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#write-down-an-attempt */
export function writeDownAnAttempt(attempt: Attempt, successful: Attempt | null): ModelAttempt {
  // 1. Let plan be attempt's plan.
  const plan = attempt.plan;

  // 2. Let entry be a new ModelAttempt whose placement is plan's placement, variant is plan's variant's name,
  //    fidelity is plan's variant's fidelity, parts is « », succeeded is whether attempt is successful,
  //    inputBytesSent is attempt's exchange's bytes sent, and duration is the number of milliseconds from
  //    attempt's start to its end, coarsened.
  const parts: ModelAttempt["parts"][number][] = [];
  const entry: ModelAttempt = {
    placement: placementOf(plan),
    variant: plan.variant.name,
    fidelity: plan.variant.fidelity,
    parts,
    succeeded: attempt === successful,
    inputBytesSent: attempt.exchange.bytesSent,
    duration: attempt.end! - attempt.start!,
  };

  // 3. For each stage of plan's stages, and for each of stage's parts, append to entry["parts"] "client" if
  //    stage's remote is null, and "remote" otherwise.
  for (const stage of plan.stages) {
    parts.push(...stage.parts.map(() => (stage.remote === null ? "client" : "remote")));
  }

  // 4. If attempt's failure is not null, then set entry["failure"] to it.
  if (attempt.failure !== null) entry.failure = attempt.failure;

  // 5. For each remote of plan's remotes, if remote's URL is not null, then set entry["origin"] to remote's
  //    URL's origin, serialized.
  for (const { url } of remotesOf(plan)) if (url !== null) entry.origin = new URL(url).origin;

  // 6. If attempt's exchange's claim is not null, then set entry["claimed"] to it.
  if (attempt.exchange.claim !== null) entry.claimed = attempt.exchange.claim;

  // 7. Return entry.
  return entry;
}

/** The message of a `ModelRunError`, for developers. */
export function explainAFailure({ begunAttempts }: Run): string {
  if (begunAttempts.length === 0) return "Nothing that is permitted could run the model before the deadline.";
  const tried = begunAttempts.map(({ plan, failure, words }) => {
    const origins = remotesOf(plan).flatMap(({ url }) => (url === null ? [] : [` (${new URL(url).origin})`]));
    return `${placementOf(plan)}${origins.join("")}: ${failure ?? "no answer"}${words === null ? "" : ` (${words})`}`;
  });
  return `All that was tried has failed. ${tried.join("; ")}. The receipt tells more.`;
}
