import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Digest } from "../concepts/digest.ts";
import type { Folder, Host } from "../host/host.ts";
import { MemoryFolder } from "../host/memory-folder.ts";
import { Turns } from "../host/turns.ts";
import { deleteAModelFile } from "./delete-a-model-file.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import { evictModelFiles } from "./evict-model-files.ts";
import { FaultyDisk } from "./faulty-disk.test.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { bytesOfRecords, bytesOfTheHead } from "./inventory-file.ts";
import type { Item } from "./inventory-file.ts";
import { changeTheInventory, readTheInventory } from "./inventory.ts";
import { holdingTheDownloadLock, use, using } from "./locks.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import {
  Network,
  agent,
  bytesOfLength,
  chunkSize,
  namesOfEntries,
  recordOf,
  recordWithTable,
  wholeFileDigest,
} from "./scripted-host.test.ts";
import type { Bytes } from "./scripted-host.test.ts";
import { persistentStore } from "./stores.ts";
import { tidyAPersistentStore } from "./tidy-a-persistent-store.ts";

const url = "https://a.example/file";

interface Circumstances {
  network?: Network;
  folder?: Parameters<typeof agent>[1];
  locks?: Turns;
  today?: number;
  share?: number;
  pinned?: readonly string[];
}

/** An agent on a day, with a share and pins. */
function anAgent({
  network = new Network(),
  folder = new MemoryFolder(),
  locks = new Turns(),
  today = 20_000,
  share = 2 ** 40,
  pinned = [],
}: Circumstances = {}): Host {
  const host = agent(network, folder, locks);
  return { ...host, today: () => today, share: () => share, pinnedFiles: () => new Set(pinned) };
}

async function bring(host: Host, network: Network, bytes: Bytes): Promise<string> {
  network.serve(url, bytes);
  const record = recordOf(bytes, [url]);
  const file = await obtainAModelFile(host, record);
  assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
  return record.digest;
}

async function itemsOf(folder: Folder): Promise<Item[]> {
  return [...((await readTheInventory(folder))?.items.values() ?? [])];
}

async function write(folder: Folder, name: string, bytes: Bytes): Promise<void> {
  const file = await folder.create(name);
  await file.write(0, bytes);
  await file.close();
}

