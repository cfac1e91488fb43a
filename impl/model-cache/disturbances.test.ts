import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Folder, Host } from "../host/host.ts";
import { Turns } from "../host/turns.ts";
import { FaultyDisk } from "./faulty-disk.test.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { ifItIsNotInUse, use } from "./locks.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import { Network, agent, bytesOfLength, chunkSize, recordOf, recordWithTable } from "./scripted-host.test.ts";
import type { VerifiedFile } from "./verified-file.ts";

const url = "https://a.example/file";
const mirror = "https://b.example/file";
const bytes = bytesOfLength(4 * chunkSize + 100);
const { digest } = recordOf(bytes, [url]);

async function contentOf(file: VerifiedFile): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** A disk with a part of the file: all chunks but the last. */
async function aDiskWithAPart(network: Network): Promise<FaultyDisk> {
  const disk = new FaultyDisk();
  network.serve(url, bytes, { breaksAfter: 4 * chunkSize, ignoresRanges: true });
  await assert.rejects(obtainAModelFile(agent(network, disk.folder()), recordOf(bytes, [url])));
  network.serve(url, bytes);
  network.requests.length = 0;
  return disk;
}

/** A folder that fails to read a place of the partial file from the second time on. */
function losing(folder: Folder, place: number, how: "an error" | "fewer bytes"): Folder {
  const open = folder.open.bind(folder);
  let times = 0;
  return {
    ...folder,
    async open(name, access) {
      const file = await open(name, access);
      if (file === null || !name.endsWith(".partial")) return file;
      return {
        ...file,
        readInto: async (offset, buffer) => {
          if (offset === place) times += 1;
          if (offset !== place || times < 2) return file.readInto(offset, buffer);
          if (how === "an error") throw new Error("EIO: i/o error");
          return 7;
        },
      };
    },
  };
}

/** A host whose document is put away when `leave` is called. */
function inATab(host: Host): { host: Host; leave: () => void } {
  let stay = new AbortController();
  return {
    host: { ...host, untilItIsInactive: () => stay.signal },
    leave() {
      stay.abort();
      stay = new AbortController();
    },
  };
}

describe("a site's storage that is cleared during a download", () => {
  for (const withTable of [false, true]) {
    it(`run a download, steps 13.5.1, 13.5.2 and 13.5.3: is fetched again for those who wait${withTable ? ", with a table" : ""}`, async () => {
      const network = new Network();
      const release = Promise.withResolvers<undefined>();
      network.serve(url, bytes, (number) =>
        number === 0 ? { holdsAfter: 2 * chunkSize + 5, until: release.promise } : {},
      );
      const disk = new FaultyDisk();
      const host = agent(network, disk.folder());
      const record = withTable ? recordWithTable(network, bytes, [url], digest) : recordOf(bytes, [url]);
      const obtaining = obtainAModelFile(host, record);
      await until(() => network.bytesTaken > 2 * chunkSize);
      disk.files.clear();
      release.resolve(undefined);

      assert.deepEqual(await contentOf(await obtaining), bytes);
      const later = agent(network, disk.folder());
      assert.deepEqual(await contentOf((await lookUpAModelFile(later, digest))!), bytes);
      assert.equal(network.requests.filter((each) => each.url === url).length, 2);
    });
  }

  it("run a download, step 13.5.2: nobody has brought what was cleared", async () => {
    const network = new Network();
    const release = Promise.withResolvers<undefined>();
    network.serve(url, bytes, (number) =>
      number === 0 ? { holdsAfter: 2 * chunkSize + 5, until: release.promise } : { status: 404 },
    );
    const disk = new FaultyDisk();
    const obtaining = obtainAModelFile(agent(network, disk.folder()), recordOf(bytes, [url]));
    obtaining.catch(() => undefined);
    await until(() => network.bytesTaken > 2 * chunkSize);
    disk.files.clear();
    release.resolve(undefined);
    await assert.rejects(obtaining, { name: "NetworkError" });
    assert.equal(network.requests.length, 2, "what has brought nothing is not asked again and again");
  });
});

