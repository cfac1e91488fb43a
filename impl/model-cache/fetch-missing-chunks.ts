import type { Host } from "../host/host.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { hasMissingChunks } from "./entry.ts";
import { fetchARun } from "./fetch-a-run.ts";
import type { Filling } from "./fill-an-entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import { aNewRound, claimARun, endARun, parallelLimit } from "./round.ts";
import type { Outcome } from "./round.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#fetch-missing-chunks */
export async function fetchMissingChunks(host: Host, entry: OpenEntry, filling: Filling): Promise<Outcome> {
  // 1. Let round be a new round whose limit is the parallel limit.
  const round = aNewRound(parallelLimit(host));

  // 2. While round's runs is not empty, or round's limit is not 0 and entry has missing chunks:
  while (round.runs.size > 0 || (round.limit !== 0 && hasMissingChunks(entry))) {
    // 2.1. Let run be the result of claiming a run of entry for round.
    const run = claimARun(host, entry, round, filling.download.controller.signal);

    // 2.2. If run is null:
    if (run === null) {
      // 2.2.1. Wait until round's runs or open changes, or round is busy no more.
      await round.changes.next();

      // 2.2.2. Continue.
      continue;
    }

    // 2.3. Append run to round's runs.
    round.runs.add(run);

    // 2.4. Run the following steps in parallel:
    inParallel(async () => {
      // 2.4.1. Let outcome be the result of fetching a run run of entry from source, given round, table,
      //        download and environment, or the exception that this threw.
      const outcome = await fetchARun(host, entry, run, round, filling).catch((exception: unknown) => ({
        exception,
      }));

      // 2.4.2. End a run run of round given outcome.
      endARun(run, round, outcome);
    });
  }

  // 3. If round's outcome is an exception, then throw it.
  if (typeof round.outcome === "object") throw round.outcome.exception;

  // 4. If round's outcome is not "data" and entry has no missing chunks, then return "done".
  if (round.outcome !== "data" && !hasMissingChunks(entry)) return "done";

  // 5. Return round's outcome.
  return round.outcome;
}
