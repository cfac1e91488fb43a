import type { Folder, Host } from "../host/host.ts";
import type { Entry } from "./entry.ts";
import { inEvictionOrder } from "./evict-model-files.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import type { Inventory } from "./inventory-file.ts";
import { changeTheInventory, readTheInventory } from "./inventory.ts";
import { ifItIsNotInUse } from "./locks.ts";
import { removeThePartial } from "./remove-the-files.ts";
import { tidyAPersistentStore } from "./tidy-a-persistent-store.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#has-room */
export function hasRoom(host: Host, store: Inventory, size: number): boolean {
  // 1. Let sum be size.
  let sum = size;

  // 2. For each entry of store's values, set sum to sum + entry's size.
  for (const entry of store.items.values()) sum += entry.size;

  // 3. Return true if sum is not greater than the share; otherwise false.
  return sum <= host.share();
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#make-room */
export async function makeRoom(host: Host, store: Folder, size: number): Promise<void> {
  const inventory = await readTheInventory(store);
  if (inventory === null) return;

  // 1. Let wholes be those of store's values whose whole is true.
  const names = new Set(await store.names());
  const wholes = new Map([...inventory.items].filter(([digest]) => names.has(filesOfAnEntry(digest).whole)));

  // 2. If size and the sizes of wholes are together greater than the share, then return.
  // NOTE: Nothing is given up for what there is no room for all the same.
  if (!hasRoom(host, { ...inventory, items: wholes }, size)) return;

  // 3. For each entry of store's entries that are not among wholes, in its eviction order:
  const items = new Map(inventory.items);
  for (const { digest } of inEvictionOrder(host, inventory)) {
    if (wholes.has(digest)) continue;

    // 3.1. If store has room for size bytes, then return.
    if (hasRoom(host, { ...inventory, items }, size)) return;

    // 3.2. If entry is not in use, then remove store[entry's digest].
    await ifItIsNotInUse(host, digest, async () => {
      await removeThePartial(host, store, digest);
      items.delete(digest);
    });
  }
}

/**
 * Gives an entry its room in a store, and says whether there was any.
 *
 * NB: Where there seems to be none, what a crash left may only seem to take it.
 */
export async function giveRoomTo(
  host: Host,
  folder: Folder,
  entry: Pick<Entry, "digest" | "size" | "chunkSize">,
): Promise<boolean> {
  if (await takeRoomFor(host, folder, entry)) return true;
  await tidyAPersistentStore(host, folder);
  await makeRoom(host, folder, entry.size);
  return takeRoomFor(host, folder, entry);
}

async function takeRoomFor(
  host: Host,
  folder: Folder,
  { digest, size, chunkSize }: Pick<Entry, "digest" | "size" | "chunkSize">,
): Promise<boolean> {
  let isGiven = false;
  await changeTheInventory(host, folder, (inventory) => {
    const items = new Map(inventory.items);
    items.delete(digest);
    isGiven = hasRoom(host, { ...inventory, items }, size);
    return isGiven ? { set: [{ digest, size, chunkSize, lastUsed: host.today() }] } : null;
  });
  return isGiven;
}
