import { endAFetch } from "../host/end-a-fetch.ts";
import type { Host, HostResponse } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { authorize } from "./authorize.ts";
import type { Header } from "./authorize.ts";
import { closeARemote } from "./close-a-remote.ts";
import type { InferenceRequest } from "./inference-request.ts";
import type { Remote } from "./remote.ts";
import { RemoteFailure } from "./remote-job.ts";
import type { RemoteJob } from "./remote-job.ts";

/** A response, or null for a network error. */
type Response = HostResponse | null;

/** https://hybrid-ai-web.github.io/hybrid-ai/#post-an-inference-request */
export async function postAnInferenceRequest(
  host: Host,
  request: InferenceRequest,
  remote: Remote,
  job: RemoteJob,
  signal: AbortSignal,
): Promise<HostResponse | RemoteFailure> {
  // 1. Let authorization be the result of authorizing remote given null and signal.
  let authorization = await authorize(host, remote, null, signal);
  let headers = await authorization.headers;

  // 2. If authorization's headers is failure, then return a remote failure whose reason is "authorization".
  if (isFailure(headers)) return new RemoteFailure("authorization");

  // 3. Let response be the result of sending an inference request request to remote with authorization, given
  //    job and signal.
  let response = await sendAnInferenceRequest(host, request, remote, headers, job, signal);

  // 4. If response's status is 401 and remote's authorize callback is not null:
  if (response?.status === 401 && remote.authorizeCallback !== null) {
    // 4.1. Set authorization to the result of authorizing remote given authorization and signal.
    authorization = await authorize(host, remote, authorization, signal);
    headers = await authorization.headers;

    // 4.2. If authorization's headers is failure, then return a remote failure whose reason is
    //      "authorization".
    if (isFailure(headers)) return new RemoteFailure("authorization");

    // 4.3. Set response to the result of sending an inference request request to remote with authorization,
    //      given job and signal.
    response = await sendAnInferenceRequest(host, request, remote, headers, job, signal);
  }

  // 5. If response is a network error, then return a remote failure whose reason is "network", and whose
  //    blames the encoding is true if request's encoding is "binary".
  // NOTE: A server that allows no Inference-Header-Content-Length across origins cannot be told from one that
  //   is down.
  if (response === null) return new RemoteFailure("network", request.encoding === "binary");

  // 6. If response's status is 401 or 403, then return a remote failure whose reason is "authorization".
  if (response.status === 401 || response.status === 403) return new RemoteFailure("authorization");

  // 7. If response's status is 402, 429 or 503:
  if (response.status === 402 || response.status === 429 || response.status === 503) {
    // 7.1. Close remote given response.
    closeARemote(host, remote, response);

    // 7.2. Return a remote failure whose reason is "busy".
    return new RemoteFailure("busy");
  }

  // 8. Return response.
  return response;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#send-an-inference-request */
export async function sendAnInferenceRequest(
  host: Host,
  request: InferenceRequest,
  remote: Remote,
  authorizationHeaders: readonly Header[],
  job: RemoteJob,
  signal: AbortSignal,
): Promise<Response> {
  // 1. If job's permission returns false, then return a network error.
  // NOTE: The page can take any time to authorize, and the server to answer. A limit that the user sets
  //   meanwhile keeps what has not left yet.
  if (!job.permission()) return null;

  // 2. Let url be a copy of remote's URL, with "infer" as one more segment at the end of its path, in the
  //    place of an empty last one if there is one, and its fragment null.
  const url = inferenceURL(remote.url!);

  // 3. Let headers be a clone of authorization's headers.
  const headers: Record<string, string> = Object.fromEntries(authorizationHeaders);

  // 4. If request's encoding is "binary", then append (`Content-Type`, `application/octet-stream`) and
  //    (`Inference-Header-Content-Length`, request's header's length, in decimal digits) to headers.
  if (request.encoding === "binary") {
    headers["Content-Type"] = "application/octet-stream";
    headers["Inference-Header-Content-Length"] = String(request.header.length);
  }

  // 5. Otherwise, append (`Content-Type`, `application/json`) to headers.
  else {
    headers["Content-Type"] = "application/json";
  }

  // 6. Let body be request's header followed by each of its tensors.
  const body = [request.header, ...request.tensors];

  // 7. Increase job's exchange's bytes sent by body's length.
  // NOTE: What was handed to the network counts as sent, whether it arrived or not.
  for (const piece of body) job.exchange.bytesSent += piece.length;

  // 8. Let fetchRequest be a new request whose URL is url, method is `POST`, header list is headers, body is
  //    body, client is the environment settings object of the HybridModel that runs, mode is "cors",
  //    credentials mode is "omit", referrer is "no-referrer", redirect mode is "error", cache mode is
  //    "no-store", and unsafe-request flag is set.
  // NOTE: Inputs go to the origin that the page named and nowhere else, so a redirect is an error. No cookie,
  //   no client certificate and no referrer goes with them.
  const fetchRequest = {
    url,
    method: "POST",
    headers,
    body,
    signal,
    redirect: "error",
    cache: "no-store",
  } as const;

  // 9. Fetch fetchRequest, ending the fetch when signal is aborted, and let response be its response, as soon
  //    as its header list is there.
  let response: HostResponse;
  try {
    response = await host.fetch(fetchRequest);
  } catch {
    if (signal.aborted) throw signal.reason;
    return null;
  }

  // 10. If response's status is not 200, then end the fetch.
  // NOTE: Nobody reads the body of such a response, which can be endless. Left alone, a few of them keep all
  //   connections to the server to themselves.
  if (response.status !== 200) endAFetch(response);

  // 11. Return response.
  return response;
}

function inferenceURL(remote: string): string {
  const { origin, pathname, search } = new URL(remote);
  const path = pathname.endsWith("/") ? pathname : `${pathname}/`;
  return `${origin}${path}infer${search}`;
}
