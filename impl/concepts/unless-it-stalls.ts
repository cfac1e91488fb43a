import type { Host } from "../host/host.ts";

export const stalled: unique symbol = Symbol("stalled");

/** How many bytes a server that is worth waiting for sends within the stall time at the least. */
const leastWithinTheStallTime = 16384;

/** How many bytes have come. */
export interface Arrived {
  count: number;
}

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#stalls
 *
 * Waits for what `work` waits for, a response or bytes of its body. `work` calls `come` whenever some have come, with how many these are in
 * all; where none comes for the stall time, or too few and `isThereAnotherWay` says so, the fetch is terminated through its
 * controller. Fetches that share a line share what has `arrived`.
 */
export async function unlessItStalls<T>(
  host: Host,
  controller: AbortController,
  work: (come: (count: number) => void) => Promise<T>,
  isThereAnotherWay: () => boolean = () => false,
  arrived: Arrived = { count: 0 },
): Promise<T | typeof stalled> {
  let last = host.now();
  let came = 0;
  const end = new AbortController();
  const watch = async (): Promise<typeof stalled> => {
    for (let begin = last, before = arrived.count; ;) {
      await host.wait(Math.min(begin, last) + host.stallTime - host.now(), end.signal);
      const now = host.now();
      if (last + host.stallTime <= now) return stalled;
      if (begin + host.stallTime > now) continue;
      if (arrived.count - before < leastWithinTheStallTime && isThereAnotherWay()) return stalled;
      begin = now;
      before = arrived.count;
    }
  };
  const watching = watch();
  const working = work((count) => {
    last = host.now();
    arrived.count += count - came;
    came = count;
  });
  try {
    const result = await Promise.race([working, watching]);
    if (result === stalled) controller.abort(new DOMException("The server sent nothing.", "TimeoutError"));
    return result;
  } finally {
    for (const each of [working, watching]) each.catch(() => undefined);
    end.abort();
  }
}
