import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { holdingTheDownloadLock, ifItIsNotWrittenTo } from "./locks.ts";
import { removeTheFiles, removeThePartial } from "./remove-the-files.ts";
import { stores, transientStore } from "./stores.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#delete-a-model-file */
export async function deleteAModelFile(digest: Digest, host: Host): Promise<boolean> {
  const files = filesOfAnEntry(digest);

  // 1. Let deleted be false.
  let deleted = false;

  // 2. For each store of environment's stores:
  for (const store of await stores(host)) {
    // 2.1. If store[digest] does not exist, then continue.
    const isWhole = (await sizeIn(store, files.whole)) !== null;
    if (!isWhole && (await sizeIn(store, files.partial)) === null) continue;

    // 2.2. If store[digest]'s whole is true, then set deleted to true.
    if (isWhole) deleted = true;

    // 2.3. Otherwise, if the download lock of digest is held, then continue.
    // NOTE: What is being downloaded is nobody's yet: it is there to be deleted when it is whole.
    // 2.4. Remove store[digest]. If the user agent cannot, then set deleted to false.
    try {
      // NB: Of this global's memory nobody else has anything, whatever lock they hold.
      if (isWhole && store === transientStore(host)) await removeTheFiles(host, store, digest);
      else if (isWhole) await holdingTheDownloadLock(host, digest, () => removeTheFiles(host, store, digest));
      else await ifItIsNotWrittenTo(host, digest, () => removeThePartial(host, store, digest));
    } catch {
      // NB: Without the bytes, what else could not be removed is no entry any more.
      if ((await sizeIn(store, files.whole)) !== null) deleted = false;
    }
  }

  // 3. Return deleted.
  return deleted;
}

/** NB: What cannot be looked at is not there. */
function sizeIn(store: Folder, name: string): Promise<number | null> {
  return store.size(name).catch(() => null);
}