describe("check the digest", () => {
  for (const how of ["an error", "fewer bytes"] as const) {
    it(`step 4, and fill an entry, steps 5.1 and 5.2: a chunk that cannot be read any more is fetched again, and no server is blamed (${how})`, async () => {
      const network = new Network();
      const disk = await aDiskWithAPart(network);
      disk.flip(filesOfAnEntry(digest).partial, 5);
      const folder = losing(disk.folder(), 2 * chunkSize, how);
      const host = agent(network, folder);
      const file = await obtainAModelFile(host, recordOf(bytes, [url]));
      assert.deepEqual(await contentOf(file), bytes);
      assert.deepEqual(network.requests.map(({ range }) => range).toSorted(), [
        `bytes=0-${chunkSize - 1}`,
        `bytes=${2 * chunkSize}-${3 * chunkSize - 1}`,
        `bytes=${4 * chunkSize}-${bytes.length - 1}`,
      ]);
      assert.ok((await host.memory.names()).includes(filesOfAnEntry(digest).whole));
    });
  }
});

describe("abandon a download", () => {
  it("step 2: verifies no more of a part than the chunk that it is at", async () => {
    const network = new Network();
    const disk = await aDiskWithAPart(network);
    const host = agent(network, disk.folder());
    const controller = new AbortController();
    let hashed = 0;
    const counting = {
      ...host,
      sha256: (given: Parameters<Host["sha256"]>[0]) => {
        hashed += 1;
        controller.abort();
        return host.sha256(given);
      },
    };
    const obtaining = obtainAModelFile(counting, recordOf(bytes, [url]), { signal: controller.signal });
    await assert.rejects(obtaining, { name: "AbortError" });
    assert.deepEqual(await contentOf(await obtainAModelFile(host, recordOf(bytes, [url]))), bytes);
    assert.equal(hashed, 1);
    assert.equal(network.requests.length, 1, "what was there is still there");
  });

  it("step 2: checks no more of the digest than the chunk that it is at", async () => {
    const network = new Network();
    const disk = await aDiskWithAPart(network);
    disk.flip(filesOfAnEntry(digest).partial, 5);
    const folder = disk.folder();
    const controller = new AbortController();
    const places: number[] = [];
    const watched: Folder = {
      ...folder,
      async open(name, access) {
        const file = await folder.open(name, access);
        if (file === null || !name.endsWith(".partial")) return file;
        return {
          ...file,
          readInto(offset, buffer) {
            places.push(offset);
            if (places.length === 5) controller.abort();
            return file.readInto(offset, buffer);
          },
        };
      },
    };
    const locks = new Turns();
    const host = agent(network, watched, locks);
    const obtaining = obtainAModelFile(host, recordOf(bytes, [url]), { signal: controller.signal });
    await assert.rejects(obtaining, { name: "AbortError" });
    const later = agent(network, folder, locks);
    assert.deepEqual(await contentOf(await obtainAModelFile(later, recordOf(bytes, [url]))), bytes);
    assert.deepEqual(
      places.map((place) => place / chunkSize),
      [0, 1, 2, 3, 1],
      "the part is verified, and then the digest, of what came too early to be hashed in order",
    );
  });

  it("step 2: takes no more of other entries than the chunk that it is at", async () => {
    const network = new Network();
    const host = agent(network);
    network.serve(url, bytes);
    await obtainAModelFile(host, recordOf(bytes, [url]));

    const next = bytes.slice();
    next[0]! ^= 1;
    network.serve(mirror, next);
    const record = recordWithTable(network, next, [mirror]);
    const controller = new AbortController();
    let writes = 0;
    const folder = (await host.folder(host.storageKey))!;
    const counting = {
      ...host,
      folder: async () => ({
        ...folder,
        names: () => folder.names(),
        size: (name: string) => folder.size(name),
        open: folder.open.bind(folder),
        rename: folder.rename.bind(folder),
        remove: folder.remove.bind(folder),
        create: async (name: string) => {
          const file = await folder.create(name);
          if (!name.endsWith(".partial")) return file;
          return {
            ...file,
            write: (...given: Parameters<typeof file.write>) => {
              writes += 1;
              controller.abort();
              return file.write(...given);
            },
          };
        },
      }),
    };
    const obtaining = obtainAModelFile(counting, record, { signal: controller.signal });
    await assert.rejects(obtaining, { name: "AbortError" });
    assert.deepEqual(await contentOf(await obtainAModelFile(host, record)), next);
    assert.equal(writes, 1);
  });
});