describe("open a persistent store", () => {
  const some = bytesOfLength(2 * chunkSize + 9);
  const others = bytesOfLength(100, 3);

  /** A store as version 1 left it: a whole file, and a part of another. Version 1 had no inventory. */
  async function storeOfVersion1(): Promise<{ disk: FaultyDisk; digests: string[] }> {
    const disk = new FaultyDisk();
    const network = new Network();
    const host = anAgent({ network, folder: disk.folder() });
    const whole = await bring(host, network, others);
    network.serve(url, some, { breaksAfter: chunkSize + 1, ignoresRanges: true });
    const record = recordOf(some, [url]);
    await assert.rejects(obtainAModelFile(host, record));
    disk.files.delete("inventory");
    return { disk, digests: [whole, record.digest] };
  }

  it("steps 3 and 4: takes a store of version 1 over, without a download, and knows its entries", async () => {
    const { disk, digests } = await storeOfVersion1();
    const folder = disk.folder();
    const host = anAgent({ folder, today: 20_500 });
    assert.deepEqual(await digestsOfWholeEntries(host), [digests[0]]);
    assert.notEqual(await lookUpAModelFile(host, digests[0]!), null);
    const items = (await itemsOf(folder)).toSorted((one, other) => one.size - other.size);
    assert.deepEqual(
      items.map(({ digest, size, lastUsed }) => [digest, size, lastUsed]),
      [
        [digests[0], others.length, 20_500],
        [digests[1], some.length, 20_500],
      ],
    );
  });

  for (const how of ["killed", "torn", "broken", "full"] as const) {
    it(`step 3: loses nothing, whatever happens at whichever operation (${how})`, async () => {
      for (let at = 0, isOver = false; !isOver; at += 1) {
        const { disk, digests } = await storeOfVersion1();
        const victim = disk.folder((operation) => (operation === at ? how : "none"));
        const opening = persistentStore(anAgent({ folder: victim })).then(() => victim.operations <= at);
        isOver = await Promise.race([opening, victim.death.then(() => false)]);

        const network = new Network();
        const host = anAgent({ network, folder: disk.folder() });
        const there = await lookUpAModelFile(host, digests[0]!);
        assert.deepEqual(new Uint8Array(await there!.arrayBuffer()), others, `operation ${at}`);
        network.serve(url, some);
        await obtainAModelFile(host, recordOf(some, [url]));
        assert.equal(
          network.bytesTaken,
          chunkSize + 9,
          `operation ${at}: what was there is not fetched again`,
        );
        assert.equal((await itemsOf(disk.folder())).length, 2, `operation ${at}`);
      }
    });
  }

  it("step 2: leaves a store of a newer version alone, and keeps files in memory", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    await bring(anAgent({ network, folder }), network, others);
    const head = bytesOfTheHead(0);
    new DataView(head.buffer).setUint32(4, 3);
    new DataView(head.buffer).setUint32(8, ~3);
    const bytes = new Uint8Array([...head, ...bytesOfRecords([])]);
    await write(folder, "inventory", bytes);
    const names = await folder.names();

    const host = anAgent({ network, folder });
    assert.equal(await persistentStore(host), null);
    assert.deepEqual(await digestsOfWholeEntries(host), []);
    const digest = await bring(host, network, some);
    assert.deepEqual(await digestsOfWholeEntries(host), [digest]);
    assert.equal(await deleteAModelFile(wholeFileDigest(others), host), false);
    assert.deepEqual(await folder.names(), names);
  });

  it("step 2: an agent that has opened it before a newer one took it over writes down nothing more", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    const host = anAgent({ network, folder });
    await bring(host, network, others);
    const head = bytesOfTheHead(0);
    new DataView(head.buffer).setUint32(4, 3);
    new DataView(head.buffer).setUint32(8, ~3);
    const bytes = new Uint8Array([...head, 1, 2, 3]);
    await write(folder, "inventory", bytes);
    const names = await folder.names();

    const digest = await bring(host, network, some);
    assert.notEqual(await lookUpAModelFile(host, digest), null);
    assert.equal(await evictModelFiles(host, folder, 1e9), 0);
    assert.deepEqual(await folder.names(), names);
    const file = (await folder.open("inventory", "read"))!;
    assert.deepEqual(await file.read(0, 100), bytes);
    await file.close();
  });

  it("step 2: is not deceived by a number that went bad", async () => {
    const network = new Network();
    const disk = new FaultyDisk();
    const digest = await bring(anAgent({ network, folder: disk.folder() }), network, others);
    for (let at = 0; at < 16; at += 1) {
      disk.flip("inventory", at);
      const host = anAgent({ folder: disk.folder() });
      assert.notEqual(await persistentStore(host), null, `byte ${at}`);
      assert.notEqual(await lookUpAModelFile(host, digest), null, `byte ${at}`);
    }
  });
});

