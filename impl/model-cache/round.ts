import type { Arrived } from "../concepts/unless-it-stalls.ts";
import type { Host } from "../host/host.ts";
import { aDependentController } from "../infra/abort-signal.ts";
import { aNewSeriesOfChanges } from "../infra/changes.ts";
import type { Changes } from "../infra/changes.ts";
import type { Entry } from "./entry.ts";

export type Outcome = "done" | "data" | "network" | "later";

/** Chunks that one fetch is to bring: the integers from `first` to `last`. */
export interface Run {
  readonly first: number;
  readonly last: number;
  /** Aborted to terminate the fetch. */
  readonly controller: AbortController;
  /** Lets go of what aborts it from outside. */
  readonly forget: () => void;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#round */
export interface Round {
  readonly runs: Set<Run>;
  limit: number;
  open: boolean;
  /** By all its fetches together. */
  readonly arrived: Arrived;
  /** How many chunks have come and are not yet stored: where there are any, it is busy. */
  pending: number;
  outcome: Outcome | { readonly exception: unknown };
  /** Told of when its runs or its open change, or it is busy no more. */
  readonly changes: Changes;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#round */
export function aNewRound(limit: number): Round {
  return {
    runs: new Set(),
    limit,
    open: false,
    arrived: { count: 0 },
    pending: 0,
    outcome: "done",
    changes: aNewSeriesOfChanges(),
  };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#parallel-limit */
export function parallelLimit(host: Host): number {
  return host.savesData() ? 1 : host.parallelLimit;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#claim-a-run : `signal` terminates its fetch, too. */
export function claimARun(host: Host, entry: Entry, round: Round, signal: AbortSignal): Run | null {
  // 1. If the size of round's runs is not less than round's limit, then return null.
  if (round.runs.size >= round.limit) return null;

  // 2. If round's runs is not empty, and round's open is false or round is busy, then return null.
  if (round.runs.size > 0 && (!round.open || round.pending > 0)) return null;

  // 3. Let unclaimed be those of entry's missing chunks that are in none of round's runs.
  const runs = [...round.runs].toSorted((one, other) => one.first - other.first);

  // 4. If unclaimed is empty, then return null.
  // 5. Let first be the least of unclaimed.
  let first = entry.hashes.firstMissing(0);
  for (const run of runs) {
    if (first !== null && run.first <= first && first <= run.last)
      first = entry.hashes.firstMissing(run.last + 1);
  }
  if (first === null) return null;

  // 6. Let last be the greatest integer for which all integers from first to last are in unclaimed.
  const next = runs.find((run) => run.first > first)?.first ?? Infinity;
  let last = Math.min(entry.hashes.endOfTheGap(first), next) - 1;

  // 7. If round's limit is not 1, then set last to the least of last and first − 1 + the greater of 1 and the
  //    range length / entry's chunk size, rounded down.
  if (round.limit !== 1) {
    const most = Math.max(1, Math.floor(host.rangeLength / entry.chunkSize));
    last = Math.min(last, first - 1 + most);
  }

  // 8. Return the integers from first to last.
  return { first, last, ...aDependentController(signal) };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#end-a-run */
export function endARun(run: Run, round: Round, outcome: Round["outcome"]): void {
  // 1. Remove run from round's runs.
  round.runs.delete(run);
  run.forget();
  round.changes.tell();

  // 2. If outcome is "done", or round's outcome is "data" or an exception, then return.
  if (outcome === "done" || round.outcome === "data" || typeof round.outcome === "object") return;

  // 3. Set round's outcome to outcome.
  round.outcome = outcome;

  // 4. Set round's limit to the size of round's runs.
  // NOTE: A server that serves one and turns the next one away is asked for one at a time.
  round.limit = round.runs.size;

  // 5. If outcome is "data" or an exception:
  if (outcome === "data" || typeof outcome === "object") {
    // 5.1. Set round's limit to 0.
    round.limit = 0;

    // 5.2. Terminate the fetches of round's runs.
    for (const other of round.runs) other.controller.abort();
  }
}
