import type { Tensor } from "../backend/backend.ts";
import type { Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { encodeAnInferenceRequest, hasAJSONForm } from "./inference-request.ts";
import { decodeAnInferenceResponse, maximumResponseLength } from "./inference-response.ts";
import { postAnInferenceRequest } from "./post-an-inference-request.ts";
import { readAtMost } from "./read-at-most.ts";
import type { Remote, TensorEncoding } from "./remote.ts";
import { RemoteFailure } from "./remote-job.ts";
import type { RemoteJob } from "./remote-job.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#infer-over-http */
export async function inferOverHTTP(
  host: Host,
  remote: Remote,
  job: RemoteJob,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Tensor> | RemoteFailure> {
  // 1. Let encoding be "json" if remote's tensor encoding is "json" and all of job's inputs have a JSON form;
  //    otherwise "binary".
  let encoding: TensorEncoding =
    remote.tensorEncoding === "json" && allHaveAJSONForm(job) ? "json" : "binary";

  // 2. Let result be the result of exchanging tensors with remote in encoding, given job and signal.
  let result = await exchangeTensors(host, remote, encoding, job, signal);

  // 3. If result is a remote failure whose blames the encoding is true, and job is worth asking again of
  //    remote:
  if (result instanceof RemoteFailure && result.blamesTheEncoding && isWorthAskingAgain(job, remote)) {
    // 3.1. Set encoding to "json".
    encoding = "json";

    // 3.2. Set result to the result of exchanging tensors with remote in encoding, given job and signal.
    result = await exchangeTensors(host, remote, encoding, job, signal);

    // 3.3. If result is a remote failure whose blames the encoding is true, then increment remote's refusals
    //      by 1.
    if (result instanceof RemoteFailure && result.blamesTheEncoding) remote.refusals += 1;
  }

  // 4. If result is not a remote failure, then set remote's tensor encoding to encoding.
  if (!(result instanceof RemoteFailure)) remote.tensorEncoding = encoding;

  // 5. Return result.
  return result;
}

function allHaveAJSONForm({ inputs }: RemoteJob): boolean {
  return [...inputs.values()].every(hasAJSONForm);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#remote-job-worth-asking-again */
function isWorthAskingAgain(job: RemoteJob, remote: Remote): boolean {
  const length = [...job.inputs.values()].reduce((sum, { data }) => sum + data.length, 0);
  return (
    remote.tensorEncoding === "unknown" && remote.refusals < 3 && length <= 1048576 && allHaveAJSONForm(job)
  );
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#exchange-tensors */
export async function exchangeTensors(
  host: Host,
  remote: Remote,
  encoding: TensorEncoding,
  job: RemoteJob,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Tensor> | RemoteFailure> {
  // 1. Let request be the result of encoding an inference request for job in encoding.
  const request = encodeAnInferenceRequest(job, encoding);

  // 2. Let response be the result of posting an inference request request to remote, given job and signal.
  const response = await postAnInferenceRequest(host, request, remote, job, signal);

  // 3. If response is a remote failure, then return it.
  if (response instanceof RemoteFailure) return response;

  // 4. If response's status is not 200, then return a remote failure whose reason is "status", and whose
  //    blames the encoding is true if response's status is 400, 415, 422, 500 or 501.
  if (response.status !== 200) {
    return new RemoteFailure("status", [400, 415, 422, 500, 501].includes(response.status));
  }

  // 5. Let bytes be the result of reading response's body to its end, but no further than one byte beyond the
  //    maximum response length for job.
  const limit = maximumResponseLength(job);
  const bytes = await readAtMost(limit + 1, response, signal);

  // 6. If reading failed, then return a remote failure whose reason is "network".
  if (isFailure(bytes)) return new RemoteFailure("network");

  // 7. If bytes's length is greater than the maximum response length for job, then return a remote failure
  //    whose reason is "response".
  if (bytes.length > limit) return new RemoteFailure("response");

  // 8. Let length be the result of getting `Inference-Header-Content-Length` from response's header list.
  const length = response.header("Inference-Header-Content-Length");

  // 9. Let outputs be the result of decoding an inference response bytes given length and job.
  const outputs = decodeAnInferenceResponse(bytes, length, job);

  // 10. If outputs is failure, then return a remote failure whose reason is "response", and whose blames the
  //     encoding is true.
  if (isFailure(outputs)) return new RemoteFailure("response", true);

  // 11. Return outputs.
  return outputs;
}