describe("room", () => {
  it("has room, steps 1, 2 and 3, and prepare an entry, steps 5, 7 and 8: takes what the share holds, to the byte", async () => {
    for (const [share, count] of [
      [300, 2],
      [299, 1],
      [99, 0],
    ] as const) {
      const network = new Network();
      const folder = new MemoryFolder();
      const host = anAgent({ network, folder, share });
      const digests = [await bring(host, network, bytesOfLength(100, 1))];
      digests.push(await bring(host, network, bytesOfLength(200, 2)));
      const wholes = (await folder.names()).filter((name) => name.endsWith(".whole"));
      assert.equal(wholes.length, count, `share ${share}`);
      assert.deepEqual(await digestsOfWholeEntries(host), digests.toSorted(), "a page sees no difference");
      const gone = anAgent({ folder, share });
      assert.equal((await digestsOfWholeEntries(gone)).length, count, "with the global object it is gone");
    }
  });

  it("has room, step 2, and make room, step 3.2: what is being downloaded counts as if it were whole, and what was deleted does not", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    const host = anAgent({ network, folder, share: 4 * chunkSize });
    const big = bytesOfLength(3 * chunkSize);
    network.serve(url, big, { breaksAfter: chunkSize + 1, ignoresRanges: true });
    await assert.rejects(obtainAModelFile(host, recordOf(big, [url])));
    await holdingTheDownloadLock(host, wholeFileDigest(big), () =>
      bring(host, network, bytesOfLength(2 * chunkSize, 3)),
    );
    assert.equal((await folder.names()).filter((name) => name.endsWith(".whole")).length, 0);

    await bring(host, network, big);
    await deleteAModelFile(wholeFileDigest(big), host);
    await bring(host, network, bytesOfLength(4 * chunkSize, 4));
    assert.equal((await folder.names()).filter((name) => name.endsWith(".whole")).length, 1);
  });

  it("make room, steps 1, 2, 3.1 and 3.2, and prepare an entry, step 4: what nobody downloads any more gives way, the longest unused first, and only where that is of use", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    const onDay = (today: number) => anAgent({ network, folder, today, share: 8 * chunkSize });
    const old = bytesOfLength(3 * chunkSize, 1);
    const recent = bytesOfLength(2 * chunkSize, 2);
    for (const [today, part] of [old, recent].entries()) {
      network.serve(url, part, { breaksAfter: chunkSize + 1, ignoresRanges: true });
      await assert.rejects(obtainAModelFile(onDay(100 + today), recordOf(part, [url])));
    }
    const first = await bring(onDay(99), network, bytesOfLength(chunkSize, 3));
    const digestsIn = async () => (await itemsOf(folder)).map(({ digest }) => digest).toSorted();

    const second = await bring(onDay(102), network, bytesOfLength(4 * chunkSize, 4));
    const kept = [first, second, wholeFileDigest(recent)].toSorted();
    assert.deepEqual(await digestsIn(), kept);
    await bring(onDay(102), network, bytesOfLength(4 * chunkSize, 5));
    assert.deepEqual(await digestsIn(), kept);
    assert.deepEqual(await digestsOfWholeEntries(onDay(102)), [first, second].toSorted());

    network.requests.length = 0;
    await bring(onDay(102), network, recent);
    assert.equal(network.bytesTaken, chunkSize);
  });

  it("abandon a download, step 2: what was cut off before its first chunk takes no room", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    const locks = new Turns();
    const bytes = bytesOfLength(2 * chunkSize);
    const never = Promise.withResolvers<undefined>();
    network.serve(url, bytes, { holdsAfter: 5, until: never.promise });
    const host = anAgent({ network, folder, locks });
    const record = recordOf(bytes, [url]);
    const controller = new AbortController();
    const obtaining = obtainAModelFile(host, record, { signal: controller.signal });
    while (network.bytesTaken < 5) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await itemsOf(folder)).length, 1);
    controller.abort(new Error("enough"));
    await assert.rejects(obtaining, /enough/);
    await holdingTheDownloadLock(host, record.digest, async () => undefined);
    assert.deepEqual(await itemsOf(folder), []);
    assert.deepEqual(await namesOfEntries(folder), []);
  });

  it("has room: what only seems to take it, because an agent died while it deleted, does not", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    await bring(anAgent({ network, folder }), network, bytesOfLength(100));
    for (const name of await namesOfEntries(folder)) await folder.remove(name);
    assert.equal((await itemsOf(folder)).length, 1);
    await bring(anAgent({ network, folder, share: 150 }), network, bytesOfLength(100, 2));
    assert.equal((await folder.names()).filter((name) => name.endsWith(".whole")).length, 1);
    assert.equal((await itemsOf(folder)).length, 1);
  });

  it("takes up no more than the text says beside the bytes, however often files come and go", async () => {
    const network = new Network();
    const disk = new FaultyDisk();
    const host = anAgent({ network, folder: disk.folder() });
    const kept = [bytesOfLength(5 * chunkSize + 1, 1), bytesOfLength(10, 2)];
    for (const bytes of kept) await bring(host, network, bytes);
    for (let count = 0; count < 300; count += 1) {
      await deleteAModelFile(await bring(host, network, bytesOfLength(10, 3 + count)), host);
      const size = [...disk.files.values()].reduce((sum, { length }) => sum + length, 0);
      const bytes = kept.reduce((sum, { length }) => sum + length, 0);
      assert.ok(size - bytes <= 64 * 7 + 1024 * 2 + 48 * 66, `${size} bytes on disk for ${bytes}`);
    }
  });
});

