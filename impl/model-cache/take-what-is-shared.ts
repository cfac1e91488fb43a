import type { Host } from "../host/host.ts";
import { endOfChunk, missingChunks, startOfChunk } from "./entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import { storeAChunk } from "./store-a-chunk.ts";
import { decideTheVisibility } from "./visibility.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#take-what-is-shared */
export async function takeWhatIsShared(host: Host, entry: OpenEntry, signal: AbortSignal): Promise<void> {
  // 1. If the result of deciding the visibility of entry's digest for environment is "hidden", then return.
  if ((await decideTheVisibility(host, entry.digest)) === "hidden") return;

  // 2. Let shared be the shared store[entry's digest], or null if it does not exist.
  const shared = await host.crossSite!.sharedFile(entry.digest).catch(() => null);

  // 3. If shared is null, or its size is not entry's size, then return.
  // NOTE: The user can have taken it out since it was decided to be visible.
  if (shared === null || shared.size !== entry.size) return;

  // 4. For each index of entry's missing chunks:
  for (const index of missingChunks(entry)) {
    signal.throwIfAborted();

    // 4.1. Let start be index × entry's chunk size.
    const start = startOfChunk(entry, index);

    // 4.2. Let end be the least of start + entry's chunk size and entry's size.
    const end = endOfChunk(entry, index);

    // 4.3. Let bytes be the result of reading bytes of shared from start up to end.
    const bytes = await shared.readBytes(start, end).catch(() => null);

    // 4.4. If bytes is failure, then return.
    if (bytes === null) return;

    // 4.5. Store bytes at index of entry given null and environment.
    await storeAChunk(host, entry, index, bytes, null);
  }
}
