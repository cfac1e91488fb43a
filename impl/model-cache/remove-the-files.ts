import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { crossOut } from "./inventory.ts";

/** Takes an entry out of a folder. What makes it a whole one goes first. */
export async function removeTheFiles(host: Host, folder: Folder, digest: Digest): Promise<void> {
  const files = filesOfAnEntry(digest);
  await folder.remove(files.whole);
  await folder.remove(files.partial);
  await folder.remove(files.hashes);
  await crossOut(host, folder, digest);
}

/** NB: A download that came to its end a moment ago has made a whole file of it. */
export async function removeThePartial(host: Host, folder: Folder, digest: Digest): Promise<void> {
  if ((await folder.size(filesOfAnEntry(digest).whole)) === null) await removeTheFiles(host, folder, digest);
}
