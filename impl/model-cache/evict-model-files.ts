import type { Folder, Host } from "../host/host.ts";
import type { Inventory, Item } from "./inventory-file.ts";
import { readTheInventory } from "./inventory.ts";
import { ifItIsNotInUse } from "./locks.ts";
import { removeTheFiles } from "./remove-the-files.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#evict-model-files */
export async function evictModelFiles(host: Host, store: Folder, bytes: number): Promise<number> {
  const inventory = await readTheInventory(store);
  if (inventory === null) return 0;

  // 1. Let freed be 0.
  let freed = 0;

  // 2. For each entry of store's entries, in its eviction order:
  for (const entry of inEvictionOrder(host, inventory)) {
    // 2.1. If freed is not less than bytes, then return freed.
    if (freed >= bytes) return freed;

    // 2.2. If entry is in use, then continue.
    // 2.3. Remove store[entry's digest].
    const removed = await ifItIsNotInUse(host, entry.digest, async () => {
      await removeTheFiles(host, store, entry.digest);
      return true;
    });
    if (removed === null) continue;

    // 2.4. Set freed to freed + entry's size.
    freed += entry.size;
  }

  // 3. Return freed.
  return freed;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#eviction-order */
export function inEvictionOrder(host: Host, { items }: Inventory): Item[] {
  const pinned = host.pinnedFiles();
  return [...items.values()].toSorted(
    (one, other) =>
      Number(pinned.has(one.digest)) - Number(pinned.has(other.digest)) || one.lastUsed - other.lastUsed,
  );
}