/** Looks a file up, and waits until that is written down. */
async function useAModelFile(host: Host, folder: Folder, digest: Digest): Promise<void> {
  await lookUpAModelFile(host, digest);
  await changeTheInventory(host, folder, () => null);
}

describe("when an entry was last used", () => {
  it("is waited for by nobody: what others do with the store can take long", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    const digest = await bring(anAgent({ network, folder, today: 100 }), network, bytesOfLength(100));
    let requests = 0;
    const lock = () => {
      requests += 1;
      return new Promise<never>(() => undefined);
    };
    const host = { ...anAgent({ folder, today: 103 }), lock };
    assert.notEqual(await lookUpAModelFile(host, digest), null);
    const before = requests;
    assert.notEqual(await lookUpAModelFile(host, digest), null);
    assert.equal(requests, before, "it is asked for once a day");
  });

  it("look up a model file, steps 1.3 and 1.4, and prepare an entry, step 1.5: is the day of the last look, written once a day", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    const bytes = bytesOfLength(100);
    const digest = await bring(anAgent({ network, folder, today: 100 }), network, bytes);
    const dayOf = async () => (await itemsOf(folder)).map(({ lastUsed }) => lastUsed);
    assert.deepEqual(await dayOf(), [100]);
    const host = anAgent({ folder, today: 103 });
    await useAModelFile(host, folder, digest);
    assert.deepEqual(await dayOf(), [103]);
    const size = await folder.size("inventory");
    await useAModelFile(host, folder, digest);
    await useAModelFile(anAgent({ folder, today: 103 }), folder, digest);
    assert.equal(await folder.size("inventory"), size, "nothing more was written");

    const big = bytesOfLength(2 * chunkSize, 4);
    network.serve(url, big, { breaksAfter: chunkSize + 1, ignoresRanges: true });
    for (const today of [110, 120]) {
      await assert.rejects(
        obtainAModelFile(anAgent({ network, folder, today }), recordOf(big, [url, `${url}/none`])),
      );
      assert.deepEqual(await dayOf(), [103, today]);
    }
  });
});

describe("evict model files", () => {
  /** Files of 100 bytes, each last used on a day. */
  async function storeWith(
    days: readonly number[],
  ): Promise<{ folder: MemoryFolder; locks: Turns; digests: string[] }> {
    const network = new Network();
    const folder = new MemoryFolder();
    const digests: string[] = [];
    for (const index of days.keys()) {
      const host = anAgent({ network, folder, today: 1 });
      digests.push(await bring(host, network, bytesOfLength(100, index + 1)));
    }
    for (const today of [...new Set(days)].toSorted((one, other) => one - other)) {
      const host = anAgent({ folder, today });
      for (const [index, day] of days.entries())
        if (day === today) await useAModelFile(host, folder, digests[index]!);
    }
    return { folder, locks: new Turns(), digests };
  }

  it("steps 1, 2.1, 2.3, 2.4 and 3: takes whole files until there is room, the longest unused first", async () => {
    for (const [bytes, freed, left] of [
      [0, 0, [0, 1, 2, 3]],
      [1, 100, [0, 1, 3]],
      [100, 100, [0, 1, 3]],
      [101, 200, [1, 3]],
      [10_000, 400, []],
    ] as const) {
      const { folder, digests } = await storeWith([7, 9, 5, 9]);
      const host = anAgent({ folder });
      assert.equal(await evictModelFiles(host, folder, bytes), freed);
      const expected = left.map((index) => digests[index]!).toSorted();
      assert.deepEqual(await digestsOfWholeEntries(host), expected, `${bytes} bytes`);
      assert.equal((await namesOfEntries(folder)).length, 2 * left.length);
      assert.equal((await itemsOf(folder)).length, left.length);
    }
  });

  it("step 2: what the user has pinned goes last, and of one day what was used first", async () => {
    const { folder, digests } = await storeWith([5, 9, 9]);
    const host = anAgent({ folder, pinned: [digests[0]!] });
    await evictModelFiles(host, folder, 100);
    assert.deepEqual(await digestsOfWholeEntries(host), [digests[0], digests[2]].toSorted());
    await evictModelFiles(host, folder, 100);
    assert.deepEqual(await digestsOfWholeEntries(host), [digests[0]]);
    await evictModelFiles(host, folder, 100);
    assert.deepEqual(await digestsOfWholeEntries(host), []);
  });

  it("step 2.2: never takes one that is downloaded, read, or loaded, in whichever agent", async () => {
    const { folder, locks, digests } = await storeWith([1, 2, 3, 4]);
    const other = anAgent({ folder, locks });
    const host = anAgent({ folder, locks });
    const release = Promise.withResolvers<undefined>();
    const busy = [
      holdingTheDownloadLock(other, digests[0]!, () => release.promise),
      using(other, digests[1]!, () => release.promise),
    ];
    const endOfUse = await use(other, digests[2]!);
    assert.equal(await evictModelFiles(host, folder, 400), 100);
    assert.deepEqual(await digestsOfWholeEntries(host), digests.slice(0, 3).toSorted());
    release.resolve(undefined);
    await Promise.all(busy);
    assert.equal(await evictModelFiles(host, folder, 400), 200);
    endOfUse();
    assert.equal(await evictModelFiles(host, folder, 400), 100);
    assert.deepEqual(await namesOfEntries(folder), []);
  });

  it("read bytes: a file is in use while it is read", async () => {
    const { folder, locks, digests } = await storeWith([1]);
    const host = anAgent({ folder, locks });
    const file = (await lookUpAModelFile(host, digests[0]!))!;
    const slow = Promise.withResolvers<undefined>();
    const open = folder.open.bind(folder);
    const isReading = Promise.withResolvers<undefined>();
    folder.open = async (name, access) => {
      const opened = await open(name, access);
      if (opened === null || !name.endsWith(".whole")) return opened;
      isReading.resolve(undefined);
      await slow.promise;
      return opened;
    };
    const reading = file.arrayBuffer();
    await isReading.promise;
    assert.equal(await evictModelFiles(host, folder, 100), 0);
    slow.resolve(undefined);
    assert.equal((await reading).byteLength, 100);
    assert.equal(await evictModelFiles(host, folder, 100), 100);
    await assert.rejects(file.arrayBuffer(), { name: "NotFoundError" });
  });
});

