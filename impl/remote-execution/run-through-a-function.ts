import type { ModelTensor } from "../../idl/contracts.ts";
import type { Tensor } from "../backend/backend.ts";
import { createAModelTensorDictionary, createATensor } from "../concepts/tensor.ts";
import type { Host } from "../host/host.ts";
import { aDependentController, unlessAborted } from "../infra/abort-signal.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import { acceptOutputs } from "./match-a-tensor.ts";
import type { Remote } from "./remote.ts";
import { RemoteFailure } from "./remote-job.ts";
import type { RemoteJob } from "./remote-job.ts";

type Answer = ReadonlyMap<string, Tensor> | Failure;

/** https://hybrid-ai-web.github.io/hybrid-ai/#run-through-a-function */
export async function runThroughAFunction(
  host: Host,
  remote: Remote,
  job: RemoteJob,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Tensor> | RemoteFailure> {
  // 1. Let context be a ModelRemoteRunContext whose signal is the result of creating a dependent abort signal
  //    from « signal » using AbortSignal and the relevant realm of the HybridModel that runs, and whose
  //    variant is job's variant name.
  const context = { signal: aDependentController(signal).controller.signal, variant: job.variantName };

  // 2. Let answer be "pending".
  const pending = Promise.withResolvers<Answer>();

  // 3. Queue a global task on the hybrid AI task source given the relevant global object of the HybridModel
  //    that runs to run these steps:
  host.queueATask(() => {
    // 3.1. If signal is aborted, or job's permission returns false, then set answer to failure and return.
    // NOTE: Nobody waits for the outputs any more, or the user has set a limit meanwhile: what has not left
    //   yet stays here.
    if (signal.aborted || !job.permission()) {
      pending.resolve(new Failure("nobody waits for it any more, or the user permits it no more"));
      return;
    }

    // 3.2. Let inputs be an empty ordered map.
    const inputs = Object.create(null) as Record<string, ModelTensor>;

    // 3.3. For each name → tensor of job's inputs, set inputs[name] to the result of creating a model tensor
    //      dictionary given tensor and the relevant realm of the HybridModel that runs. If this throws an
    //      exception, then set answer to failure and return.
    try {
      for (const [name, tensor] of job.inputs) inputs[name] = createAModelTensorDictionary(tensor);
    } catch {
      pending.resolve(new Failure("there is not so much memory"));
      return;
    }

    // 3.4. For each name → tensor of job's inputs, increase job's exchange's bytes sent by tensor's data's
    //      length.
    // NOTE: Nobody but the page knows what its function sends. It is counted as if it sent everything.
    for (const tensor of job.inputs.values()) job.exchange.bytesSent += tensor.data.length;

    // 3.5. Let promise be the result of invoking remote's run callback with « inputs, context ».
    // NB: Called as a method, it would be given the remote as its this.
    const callback = remote.runCallback!;
    const promise = callback(inputs, context);

    // 3.6. React to promise: when it is fulfilled with outputs, set answer to the result of reading the
    //      outputs of a function outputs for job; when it is rejected, what it is fulfilled with cannot be
    //      converted to such outputs, or reading them throws an exception, set answer to failure.
    promise
      .then((outputs) => readTheOutputsOfAFunction(outputs, job))
      .then(pending.resolve, () => {
        pending.resolve(new Failure("the page's function was rejected, or its outputs cannot be read"));
      });
  });

  // 4. Wait until answer is not "pending".
  const answer = await unlessAborted(pending.promise, signal);

  // 5. If answer is failure, then return a remote failure whose reason is "function".
  if (isFailure(answer)) return new RemoteFailure("function");

  // 6. Return answer.
  return answer;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#read-the-outputs-of-a-function */
export function readTheOutputsOfAFunction(
  outputs: Readonly<Record<string, ModelTensor>>,
  job: RemoteJob,
): Answer {
  // 1. Let tensors be an empty ordered map.
  const tensors = new Map<string, Tensor>();

  // 2. For each name → dictionary of outputs:
  for (const [name, dictionary] of Object.entries(outputs)) {
    // 2.1. Let tensor be the result of creating a tensor given dictionary.
    const tensor = createATensor(dictionary);

    // 2.2. If tensor is failure, then return failure.
    if (isFailure(tensor)) return tensor;

    // 2.3. Set tensors[name] to tensor.
    tensors.set(name, tensor);
  }

  // 3. Return the result of accepting outputs tensors given job's outputs and job's dimensions.
  return acceptOutputs(tensors, job.outputs, job.dimensions);
}
