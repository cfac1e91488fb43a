import type { Tensor } from "../backend/backend.ts";
import type { Host } from "../host/host.ts";
import { inferOverHTTP } from "./infer-over-http.ts";
import type { Remote } from "./remote.ts";
import { RemoteFailure } from "./remote-job.ts";
import type { RemoteJob } from "./remote-job.ts";
import { runThroughAFunction } from "./run-through-a-function.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#run-on-a-remote : throws the signal's abort reason. */
export async function runOnARemote(
  host: Host,
  remote: Remote,
  job: RemoteJob,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Tensor> | RemoteFailure> {
  // 1. Let outcome be the result of consulting an executor named "remote" given signal.
  const outcome = await host.consultAnExecutor("remote", signal);

  // 2. If outcome is not "succeed", then return a remote failure whose reason is "network".
  if (outcome !== "succeed") return new RemoteFailure("network");

  // 3. If remote's URL is null, then return the result of running through a function given remote, job and
  //    signal.
  if (remote.url === null) return await runThroughAFunction(host, remote, job, signal);

  // 4. Return the result of inferring over HTTP given remote, job and signal.
  return await inferOverHTTP(host, remote, job, signal);
}
