import { parseARetryDelay } from "../concepts/parse-a-retry-delay.ts";
import type { Host, HostResponse } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import type { Remote } from "./remote.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#close-a-remote */
export function closeARemote(host: Host, remote: Remote, response: HostResponse): void {
  // 1. Let value be the result of getting `Retry-After` from response's header list.
  const value = response.header("Retry-After");

  // 2. Let date be the result of getting `Date` from response's header list.
  const date = response.header("Date");

  // 3. Let seconds be the result of parsing a retry delay given value and date.
  const seconds = parseARetryDelay(host, value, date);

  // 4. If seconds is failure, then return.
  if (isFailure(seconds)) return;

  // 5. Set remote's closed until to the monotonic clock's unsafe current time plus seconds seconds.
  remote.closedUntil = host.now() + seconds * 1000;
}
