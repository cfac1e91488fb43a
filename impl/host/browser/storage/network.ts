import type { HostRequest, HostResponse } from "../../host.ts";

/** What of a window or a worker is used to fetch. */
export interface FetchingGlobal {
  fetch(url: string, init: object): Promise<FetchedResponse>;
  readonly Blob: new (parts: Uint8Array<ArrayBuffer>[]) => object;
}

/** The part of a response that is used here. */
export interface FetchedResponse {
  readonly status: number;
  readonly url: string;
  readonly headers: Iterable<[string, string]> & { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** With all headers that can be read, and the body's stream. */
export interface FetchedHostResponse extends HostResponse {
  readonly headers: [name: string, value: string][];
  readonly stream: FetchedResponse["body"];
}

/** Fetches as the page does: the browser sees to CORS, to the page's policies and to redirects. */
export async function fetchFromThePage(
  global: FetchingGlobal,
  request: HostRequest,
): Promise<FetchedHostResponse> {
  const { url, method = "GET", headers, body, signal, cache = "default", redirect = "follow" } = request;
  let response: FetchedResponse;
  try {
    response = await global.fetch(url, {
      ...createARequest(),
      method,
      ...(headers !== undefined && { headers: { ...headers } }),
      ...(body !== undefined && { body: new global.Blob([...body]) }),
      ...(signal !== undefined && { signal }),
      cache,
      redirect,
    });
  } catch {
    throw signal?.aborted ? signal.reason : new DOMException("The request failed.", "NetworkError");
  }
  return {
    status: response.status,
    url: response.url,
    header: (name) => response.headers.get(name),
    headers: [...response.headers],
    stream: response.body,
    body: { [Symbol.asyncIterator]: () => bytesOf(response) },
  };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-a-request : what is left of it is what a page's `fetch()` does by itself. */
function createARequest(): object {
  // 1. Return a new request whose URL is url, client is environment, destination is the empty string, mode is
  //    "cors", credentials mode is "omit", referrer policy is "no-referrer", redirect mode is "follow",
  //    service-workers mode is "all", and initiator type is "other".
  return { mode: "cors", credentials: "omit", referrerPolicy: "no-referrer", redirect: "follow" };
}

function bytesOf(response: FetchedResponse): AsyncIterator<Uint8Array<ArrayBuffer>, undefined> {
  const reader = response.body?.getReader();
  return {
    async next() {
      const next = await reader?.read();
      return next === undefined || next.done
        ? { done: true, value: undefined }
        : { done: false, value: next.value };
    },
    async return() {
      await reader?.cancel().catch(() => undefined);
      return { done: true, value: undefined };
    },
  };
}
