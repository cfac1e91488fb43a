import type { Folder, Host } from "../host/host.ts";
import { numberOfChunks } from "../concepts/chunk-table.ts";
import { hasMissingChunks } from "./entry.ts";
import type { Entry } from "./entry.ts";
import type { Item } from "./inventory-file.ts";
import { readTheInventory, takeStock } from "./inventory.ts";
import { wholeEntry } from "./look-up-a-model-file.ts";
import { stores } from "./stores.ts";

/** Of how many other entries the hashes are read. */
const mostDonors = 256;

interface Candidate {
  readonly store: Folder;
  readonly item: Item;
}

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#donors
 *
 * NB: One after the other, for as long as a chunk is missing.
 */
export async function* donorsOf(
  host: Host,
  entry: Entry,
): AsyncGenerator<{ store: Folder; donor: Entry }, void, undefined> {
  let count = 0;
  for (const { store, item } of await candidates(host, entry)) {
    if (count === mostDonors || !hasMissingChunks(entry)) return;
    const donor = await wholeEntry(store, item.digest);
    if (donor === null) continue;
    count += 1;
    yield { store, donor };
  }
}

async function candidates(host: Host, { digest, chunkSize }: Entry): Promise<Candidate[]> {
  const all: Candidate[] = [];
  for (const store of await stores(host)) {
    for (const item of await itemsOf(host, store)) all.push({ store, item });
  }
  return all
    .filter(({ item }) => item.digest !== digest && item.chunkSize === chunkSize)
    .filter(({ item }) => numberOfChunks(item.size, item.chunkSize) > 1)
    .toReversed()
    .toSorted((one, other) => other.item.lastUsed - one.item.lastUsed);
}

/** NB: A store that fails has nothing to give. */
async function itemsOf(host: Host, store: Folder): Promise<Iterable<Item>> {
  try {
    const inventory = (await readTheInventory(store)) ?? (await takeStock(host, store));
    return inventory.items.values();
  } catch {
    return [];
  }
}
