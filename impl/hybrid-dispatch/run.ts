import type { ModelAttemptFailure, ModelResult, ModelTensor } from "../../idl/contracts.ts";
import type { Tensor } from "../backend/backend.ts";
import { createATensor } from "../concepts/tensor.ts";
import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { aNewPromise } from "../infra/promise.ts";
import type { NewPromise } from "../infra/promise.ts";
import type { ModelManifest, TensorDescription } from "../model-manifest/manifest.ts";
import { matchATensor } from "../remote-execution/match-a-tensor.ts";
import { aNewExchange } from "../remote-execution/remote-job.ts";
import type { Exchange } from "../remote-execution/remote-job.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import type { Plan } from "./plan.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#run */
export interface Run {
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly dimensions: ReadonlyMap<string, number>;
  /** Moments of the host's clock. */
  readonly start: number;
  readonly deadline: number | null;
  readonly attempts: Attempt[];
  readonly begunAttempts: Attempt[];
  settled: boolean;
  readonly promise: NewPromise<ModelResult>;
  /** Takes the abort steps away from the page's signal. */
  forgetTheSignal: () => void;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#run */
export function aNewRun(
  inputs: ReadonlyMap<string, Tensor>,
  dimensions: ReadonlyMap<string, number>,
  start: number,
  deadline: number | null,
): Run {
  return {
    inputs,
    dimensions,
    start,
    deadline,
    attempts: [],
    begunAttempts: [],
    settled: false,
    promise: aNewPromise(),
    forgetTheSignal: () => undefined,
  };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#attempt */
export interface Attempt {
  readonly plan: Plan;
  state: "untried" | "under way" | "succeeded" | "failed";
  failure: ModelAttemptFailure | null;
  /** What this client, and never a remote, says of the failure: for developers. */
  words: string | null;
  start: number | null;
  end: number | null;
  readonly exchange: Exchange;
  outputs: ReadonlyMap<string, Tensor>;
  readonly controller: AbortController;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#attempt */
export function aNewAttempt(plan: Plan): Attempt {
  return {
    plan,
    state: "untried",
    failure: null,
    words: null,
    start: null,
    end: null,
    exchange: aNewExchange(),
    outputs: new Map(),
    controller: new AbortController(),
  };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#take-the-inputs */
export function takeTheInputs(
  dictionaries: Readonly<Record<string, ModelTensor>>,
  manifest: ModelManifest,
  dimensions: Map<string, number>,
): ReadonlyMap<string, Tensor> | Failure {
  // 1. If the keys of dictionaries are not those of manifest's inputs, in any order, then return failure.
  const names = Object.keys(dictionaries);
  const unknown = names.find((name) => !manifest.inputs.has(name));
  const missing = [...manifest.inputs.keys()].find((name) => !Object.hasOwn(dictionaries, name));
  if (unknown !== undefined) {
    return new Failure(
      `the model has no input "${unknown}"; it takes ${[...manifest.inputs.keys()].join(", ")}`,
    );
  }
  if (missing !== undefined) return new Failure(`the input "${missing}" is missing`);

  // 2. Let tensors be an empty ordered map.
  const tensors = new Map<string, Tensor>();

  // 3. For each name → description of manifest's inputs:
  for (const [name, description] of manifest.inputs) {
    // 3.1. Let dictionary be dictionaries[name].
    const dictionary = dictionaries[name]!;

    // 3.2. If matching a tensor whose data type is dictionary["dataType"] and whose shape is
    //      dictionary["shape"] with description given dimensions returns false, then return failure.
    if (!matchATensor(dictionary.dataType, dictionary.shape, description, dimensions)) {
      return failureIn(`the input "${name}"`, mismatch(dictionary, description, dimensions));
    }

    // 3.3. Let tensor be the result of creating a tensor given dictionary.
    const tensor = createATensor(dictionary);

    // 3.4. If tensor is failure, then return failure.
    if (isFailure(tensor)) return failureIn(`the input "${name}"`, tensor);

    // 3.5. Set tensors[name] to tensor.
    tensors.set(name, tensor);
  }

  // 4. Return tensors.
  return tensors;
}

function mismatch(
  { dataType, shape }: ModelTensor,
  description: TensorDescription,
  dimensions: ReadonlyMap<string, number>,
): Failure {
  const wanted = description.shape.map((size) => {
    if (typeof size === "number" || !dimensions.has(size)) return String(size);
    return `${size} = ${dimensions.get(size)!}`;
  });
  return new Failure(
    `it is ${dataType} of shape [${shape.join(", ")}], and the model takes ${description.dataType} of shape [${wanted.join(", ")}]`,
  );
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#cancel-a-run */
export function cancelARun(run: Run, model: HybridModelImplementation, reason: unknown): void {
  // 1. If run's settled is true, then return.
  if (run.settled) return;

  // 2. Settle run of model.
  settleARun(run, model);

  // 3. Reject run's promise with reason.
  run.promise.reject(reason);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#settle-a-run */
export function settleARun(run: Run, model: HybridModelImplementation): void {
  // 1. Set run's settled to true.
  run.settled = true;
  run.forgetTheSignal();
  model.changes.tell();

  // 2. Remove run from model's runs.
  model.runs.delete(run);

  // 3. For each attempt of run's attempts whose state is "under way":
  for (const attempt of run.attempts.filter(({ state }) => state === "under way")) {
    // 3.1. Set attempt's state to "failed".
    attempt.state = "failed";

    // 3.2. Set attempt's end to the monotonic clock's unsafe current time.
    attempt.end = model.host.now();

    // 3.3. Signal abort on attempt's controller.
    attempt.controller.abort();
  }
}
