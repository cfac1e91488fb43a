import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import { belieTheDigest } from "./check-the-digest.ts";
import { dropBadChunksOfAStoredEntry } from "./drop-bad-chunks.ts";
import type { Entry } from "./entry.ts";
import { hasMissingChunks } from "./entry.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { readHashes } from "./hashes-file.ts";
import { ifItIsNotWrittenTo } from "./locks.ts";
import { stores } from "./stores.ts";
import { setLastUsedToToday } from "./use-an-entry.ts";
import { aVerifiedFile } from "./verified-file.ts";
import type { VerifiedFile } from "./verified-file.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#look-up-a-model-file */
export async function lookUpAModelFile(host: Host, digest: Digest): Promise<VerifiedFile | null> {
  // 1. For each store of environment's stores:
  for (const store of await stores(host)) {
    // 1.1. If store[digest] does not exist, or its whole is false, then continue.
    const entry = await wholeEntry(store, digest);
    if (entry === null) continue;

    // 1.2. If store[digest]'s hashes belie the digest:
    // NB: Where that cannot be told, as when a worker ends meanwhile, it is not there.
    const belied = await belieTheDigest(host, entry).catch(() => null);
    if (belied === null) continue;
    if (belied) {
      // 1.2.1. If the download lock of digest is not held, then hold it, drop bad chunks of store[digest],
      //        and release it.
      await ifItIsNotWrittenTo(host, digest, () => dropBadChunksOfAStoredEntry(host, store, digest)).catch(
        () => undefined,
      );

      // 1.2.2. Continue.
      // NOTE: Something other than these steps has written to the disk.
      continue;
    }

    // 1.3. Set store[digest]'s last used to today.
    // NB: Nobody waits for it, who may have to wait for what others do with the store.
    void setLastUsedToToday(host, store, entry);

    // 1.4. Return store[digest].
    return aVerifiedFile(host, store, entry);
  }

  // 2. Return null.
  return null;
}

/** The entry that stands whole in a folder, or null. */
export async function wholeEntry(folder: Folder, digest: Digest): Promise<Entry | null> {
  const files = filesOfAnEntry(digest);
  try {
    const size = await folder.size(files.whole);
    if (size === null) return null;
    const file = await folder.open(files.hashes, "read");
    if (file === null) return null;
    const entry = await readHashes(file, digest).finally(() => file.close());
    if (entry === null || entry.size !== size || hasMissingChunks(entry)) return null;
    return entry;
  } catch {
    // NB: What cannot be read is not there.
    return null;
  }
}