describe("tidy a persistent store", () => {
  const big = bytesOfLength(2 * chunkSize);

  /** A store with a whole file, and a part of another, on day 1000. */
  async function storeWithAPart(): Promise<{ folder: MemoryFolder; network: Network; digests: string[] }> {
    const network = new Network();
    const folder = new MemoryFolder();
    const host = anAgent({ network, folder, today: 1000 });
    const whole = await bring(host, network, bytesOfLength(100, 2));
    network.serve(url, big, { breaksAfter: chunkSize + 1, ignoresRanges: true });
    await assert.rejects(obtainAModelFile(host, recordOf(big, [url])));
    return { folder, network, digests: [whole, wholeFileDigest(big)] };
  }
  const partsIn = async (folder: Folder) =>
    (await namesOfEntries(folder)).filter((name) => name.endsWith(".partial")).length;

  it("steps 1.2 and 1.3: an unfinished file is kept for a month, a whole one for ever", async () => {
    const { folder, digests } = await storeWithAPart();
    await tidyAPersistentStore(anAgent({ folder, today: 1029 }), folder);
    assert.equal(await partsIn(folder), 1);
    await tidyAPersistentStore(anAgent({ folder, today: 1030 }), folder);
    assert.equal(await partsIn(folder), 0);
    assert.deepEqual(await digestsOfWholeEntries(anAgent({ folder })), [digests[0]]);
    assert.deepEqual(
      (await itemsOf(folder)).map(({ digest }) => digest),
      [digests[0]],
    );
  });

  it("step 1.3: not while it is downloaded", async () => {
    const { folder, digests } = await storeWithAPart();
    const host = anAgent({ folder, today: 5000 });
    await holdingTheDownloadLock(host, digests[1]!, () => tidyAPersistentStore(host, folder));
    assert.equal(await partsIn(folder), 1);
  });

  it("step 1.1: what a clock that was wrong has written is put right", async () => {
    const { folder } = await storeWithAPart();
    await tidyAPersistentStore(anAgent({ folder, today: 500 }), folder);
    assert.deepEqual(
      (await itemsOf(folder)).map(({ lastUsed }) => lastUsed),
      [500, 500],
    );
    await tidyAPersistentStore(anAgent({ folder, today: 530 }), folder);
    assert.equal(await partsIn(folder), 0);
  });

  it("step 2: removes what is not part of an entry, and nothing else", async () => {
    const { folder, digests } = await storeWithAPart();
    const names = (await folder.names()).toSorted();
    const orphans = [1, 2, 3, 4, 5].map((index) => filesOfAnEntry(wholeFileDigest(bytesOfLength(index))));
    await write(folder, orphans[0]!.hashes, bytesOfLength(52));
    await write(folder, orphans[1]!.partial, bytesOfLength(52));
    await write(folder, orphans[2]!.whole, bytesOfLength(52));
    await write(folder, orphans[3]!.partial, bytesOfLength(52));
    await write(folder, orphans[3]!.hashes, bytesOfLength(52));
    await write(folder, orphans[4]!.whole, bytesOfLength(52));
    await write(folder, orphans[4]!.partial, bytesOfLength(52));
    await write(folder, "inventory.next", bytesOfLength(52));
    const host = anAgent({ folder, today: 1001 });
    await tidyAPersistentStore(host, folder);
    assert.deepEqual((await folder.names()).toSorted(), names);
    assert.deepEqual(await digestsOfWholeEntries(host), [digests[0]]);
  });

  it("step 2: a file that is larger than it says is no entry", async () => {
    const { folder, digests } = await storeWithAPart();
    await write(folder, filesOfAnEntry(digests[1]!).partial, bytesOfLength(big.length + 1));
    await tidyAPersistentStore(anAgent({ folder, today: 1001 }), folder);
    assert.equal(await partsIn(folder), 0);
  });

  it("writes down again what an inventory has lost", async () => {
    const { folder } = await storeWithAPart();
    const before = await itemsOf(folder);
    await write(folder, "inventory", bytesOfTheHead(1000));
    await tidyAPersistentStore(anAgent({ folder, today: 1000 }), folder);
    const sorted = (items: Item[]) => items.toSorted((one, other) => one.size - other.size);
    assert.deepEqual(sorted(await itemsOf(folder)), sorted(before));
  });

  it("is done on the first use of a day", async () => {
    const { folder } = await storeWithAPart();
    const orphan = filesOfAnEntry(wholeFileDigest(bytesOfLength(1))).hashes;
    await write(folder, orphan, bytesOfLength(52));
    await digestsOfWholeEntries(anAgent({ folder, today: 1000 }));
    assert.notEqual(await folder.size(orphan), null);
    await digestsOfWholeEntries(anAgent({ folder, today: 1001 }));
    while ((await folder.size(orphan)) !== null) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await readTheInventory(folder))!.tidied, 1001);
  });
});

