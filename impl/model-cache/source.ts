import { parseARetryDelay } from "../concepts/parse-a-retry-delay.ts";
import type { BufferedResponse, Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import type { Download } from "./download.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#source */
export interface Source {
  readonly url: URL;
  readonly indices: Set<number>;
  failures: number;
  /** A moment of the host's clock. */
  restingUntil: number | null;
  restarted: boolean;
  struck: boolean;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#source */
export function aNewSource(url: URL): Source {
  return { url, indices: new Set(), failures: 0, restingUntil: null, restarted: false, struck: false };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#choose-a-source */
export function chooseASource(download: Download): Source {
  // 1. Let candidates be those of download's sources whose struck is false.
  const candidates = download.sources.filter(({ struck }) => !struck);

  // 2. For each source of candidates, if source's resting until is null, then return source.
  for (const source of candidates) {
    if (source.restingUntil === null) return source;
  }

  // 3. Return the first of those of candidates whose resting until is the earliest.
  return candidates.reduce((one, other) => (other.restingUntil! < one.restingUntil! ? other : one));
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#postpone-a-source */
export function postponeASource(
  host: Host,
  source: Source,
  outcome: "network" | "later",
  fruitful: boolean,
): void {
  // 1. If outcome is "network" and source's indices is empty, then set source's struck to true and return.
  if (outcome === "network" && source.indices.size === 0) {
    source.struck = true;
    return;
  }

  // 2. If fruitful is true, then set source's failures to 0.
  if (fruitful) source.failures = 0;

  // 3. Otherwise, increment source's failures by 1.
  else source.failures += 1;

  // 4. If source's failures is 6, then set source's struck to true and return.
  if (source.failures === 6) {
    source.struck = true;
    return;
  }

  // 5. Let delay be 0 if source's failures is 0; otherwise 2 to the power of source's failures − 1.
  const delay = source.failures === 0 ? 0 : 2 ** (source.failures - 1);

  // 6. Let moment be the monotonic clock's unsafe current time plus delay seconds.
  const moment = host.now() + delay * 1000;

  // 7. If source's resting until is null or before moment, then set it to moment.
  if (source.restingUntil === null || source.restingUntil < moment) source.restingUntil = moment;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#let-a-source-rest */
export function letASourceRest(host: Host, source: Source, response: BufferedResponse): void {
  // 1. Let value be the result of getting `Retry-After` from response's header list.
  const value = response.header("Retry-After");

  // 2. Let date be the result of getting `Date` from response's header list.
  const date = response.header("Date");

  // 3. Let seconds be the result of parsing a retry delay given value and date.
  const seconds = parseARetryDelay(host, value, date);

  // 4. If seconds is failure, then return.
  if (isFailure(seconds)) return;

  // 5. If seconds is greater than 60, then set source's struck to true and return.
  if (seconds > 60) {
    source.struck = true;
    return;
  }

  // 6. Set source's resting until to the monotonic clock's unsafe current time plus seconds seconds.
  source.restingUntil = host.now() + seconds * 1000;
}