describe("a document that is put away", () => {
  it("lets another go on with its download, and hears of it when it comes back", async () => {
    const network = new Network();
    network.serve(url, bytes, (number) =>
      number === 0 ? { holdsAfter: 2 * chunkSize + 5, until: new Promise(() => undefined) } : {},
    );
    const disk = new FaultyDisk();
    const locks = new Turns();
    const { host, leave } = inATab(agent(network, disk.folder(), locks));
    const left = obtainAModelFile(host, recordOf(bytes, [url]));
    left.catch(() => undefined);
    await until(() => network.bytesTaken > 2 * chunkSize);
    const other = obtainAModelFile(agent(network, disk.folder(), locks), recordOf(bytes, [url]));
    leave();
    const again = obtainAModelFile(host, recordOf(bytes, [url]));
    await assert.rejects(left, { name: "AbortError" });
    assert.deepEqual(await contentOf(await other), bytes);
    assert.deepEqual(await contentOf(await again), bytes);
    assert.equal(network.requests.filter(({ taken }) => taken > 0).length, 2);
  });

  it("obtain a model file, step 4: begins no download after it was left, and holds no lock", async () => {
    const network = new Network();
    network.serve(url, bytes);
    const locks = new Turns();
    const { host, leave } = inATab(agent(network, undefined, locks));
    const obtaining = obtainAModelFile(host, recordOf(bytes, [url]));
    leave();
    await assert.rejects(obtaining, { name: "AbortError" });
    assert.deepEqual(network.requests, []);
    assert.equal(await ifItIsNotInUse(host, digest, async () => true), true);
  });

  it("abandon a download, step 2: hears that it was left, not that the only source could not be reached meanwhile", async () => {
    const network = new Network();
    const { host, leave } = inATab(agent(network));
    network.serve(url, bytes, () => {
      leave();
      return { refuses: true };
    });
    await assert.rejects(obtainAModelFile(host, recordOf(bytes, [url])), { name: "AbortError" });
  });

  it("drop bad chunks, step 2: verifies no more of a file than the chunk that it is at", async () => {
    const network = new Network();
    network.serve(url, bytes);
    const disk = new FaultyDisk();
    const { host, leave } = inATab(agent(network, disk.folder()));
    let hashed = 0;
    const counting: Host = {
      ...host,
      sha256: (given) => {
        hashed += 1;
        if (hashed === 2) leave();
        return host.sha256(given);
      },
    };
    await obtainAModelFile(host, recordOf(bytes, [url]));
    disk.flip(filesOfAnEntry(digest).whole, 5);
    const file = (await lookUpAModelFile(counting, digest))!;
    await assert.rejects(file.read(0, 1), { name: "NotFoundError" });
    assert.equal(hashed, 2);
  });

  it("in use: keeps no file from being evicted by what it had loaded", async () => {
    const { host, leave } = inATab(agent(new Network()));
    const end = await use(host, digest);
    assert.equal(await ifItIsNotInUse(host, digest, async () => true), null);
    leave();
    assert.equal(await ifItIsNotInUse(host, digest, async () => true), true);
    end();
  });

  it("in use: reads no further, and keeps no file from being evicted", async () => {
    const network = new Network();
    // More than is read at a time.
    const long = bytesOfLength(64 * chunkSize);
    network.serve(url, long);
    const { host, leave } = inATab(agent(network));
    const file = await obtainAModelFile(host, recordOf(long, [url]));
    const parts = file.readParts(0, long.length);
    await parts.next();
    assert.equal(await ifItIsNotInUse(host, file.digest, async () => true), null);
    leave();
    assert.equal(await ifItIsNotInUse(host, file.digest, async () => true), true);
    const { value } = await parts.next();
    assert.match((value as { message: string }).message, /left/);
    assert.equal((await parts.next()).done, true);
    assert.deepEqual(await contentOf(file), long);
  });
});