describe("take chunks of other entries", () => {
  const old = bytesOfLength(4 * chunkSize + 50);
  const next = old.slice();
  next.fill(1, chunkSize, chunkSize + 10);

  async function bringTheNext(
    change: (folder: MemoryFolder) => Promise<void> = async () => undefined,
    first = old,
    second = next,
  ): Promise<{ ranges: (string | null)[]; taken: number }> {
    const folder = new MemoryFolder();
    const before = new Network();
    await bring(anAgent({ network: before, folder }), before, first);
    await change(folder);
    const network = new Network();
    network.serve(url, second);
    const record = recordWithTable(network, second, [url]);
    const file = await obtainAModelFile(anAgent({ network, folder }), record);
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), second);
    const requests = network.requests.filter((each) => each.url === url);
    return {
      ranges: requests.map(({ range }) => range),
      taken: requests.reduce((sum, { taken }) => sum + taken, 0),
    };
  }

  it("run a download, step 11, and take chunks of other entries, steps 1.1.1, 1.1.2 and 1.1.7: fetches the chunk alone in which two versions differ", async () => {
    const { ranges, taken } = await bringTheNext();
    assert.deepEqual(ranges, [`bytes=${chunkSize}-${2 * chunkSize - 1}`]);
    assert.equal(taken, chunkSize);
  });

  it("step 1.1.1: finds them wherever they are in the other, and as often as they are asked for", async () => {
    const moved = new Uint8Array(5 * chunkSize);
    moved.set(old.subarray(2 * chunkSize, 3 * chunkSize), 0);
    moved.set(old.subarray(0, chunkSize), chunkSize);
    moved.set(old.subarray(0, chunkSize), 2 * chunkSize);
    moved.set(bytesOfLength(chunkSize, 99), 3 * chunkSize);
    moved.set(old.subarray(3 * chunkSize, 4 * chunkSize), 4 * chunkSize);
    const { ranges } = await bringTheNext(undefined, old, moved);
    assert.deepEqual(ranges, [`bytes=${3 * chunkSize}-${4 * chunkSize - 1}`]);
  });

  it("steps 1.1.4 and 1.1.7: takes the last and shorter chunk of a file, too", async () => {
    const other = next.slice();
    other.fill(2, 0, 4 * chunkSize);
    const { ranges } = await bringTheNext(undefined, old, other);
    assert.deepEqual(ranges, [`bytes=0-${4 * chunkSize - 1}`]);
  });

  it("step 1.1.6: takes no bytes that went bad", async () => {
    const { taken } = await bringTheNext(async (folder) => {
      const name = (await folder.names()).find((each) => each.endsWith(".whole"))!;
      const file = (await folder.open(name, "write"))!;
      await file.write(5, Uint8Array.of(1, 2, 3));
      await file.close();
    });
    assert.ok(taken >= 2 * chunkSize, `${taken} bytes`);
  });

  it("asks nobody for a file of which nothing is missing, nor for a table of it", async () => {
    const network = new Network();
    const folder = new MemoryFolder();
    const record = recordWithTable(network, old, [url]);
    network.serve(url, old, { breaksAfter: old.length });
    const rename = folder.rename.bind(folder);
    folder.rename = async (from, to) => {
      if (to.endsWith(".whole")) await new Promise(() => undefined);
      await rename(from, to);
    };
    void obtainAModelFile(anAgent({ network, folder }), record);
    while (network.bytesTaken < old.length) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    folder.rename = rename;
    const later = new Network();
    const file = await obtainAModelFile(anAgent({ network: later, folder }), record);
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), old);
    assert.deepEqual(later.requests, []);
  });
});

