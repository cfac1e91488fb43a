import { stalled, unlessItStalls } from "../concepts/unless-it-stalls.ts";
import type { Host, HostRequest, HostResponse } from "../host/host.ts";
import { aDependentController } from "../infra/abort-signal.ts";

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#stalls
 *
 * Fetches as the host does. Where the response or the next bytes of its body do not come for the stall time, the fetch is
 * terminated, and ends as with a network error.
 */
export async function fetchUnlessItStalls(host: Host, request: HostRequest): Promise<HostResponse> {
  const { controller, forget } = aDependentController(request.signal ?? new AbortController().signal);
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await unlessItStalls(host, controller, work);
      if (result === stalled) throw controller.signal.reason;
      return result;
    } catch (error) {
      forget();
      throw error;
    }
  };
  const response = await watched(() => host.fetch({ ...request, signal: controller.signal }));
  return {
    ...response,
    body: {
      [Symbol.asyncIterator]() {
        const iterator = response.body[Symbol.asyncIterator]();
        return {
          async next() {
            const next = await watched(() => iterator.next());
            if (next.done) forget();
            return next;
          },
          async return() {
            forget();
            return (await iterator.return?.()) ?? { done: true, value: undefined };
          },
        };
      },
    },
  };
}
