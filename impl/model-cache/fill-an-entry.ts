import type { ChunkTable } from "../concepts/chunk-table.ts";
import type { Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { checkTheDigest } from "./check-the-digest.ts";
import { dropAChunkOfADownload } from "./drop-bad-chunks.ts";
import type { Download } from "./download.ts";
import { fetchMissingChunks } from "./fetch-missing-chunks.ts";
import { moveAnEntryToMemory } from "./move-an-entry-to-memory.ts";
import type { OpenEntry } from "./open-entry.ts";
import type { Source } from "./source.ts";

/** What an entry is filled from, and for whom. */
export interface Filling {
  readonly source: Source;
  readonly table: ChunkTable | null;
  readonly download: Download;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#fill-an-entry */
export async function fillAnEntry(
  host: Host,
  entry: OpenEntry,
  filling: Filling,
): Promise<"whole" | "data" | "network" | "later"> {
  const { source, table, download } = filling;

  // 1. Let outcome be the result of fetching missing chunks of entry from source given table, download and
  //    environment.
  const outcome = await fetchMissingChunks(host, entry, filling);

  // 2. If outcome is "data" and table is null, then drop each chunk of entry whose index source's indices
  //    contain.
  if (outcome === "data" && table === null)
    await dropChunks(host, entry, (index) => source.indices.has(index));

  // 3. If outcome is not "done", then return outcome.
  if (outcome !== "done") return outcome;

  // 4. Let verdict be the result of checking the digest of entry.
  const verdict = await checkTheDigest(host, entry, download.controller.signal);

  // 5. If verdict is failure:
  if (isFailure(verdict)) {
    // 5.1. Move entry to memory for environment.
    await moveAnEntryToMemory(host, entry);

    // 5.2. Return the result of filling entry from source given table, download and environment.
    return fillAnEntry(host, entry, filling);
  }

  // 6. If verdict is true, then return "whole".
  if (verdict) return "whole";

  // 7. Let own be true if source's indices contain the index of each chunk of entry; otherwise false.
  const own = [...entry.hashes.keys()].every((index) => source.indices.has(index));

  // 8. Drop each chunk of entry.
  await dropChunks(host, entry, () => true);

  // 9. For each other of download's sources, empty other's indices.
  for (const other of download.sources) other.indices.clear();

  // 10. If table is not null:
  if (table !== null) {
    // 10.1. For each other of download's sources, set other's struck to true.
    // NOTE: Each chunk was the one that the table names. No source has better ones.
    for (const other of download.sources) other.struck = true;

    // 10.2. Return "data".
    return "data";
  }

  // 11. If own is true or source's restarted is true, then return "data".
  if (own || source.restarted) return "data";

  // 12. Set source's restarted to true.
  source.restarted = true;

  // 13. Return the result of filling entry from source given table, download and environment.
  // NOTE: Chunks of another server, or of another day, were among these. Without a table nothing tells which
  //   of them was wrong.
  return fillAnEntry(host, entry, filling);
}

async function dropChunks(
  host: Host,
  entry: OpenEntry,
  isDropped: (index: number) => boolean,
): Promise<void> {
  for (const index of [...entry.hashes.keys()]) {
    if (isDropped(index)) await dropAChunkOfADownload(host, entry, index);
  }
}
