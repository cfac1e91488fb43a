import type { Digest } from "../concepts/digest.ts";
import type { Host } from "../host/host.ts";
import { digestOfAFile, filesOfAnEntry } from "./files-of-an-entry.ts";
import { stores } from "./stores.ts";

/** Each once, in ascending order by code unit. */
export async function digestsOfWholeEntries(host: Host): Promise<Digest[]> {
  const names = await Promise.all((await stores(host)).map((store) => store.names().catch(() => [])));
  return [...new Set(names.flatMap(wholeDigests))].toSorted();
}

/** NB: The names say it, so that to list ten thousand files is one look. A name without hashes is no entry. */
function wholeDigests(names: readonly string[]): Digest[] {
  const all = new Set(names);
  return names.flatMap((name) => {
    const digest = digestOfAFile(name, "whole");
    return digest !== null && all.has(filesOfAnEntry(digest).hashes) ? [digest] : [];
  });
}
