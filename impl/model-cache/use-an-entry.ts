import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import type { Entry } from "./entry.ts";
import { changeTheInventory } from "./inventory.ts";

const daysByHost = new WeakMap<Host, Map<Digest, number>>();

/**
 * Sets an entry's last used to today.
 *
 * NB: Once a day and agent the inventory is asked, and once a day it is written. Where it cannot be written, an entry counts
 * as less used than it was.
 */
export async function setLastUsedToToday(
  host: Host,
  folder: Folder,
  { digest, size, chunkSize }: Pick<Entry, "digest" | "size" | "chunkSize">,
): Promise<void> {
  const days = daysByHost.get(host) ?? new Map<Digest, number>();
  daysByHost.set(host, days);
  const today = host.today();
  if (folder === host.memory || days.get(digest) === today) return;
  days.set(digest, today);
  await changeTheInventory(host, folder, ({ items }) =>
    items.get(digest)?.lastUsed === today ? null : { set: [{ digest, size, chunkSize, lastUsed: today }] },
  ).catch(() => days.delete(digest));
}
