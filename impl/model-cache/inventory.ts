import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import { digestOfAFile, filesOfAnEntry } from "./files-of-an-entry.ts";
import { readTheHeadOfHashes } from "./hashes-file.ts";
import {
  bytesOfRecords,
  bytesOfTheHead,
  lengthOfARecord,
  lengthOfTheHead,
  ownStoreVersion,
  parseTheHead,
  parseTheRecords,
} from "./inventory-file.ts";
import type { Inventory, Item } from "./inventory-file.ts";
import { ifItIsNotWrittenTo } from "./locks.ts";

/**
 * What is in a persistent store, and when it was last used: one file, so that to know the sizes of ten thousand entries is
 * one read.
 *
 * NB: An entry is written down before it has files, and crossed out after it has lost them. Which entries there are the
 * names of the files say, and not this: whatever a crash leaves out of it or in it, tidying puts right.
 */
const name = "inventory";

/** What an inventory is called until it is whole. */
export const nameOfTheNextInventory = "inventory.next";

/** How many records an inventory may have that do not count, beside as many as there are items. */
const slack = 64;

export interface Changes {
  /** Items that came, or were used. */
  readonly set?: Iterable<Item>;
  readonly remove?: Iterable<Digest>;
  /** The day on which the store is tidied. */
  readonly tidied?: number;
}

/** What the head of the inventory says; null where there is none. */
export async function readTheHead(folder: Folder): Promise<ReturnType<typeof parseTheHead>> {
  const file = await folder.open(name, "read");
  if (file === null) return null;
  return file
    .read(0, lengthOfTheHead)
    .then(parseTheHead)
    .finally(() => file.close());
}

/** The inventory as it is at the moment; null where there is none that makes sense. */
export async function readTheInventory(folder: Folder): Promise<Inventory | null> {
  const found = await read(folder);
  return found === "newer" ? null : (found?.inventory ?? null);
}

/**
 * Changes the inventory as `steps` answer, which see how it is, while no other agent does. Null changes nothing. Where there
 * is no inventory it is made from the files first: what makes it count is a rename.
 */
export function changeTheInventory(
  host: Host,
  folder: Folder,
  steps: (inventory: Inventory) => Changes | null,
): Promise<void> {
  return holdingTheInventory(host, async () => {
    const found = await read(folder);
    if (found === "newer") throw new Error("A newer user agent has taken this store over.");
    const inventory = found?.inventory ?? (await takeStock(host, folder));
    if (found === null) await writeAnew(folder, inventory);
    const changes = steps(inventory);
    if (changes === null) return;

    const { set = [], remove = [], tidied = inventory.tidied } = changes;
    const records = bytesOfRecords(set, remove);
    const count = ((found?.end ?? 0) + records.length) / lengthOfARecord;
    if (count > 2 * inventory.items.size + slack) {
      const items = new Map(inventory.items);
      for (const digest of remove) items.delete(digest);
      for (const item of set) {
        items.delete(item.digest);
        items.set(item.digest, item);
      }
      await writeAnew(folder, { items, tidied });
      return;
    }
    const end = found?.end ?? lengthOfTheHead + lengthOfARecord * inventory.items.size;
    const file = (await folder.open(name, "write"))!;
    try {
      if (tidied !== inventory.tidied) await file.write(0, bytesOfTheHead(tidied));
      await file.write(end, records);
    } finally {
      await file.close();
    }
  });
}

/** Makes the inventory if there is none. */
export function makeAnInventory(host: Host, folder: Folder): Promise<void> {
  return changeTheInventory(host, folder, () => null);
}

/** Crosses an entry out, where there is an inventory. */
export async function crossOut(host: Host, folder: Folder, digest: Digest): Promise<void> {
  if ((await folder.size(name)) === null) return;
  await changeTheInventory(host, folder, ({ items }) => (items.has(digest) ? { remove: [digest] } : null));
}

/** Removes what is left of an inventory that somebody began to write. */
export function removeTheNextInventory(host: Host, folder: Folder): Promise<void> {
  return holdingTheInventory(host, () => folder.remove(nameOfTheNextInventory));
}

function holdingTheInventory<T>(host: Host, steps: () => Promise<T>): Promise<T> {
  return host.lock(host.storageKey, "model-cache inventory", steps);
}

/** The inventory, and where its records end: one that was torn is written over; one of a newer version is left alone. */
async function read(folder: Folder): Promise<{ inventory: Inventory; end: number } | "newer" | null> {
  const file = await folder.open(name, "read");
  if (file === null) return null;
  try {
    const bytes = await file.read(0, await file.size());
    const head = parseTheHead(bytes);
    if (head === null) return null;
    if (head.version > ownStoreVersion) return "newer";
    const count = Math.floor((bytes.length - lengthOfTheHead) / lengthOfARecord);
    return {
      inventory: { items: parseTheRecords(bytes), tidied: head.tidied },
      end: lengthOfTheHead + lengthOfARecord * count,
    };
  } finally {
    await file.close();
  }
}

async function writeAnew(folder: Folder, { items, tidied }: Inventory): Promise<void> {
  const file = await folder.create(nameOfTheNextInventory);
  try {
    await file.write(0, bytesOfTheHead(tidied));
    await file.write(lengthOfTheHead, bytesOfRecords(items.values()));
  } finally {
    await file.close();
  }
  await folder.rename(nameOfTheNextInventory, name);
}

/** The inventory of the files that are there. When each was last used nobody knows: today. */
export async function takeStock(host: Host, folder: Folder): Promise<Inventory> {
  const today = host.today();
  const items = new Map<Digest, Item>();
  const names = new Set(await folder.names());
  for (const each of names) {
    const digest = digestOfAFile(each, "hashes");
    if (digest === null) continue;
    // NB: Whoever writes to an entry has its files open, and writes it down himself.
    const item = await ifItIsNotWrittenTo(host, digest, () => itemOfTheFiles(folder, names, digest, today));
    if (item !== null) items.set(digest, item);
  }
  return { items, tidied: today };
}

/** What the files of a digest are, if they are an entry. Nobody writes to them meanwhile. */
export async function itemOfTheFiles(
  folder: Folder,
  names: ReadonlySet<string>,
  digest: Digest,
  lastUsed: number,
): Promise<Item | null> {
  const files = filesOfAnEntry(digest);
  if (!names.has(files.whole) && !names.has(files.partial)) return null;
  const file = await folder.open(files.hashes, "read");
  if (file === null) return null;
  const entry = await readTheHeadOfHashes(file).finally(() => file.close());
  return entry === null ? null : { digest, ...entry, lastUsed };
}
