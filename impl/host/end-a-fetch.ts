import type { HostResponse } from "./host.ts";

/** For a response whose body nobody reads: left alone, a few endless ones keep all connections to their server. */
export function endAFetch(response: HostResponse): void {
  void response.body[Symbol.asyncIterator]().return?.();
}
