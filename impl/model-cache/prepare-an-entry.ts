import type { FileRecord } from "../concepts/file-record.ts";
import type { Folder, Host } from "../host/host.ts";
import { areBytesLost } from "../host/lost-bytes.ts";
import { dropBadChunks } from "./drop-bad-chunks.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { giveRoomTo } from "./has-room.ts";
import { moreThanMemoryHolds } from "./move-an-entry-to-memory.ts";
import { closeAnEntry, createAnEntry, openAnEntry } from "./open-entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import { removeTheFiles } from "./remove-the-files.ts";
import { persistentStore, stores, transientStore } from "./stores.ts";
import { setLastUsedToToday } from "./use-an-entry.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#prepare-an-entry */
export async function prepareAnEntry(
  record: FileRecord,
  host: Host,
  signal: AbortSignal,
): Promise<OpenEntry> {
  // 1. For each store of environment's stores:
  for (const store of await stores(host)) {
    let entry: OpenEntry | null = null;
    try {
      // 1.1. If store[record's digest] does not exist, then continue.
      if (!(await hasAnEntry(store, record))) continue;

      // 1.2. Let entry be store[record's digest].
      entry = await openWhatIsThere(host, store, record);

      // 1.3. If entry's size is not record's size, or entry's chunk size is not record's chunk size, then
      //      remove entry from store and continue.
      if (entry === null || entry.size !== record.size || entry.chunkSize !== record.chunkSize) {
        if (entry !== null) await closeAnEntry(entry);
        await removeTheFiles(host, store, record.digest);
        continue;
      }

      // 1.4. Drop bad chunks of entry.
      await dropBadChunks(host, entry, signal);

      // 1.5. Set entry's last used to today.
      await setLastUsedToToday(host, store, entry);

      // 1.6. Return entry.
      return entry;
    } catch (error) {
      // NB: A store that fails is one that has nothing; but one whose worker ended has it still.
      if (entry !== null) await closeAnEntry(entry);
      signal.throwIfAborted();
      if (areBytesLost(error)) throw error;
    }
  }

  // 2. Let entry be a new entry whose digest is record's digest, size is record's size, and chunk size is
  //    record's chunk size.
  const entry = { digest: record.digest, size: record.size, chunkSize: record.chunkSize };

  // 3. Let store be the result of opening the persistent store of environment's storage key, or null if there
  //    is none.
  const store = await persistentStore(host);

  // 4. If store is not null and has no room for entry's size, then make room in store for entry's size.
  // 5. If store is null, or store has no room for entry's size, or the user agent cannot or declines to store
  //    entry there, then set store to the transient store of environment's global object.
  try {
    if (store !== null && (await giveRoomTo(host, store, entry)))
      return await createAnEntry(host, store, entry);
  } catch (error) {
    // NB: What cannot be written down, or made, cannot be stored.
    if (areBytesLost(error)) throw error;
  }

  // 6. If store is a transient store and entry's size is greater than the memory limit, then throw a
  //    RangeError.
  if (entry.size > host.memoryLimit()) throw moreThanMemoryHolds(entry);

  // 7. Set store[record's digest] to entry.
  // 8. Return entry.
  return createAnEntry(host, transientStore(host), entry);
}

async function hasAnEntry(store: Folder, { digest }: FileRecord): Promise<boolean> {
  const files = filesOfAnEntry(digest);
  return (await store.size(files.partial)) !== null || (await store.size(files.whole)) !== null;
}

/** NB: What has the name of a whole file is none, or it had been found: a crash can leave it when chunks were dropped. */
async function openWhatIsThere(host: Host, store: Folder, { digest }: FileRecord): Promise<OpenEntry | null> {
  const files = filesOfAnEntry(digest);
  if ((await store.size(files.whole)) !== null) await store.rename(files.whole, files.partial);
  return openAnEntry(host, store, digest, "partial");
}
