import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import { digestOfAFile, filesOfAnEntry, partsOfAnEntry } from "./files-of-an-entry.ts";
import type { Item } from "./inventory-file.ts";
import { changeTheInventory, itemOfTheFiles, readTheInventory, removeTheNextInventory } from "./inventory.ts";
import { ifItIsNotInUse, ifItIsNotWrittenTo } from "./locks.ts";
import { removeTheFiles } from "./remove-the-files.ts";

/** For how many days an unfinished file is kept that nobody asks for. */
const patience = 30;

/** https://hybrid-ai-web.github.io/hybrid-ai/#tidy-a-persistent-store */
export async function tidyAPersistentStore(host: Host, store: Folder): Promise<void> {
  const today = host.today();
  // NB: Who begins says so, and nobody else does on the same day.
  await changeTheInventory(host, store, () => ({ tidied: today }));
  const names = new Set(await store.names());
  const items = (await readTheInventory(store))?.items ?? new Map<Digest, Item>();
  const digests = [...names].flatMap((name) => partsOfAnEntry.map((part) => digestOfAFile(name, part)));
  const news: Item[] = [];
  const remains: Digest[] = [];

  // 1. For each entry of store's entries:
  for (const digest of new Set([...digests, ...items.keys()])) {
    if (digest === null) continue;
    const entry = await entryOf(host, store, names, items.get(digest) ?? null, digest, today);
    if (entry === null) remains.push(digest);
    if (entry === null || entry === "busy") continue;
    if (!items.has(digest)) news.push(entry);

    // 1.1. If entry's last used is greater than today, then set entry's last used to today.
    // NOTE: The clock was wrong for a while.
    if (entry.lastUsed > today) news.push({ ...entry, lastUsed: today });

    // 1.2. If entry's whole is true or entry's last used is greater than today − 30, then continue.
    if (names.has(filesOfAnEntry(digest).whole) || entry.lastUsed > today - patience) continue;

    // 1.3. If entry is not in use, then remove store[entry's digest].
    // NOTE: A month after it was left, an unfinished file is more likely to be in the way than to be gone on
    //   with.
    await ifItIsNotInUse(host, digest, () => removeTheFiles(host, store, digest));
  }
  await changeTheInventory(host, store, () => ({ set: news }));

  // 2. Remove what store holds on disk and is not part of an entry, such as hashes without bytes.
  for (const digest of remains)
    await ifItIsNotInUse(host, digest, () => removeTheRemains(host, store, digest, names));
  await removeTheNextInventory(host, store);
}

/** The entry that the files of a digest are; null where they are none, and "busy" where somebody writes to them. */
async function entryOf(
  host: Host,
  store: Folder,
  names: ReadonlySet<string>,
  item: Item | null,
  digest: Digest,
  today: number,
): Promise<Item | "busy" | null> {
  const { whole, partial, hashes } = filesOfAnEntry(digest);
  const isWhole = names.has(whole);
  if (!names.has(hashes) || isWhole === names.has(partial)) return null;
  // NB: What is written down as whole is believed: to look at ten thousand files takes long, and reads verify.
  if (isWhole && item !== null) return item;
  const name = isWhole ? whole : partial;
  const found = await ifItIsNotWrittenTo(host, digest, async () => ({
    item: await itemOfTheFiles(store, names, digest, item?.lastUsed ?? today),
    size: await store.size(name),
  }));
  if (found === null) return "busy";
  return found.item !== null && found.size !== null && found.size <= found.item.size ? found.item : null;
}

/** NB: Whoever held a lock a moment ago may have made an entry of them: there is then a file more. */
async function removeTheRemains(
  host: Host,
  store: Folder,
  digest: Digest,
  names: ReadonlySet<string>,
): Promise<void> {
  const files = filesOfAnEntry(digest);
  for (const name of partsOfAnEntry.map((part) => files[part])) {
    if (((await store.size(name)) !== null) !== names.has(name)) return;
  }
  await removeTheFiles(host, store, digest);
}
