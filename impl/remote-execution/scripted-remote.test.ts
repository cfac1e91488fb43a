import type { Tensor } from "../backend/backend.ts";
import type { Host, HostRequest, HostResponse } from "../host/host.ts";
import { createARemote } from "./remote.ts";
import type { Remote } from "./remote.ts";
import { aNewExchange } from "./remote-job.ts";
import type { RemoteJob } from "./remote-job.ts";

/** What the tests of remote execution share: a job, and a host whose network is a function. */

export const base = new URL("https://a.example/page/");

export function float32(...elements: number[]): Tensor {
  return {
    dataType: "float32",
    shape: [elements.length],
    data: new Uint8Array(Float32Array.from(elements).buffer),
  };
}

/** A job with one input x, which asks for one output y: a float32 each. */
export function aJob(members: Partial<RemoteJob> = {}): RemoteJob {
  return {
    variantName: "exact",
    inputs: new Map([["x", float32(3)]]),
    outputs: new Map([["y", { dataType: "float32", shape: [1] }]]),
    dimensions: new Map(),
    exchange: aNewExchange(),
    permission: () => true,
    ...members,
  };
}

export function aRemote(members: Parameters<typeof createARemote>[0] = { url: "/v2/models/m" }): Remote {
  return createARemote(members, base) as Remote;
}

/** A response that the job of `aJob()` accepts, where nothing else is said. */
export function aResponse({
  headers = {},
  text = '{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[7]}]}',
  ...members
}: Partial<HostResponse> & { headers?: Record<string, string>; text?: string } = {}): HostResponse {
  return {
    status: 200,
    url: base.href,
    header: (name) => headers[name] ?? null,
    body: pieces(text),
    ...members,
  };
}

/** The pieces of a body, which breaks off where an error stands. */
export async function* pieces(...all: (string | Error)[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const piece of all) {
    if (typeof piece !== "string") throw piece;
    yield new TextEncoder().encode(piece);
  }
}

export const networkError = (): Promise<never> =>
  Promise.reject(new DOMException("no route", "NetworkError"));

type Answer = HostResponse | Promise<HostResponse>;

/** A host whose network gives these answers, one after another and the last for ever, and what it was asked. */
export function aHost(
  answers: readonly ((request: HostRequest) => Answer)[] = [() => aResponse()],
  members: Partial<Host> = {},
): { host: Host; requests: HostRequest[] } {
  const requests: HostRequest[] = [];
  const host = {
    async fetch(request: HostRequest) {
      requests.push(request);
      return await answers[Math.min(requests.length, answers.length) - 1]!(request);
    },
    now: () => 1000,
    queueATask: queueMicrotask,
    consultAnExecutor: async () => "succeed",
    ...members,
  } as unknown as Host;
  return { host, requests };
}

export const never = new AbortController().signal;
