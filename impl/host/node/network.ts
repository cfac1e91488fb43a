import type { HostRequest, HostResponse } from "../host.ts";
import { isExposed, passesTheCORSCheck, passesThePreflight, unsafeHeaderNames } from "./cors.ts";

/** https://fetch.spec.whatwg.org/#http-redirect-fetch */
const mostRedirects = 20;

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Any reason for which there is no response. */
class NetworkTrouble extends Error {}

/**
 * Fetches as a page of `origin` would: mode "cors", no credentials, no referrer. For `origin` null there is no page,
 * and nobody to protect: every response can be read.
 *
 * Rejects with `networkError()`, or with the signal's reason. `end` is aborted when the page comes to an end, and its
 * requests with it.
 */
export async function fetchAsAPage(
  origin: string | null,
  request: HostRequest,
  networkError: () => Error,
  end: AbortSignal | null = null,
): Promise<HostResponse> {
  const { signal } = request;
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const each of [signal, end]) each?.addEventListener("abort", stop, { once: true });
  try {
    if (signal?.aborted) throw signal.reason;
    return await follow(origin, request, controller);
  } catch {
    throw signal?.aborted ? (signal.reason as Error) : networkError();
  }
}

async function follow(
  origin: string | null,
  request: HostRequest,
  controller: AbortController,
): Promise<HostResponse> {
  let url = new URL(request.url);
  let method: string = request.method ?? "GET";
  let body = request.body;
  let isCORS = false;
  let senderOrigin = origin;

  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    if (origin !== null && isMixedContent(origin, url)) throw new NetworkTrouble();
    // The URLs of blobs are this program's own: another's lead nowhere.
    isCORS ||= origin !== null && url.origin !== origin && url.protocol !== "blob:";
    const headers = request.headers ?? {};
    const names = unsafeHeaderNames(headers);
    if (isCORS && names.length > 0) await preflight(url, method, names, senderOrigin!, controller.signal);
    const response = await fetch(url.href, {
      method,
      headers:
        isCORS || (origin !== null && method !== "GET") ? { ...headers, Origin: senderOrigin! } : headers,
      body: body === undefined ? null : new Blob([...body]),
      redirect: "manual",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: controller.signal,
    });
    if (isCORS && !passesTheCORSCheck(senderOrigin!, response.headers)) {
      await response.body?.cancel();
      throw new NetworkTrouble();
    }
    const location = redirectStatuses.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return responseOf(response, url, isCORS, controller);

    await response.body?.cancel();
    if (request.redirect === "error" || !URL.canParse(location, url.href)) throw new NetworkTrouble();
    const next = new URL(location, url);
    if (!/^https?:$/.test(next.protocol)) throw new NetworkTrouble();
    if (isCORS && (next.username !== "" || next.password !== "")) throw new NetworkTrouble();
    if (isCORS && next.origin !== url.origin && url.origin !== origin) senderOrigin = "null";
    if (response.status === 303 || (response.status < 303 && method === "POST")) {
      method = "GET";
      body = undefined;
    }
    url = next;
  }
  throw new NetworkTrouble();
}

/** https://w3c.github.io/webappsec-mixed-content/#should-block-fetch */
function isMixedContent(origin: string, url: URL): boolean {
  if (!origin.startsWith("https:") || url.protocol === "https:") return false;
  return !/^(?:127\.[\d.]+|\[::1\]|localhost|.*\.localhost)$/.test(url.hostname);
}

async function preflight(
  url: URL,
  method: string,
  names: readonly string[],
  origin: string,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(url.href, {
    method: "OPTIONS",
    headers: {
      Accept: "*/*",
      Origin: origin,
      "Access-Control-Request-Method": method,
      "Access-Control-Request-Headers": names.join(","),
    },
    redirect: "manual",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal,
  });
  await response.body?.cancel();
  if (!passesThePreflight(origin, method, names, response)) throw new NetworkTrouble();
}

function responseOf(
  response: Response,
  url: URL,
  isCORS: boolean,
  controller: AbortController,
): HostResponse {
  return {
    status: response.status,
    url: url.href,
    header: (name) => (!isCORS || isExposed(name, response.headers) ? response.headers.get(name) : null),
    body: {
      [Symbol.asyncIterator]() {
        const reader = response.body?.getReader() as
          ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
        return {
          next: async () => {
            const next = await reader?.read();
            if (next === undefined || next.done) return { done: true, value: undefined };
            return { done: false, value: next.value };
          },
          return: async () => {
            controller.abort();
            await reader?.cancel().catch(() => undefined);
            return { done: true, value: undefined };
          },
        };
      },
    },
  };
}
