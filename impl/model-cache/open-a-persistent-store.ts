import type { Folder, Host } from "../host/host.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { ownStoreVersion } from "./inventory-file.ts";
import { makeAnInventory, readTheHead } from "./inventory.ts";
import { tidyAPersistentStore } from "./tidy-a-persistent-store.ts";

const opened = new WeakSet<Host>();

/** https://hybrid-ai-web.github.io/hybrid-ai/#open-a-persistent-store */
export async function openAPersistentStore(host: Host, store: Folder): Promise<Folder | null> {
  // NB: An agent does so once. What it opened may be emptied meanwhile, and stays of its version.
  if (opened.has(host)) return store;

  // 1. Let own be the store version of the user agent.
  const own = ownStoreVersion;

  // 2. If the store version of store is greater than own, then return null.
  // NOTE: What a newer user agent has left is left alone. Until that one is back, every file is kept in a
  //   transient store.
  const head = await readTheHead(store);
  if (head !== null && head.version > own) return null;

  // 3. If the store version of store is less than own, then bring store into the user agent's own form. Its
  //    entries stay as they are; where the older form does not know when one was last used, that is today.
  // NB: An empty store has no version. One that there is no room to change can still be read.
  if (head === null && (await store.names()).length > 0) {
    await makeAnInventory(host, store).catch(() => undefined);
  }

  opened.add(host);
  if (head !== null && head.tidied !== host.today()) inParallel(() => tidyAPersistentStore(host, store));

  // 4. Return store.
  return store;
}
