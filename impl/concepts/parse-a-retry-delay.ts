import type { Clock } from "../host/host.ts";
import { Failure } from "../infra/failure.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#parse-a-retry-delay : in seconds. */
export function parseARetryDelay(
  host: Pick<Clock, "wallClock">,
  value: string | null,
  date: string | null,
): number | Failure {
  // 1. If value is null, then return failure.
  if (value === null) return new Failure("there is no Retry-After");

  // 2. If value is one or more ASCII digits, then return the smaller of 3600 and value, interpreted as a
  //    decimal integer.
  // NOTE: No answer bids anyone wait for more than an hour, so that a slip on the server does not outlast the
  //   page.
  if (/^[0-9]+$/.test(value)) return Math.min(3600, Number(value));

  // 3. If value is not an HTTP-date, then return failure.
  if (!isAnHTTPDate(value)) return new Failure("Retry-After is neither seconds nor a date");

  const moment = Date.parse(value);

  // 4. If date is an HTTP-date, then return the number of seconds from date to value, but not less than 0 and
  //    not more than 3600.
  if (date !== null && isAnHTTPDate(date)) {
    return Math.min(Math.max((moment - Date.parse(date)) / 1000, 0), 3600);
  }

  // 5. Let seconds be the number of seconds from the wall clock's unsafe current time to value, but not less
  //    than 0.
  const seconds = Math.max((moment - host.wallClock()) / 1000, 0);

  // 6. If seconds is greater than 60, then return failure.
  // NOTE: A server means its own clock. Where a page cannot read what that says, the user's clock stands in,
  //   which can be minutes off.
  if (seconds > 60) return new Failure("Retry-After is a date that is far off by the user's clock");

  // 7. Return seconds.
  return seconds;
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats : the form that servers must send. */
function isAnHTTPDate(value: string): boolean {
  return (
    /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value) &&
    !isNaN(Date.parse(value))
  );
}