describe("a store of 10,000 entries", () => {
  /** Counts what is asked of a folder. */
  class CountingFolder extends MemoryFolder {
    operations = 0;
    override names(): Promise<string[]> {
      this.operations += 1;
      return super.names();
    }
    override size(name: string): Promise<number | null> {
      this.operations += 1;
      return super.size(name);
    }
    override open(...given: Parameters<MemoryFolder["open"]>): ReturnType<MemoryFolder["open"]> {
      this.operations += 1;
      return super.open(...given);
    }
  }

  it("asks the disk as little as one of ten entries", async () => {
    const counts: number[][] = [];
    for (const length of [10, 10_000]) {
      const network = new Network();
      const folder = new CountingFolder();
      const first = await bring(anAgent({ network, folder }), network, bytesOfLength(2 * chunkSize + 5));
      const items = await itemsOf(folder);
      const one = filesOfAnEntry(first);
      const file = (await folder.open(one.hashes, "read"))!;
      const hashes = await file.read(0, 1000);
      await file.close();
      for (let index = 1; index < length; index += 1) {
        const digest = wholeFileDigest(Uint8Array.of(index, index >> 8));
        const files = filesOfAnEntry(digest);
        await (await folder.create(files.whole)).close();
        await write(folder, files.hashes, hashes);
        items.push({ digest, size: 10, chunkSize, lastUsed: 20_000 });
      }
      await write(folder, "inventory", new Uint8Array([...bytesOfTheHead(20_000), ...bytesOfRecords(items)]));

      const host = anAgent({ network, folder });
      const operationsOf = async (steps: () => Promise<unknown>) => {
        const before = folder.operations;
        await steps();
        return folder.operations - before;
      };
      const next = bytesOfLength(2 * chunkSize + 5, 77);
      network.serve(url, next);
      counts.push([
        await operationsOf(() => digestsOfWholeEntries(host)),
        await operationsOf(() => lookUpAModelFile(host, first)),
        await operationsOf(() => obtainAModelFile(host, recordWithTable(network, next, [url]))),
        await operationsOf(() => deleteAModelFile(first, host)),
      ]);
    }
    assert.deepEqual(counts[0], counts[1]);
  });
});
