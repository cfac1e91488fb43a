import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { describeFolder } from "../../folder-conformance.test.ts";
import { agentsOf, agentsThrough } from "./agents.ts";
import type { LockManager } from "./agents.ts";
import { answeringDirectory } from "./answered.ts";
import { fakeDirectory } from "./fake-file-system.test.ts";
import type { Folder } from "../../host.ts";
import type { DirectoryHandle } from "./file-system.ts";
import { foundAgain } from "./own-folder.ts";
import { mostAttempts, patient } from "./patient-folder.ts";
import { SegmentedFolder } from "./segmented-folder.ts";
import { SyncFolder } from "./sync-folder.ts";
import { WritableFolder } from "./writable-folder.ts";

const alone = () => agentsThrough(undefined);

/** A clock that stands still: nothing is late. */
const never = () => () => undefined;

describeFolder("SyncFolder", async () => new SyncFolder(fakeDirectory(), alone()));
describeFolder(
  "SyncFolder, in a directory that answers,",
  async () => new SyncFolder(answeringDirectory(fakeDirectory(), never), alone()),
);
describeFolder("WritableFolder", async () => new WritableFolder(fakeDirectory(), alone()));

const byStreams = (directory: DirectoryHandle) => new WritableFolder(directory, alone());
const byHandles = (directory: DirectoryHandle) => new SyncFolder(directory, alone());
const length = 2 ** 16;

function segmented(directory: DirectoryHandle, use: (directory: DirectoryHandle) => Folder, divides = true) {
  return new SegmentedFolder(directory, use(directory), use, { divides, length });
}

describeFolder("SegmentedFolder, by streams,", async () => segmented(fakeDirectory(), byStreams));
describeFolder("SegmentedFolder, by handles,", async () => segmented(fakeDirectory(), byHandles));

describe("SegmentedFolder", () => {
  const long = Uint8Array.from({ length: 3 * length + 100 }, (_, at) => (at * 7) & 255);
  const write = async (folder: Folder, name: string, bytes = long) => {
    const file = await folder.create(name);
    for (let at = 0; at < bytes.length; at += 50_000) await file.write(at, bytes.slice(at, at + 50_000));
    await file.close();
  };
  const read = async (folder: Folder, name: string) => {
    const file = (await folder.open(name, "read"))!;
    return file.read(0, 2 ** 20).finally(() => file.close());
  };
  /** All that is there, at any depth. */
  const filesIn = async (directory: DirectoryHandle): Promise<string[]> => {
    const names: string[] = [];
    for await (const name of directory.keys()) {
      if (!name.startsWith("=")) names.push(name);
      else {
        const inner = await filesIn(await directory.getDirectoryHandle(name, { create: false }));
        names.push(...inner.map((each) => `=/${each}`));
      }
    }
    return names.toSorted();
  };

  it("has a long file in segments, which go and come with its head", async () => {
    const directory = fakeDirectory();
    const folder = segmented(directory, byStreams);
    await write(folder, "a");
    assert.deepEqual(await filesIn(directory), ["=/0", "=/1", "=/2", "a"]);
    assert.deepEqual(await folder.names(), ["a"]);
    assert.equal(await folder.size("a"), long.length);
    await folder.rename("a", "b");
    assert.equal(await folder.size("a"), null);
    assert.deepEqual(await read(folder, "b"), long);
    await write(folder, "c", long.slice(0, 2 * length));
    await folder.rename("b", "c");
    assert.deepEqual(await read(folder, "c"), long);
    assert.deepEqual(await filesIn(directory), ["=/0", "=/1", "=/2", "c"]);
    await folder.remove("c");
    assert.deepEqual(await filesIn(directory), []);
    const left: string[] = [];
    for await (const name of directory.keys()) left.push(name);
    assert.deepEqual(left, []);
  });

  it("shortens a file to within a segment, to within its head, and to nothing", async () => {
    const directory = fakeDirectory();
    const folder = segmented(directory, byStreams);
    for (const [size, files] of [
      [2 * length + 1, ["=/0", "=/1", "a"]],
      [length + 1, ["=/0", "a"]],
      [length, ["a"]],
      [5, ["a"]],
    ] as const) {
      await write(folder, "a");
      const file = (await folder.open("a", "write"))!;
      await file.truncate(size);
      await file.close();
      assert.deepEqual(await filesIn(directory), files);
      assert.equal(await folder.size("a"), size);
      assert.deepEqual(await read(folder, "a"), long.slice(0, size));
    }
    await (await folder.create("a")).close();
    assert.deepEqual(await filesIn(directory), ["a"]);
  });

  it("has what was written when its agent is killed before the file is closed", async () => {
    const directory = fakeDirectory();
    const file = await segmented(directory, byStreams).create("a");
    for (let at = 0; at < long.length; at += 50_000) {
      const bytes = long.slice(at, at + 50_000);
      await file.write(at, bytes);
      const later = segmented(directory, byStreams);
      assert.deepEqual(await read(later, "a"), long.slice(0, at + bytes.length));
      assert.equal(await later.size("a"), at + bytes.length);
    }
  });

  it("is read and gone on with by agents of the other kind, and goes on with what these, or earlier versions, left in one piece", async () => {
    const directory = fakeDirectory();
    const [streams, handles] = [segmented(directory, byStreams), segmented(directory, byHandles, false)];
    await write(streams, "a", long.slice(0, 2 * length));
    await write(handles, "b", long.slice(0, 2 * length));
    assert.deepEqual(await filesIn(directory), ["=/0", "a", "b"]);
    for (const [name, folder] of [
      ["a", handles],
      ["b", streams],
    ] as const) {
      const file = (await folder.open(name, "write"))!;
      await file.write(2 * length, long.slice(2 * length));
      await file.write(5, long.slice(5, 10));
      await file.close();
      for (const each of [streams, handles]) assert.deepEqual(await read(each, name), long);
    }
  });

  it("removes with a file the copy of it that Chromium has left on a full disk", async () => {
    const directory = fakeDirectory();
    await directory.getFileHandle("a.crswap", { create: true });
    await byStreams(directory).remove("a");
    assert.deepEqual(await filesIn(directory), []);
  });

  it("is as long as it is beside the copy of a segment that Chromium has left on a full disk", async () => {
    const directory = fakeDirectory();
    const folder = segmented(directory, byStreams);
    await write(folder, "a");
    for await (const name of directory.keys()) {
      if (!name.startsWith("=")) continue;
      const rest = await directory.getDirectoryHandle(name, { create: false });
      await rest.getFileHandle("1.crswap", { create: true });
    }
    assert.equal(await folder.size("a"), long.length);
    assert.deepEqual(await read(folder, "a"), long);
  });

  it("can be read where a write has failed", async () => {
    const directory = fakeDirectory();
    const getFileHandle = directory.getFileHandle.bind(directory);
    let isFull = false;
    directory.getFileHandle = async (name, options) => {
      const handle = await getFileHandle(name, options);
      const createWritable = handle.createWritable.bind(handle);
      handle.createWritable = async (how) => {
        const stream = await createWritable(how);
        if (!isFull) return stream;
        const fail = () => Promise.reject(new DOMException("The disk is full.", "QuotaExceededError"));
        return { ...stream, write: fail, close: () => Promise.reject(new TypeError("It failed.")) };
      };
      return handle;
    };
    const file = await byStreams(directory).create("a");
    await file.write(0, long);
    isFull = true;
    await assert.rejects(file.write(long.length, long), { name: "QuotaExceededError" });
    assert.deepEqual(await file.read(0, 2 ** 20), long);
    await file.close();
  });

  it("takes nothing for a link that is none", async () => {
    const directory = fakeDirectory();
    const bytes = long.slice(0, length + 32);
    await write(byHandles(directory), "a", bytes);
    const folder = segmented(directory, byHandles, false);
    assert.equal(await folder.size("a"), bytes.length);
    assert.deepEqual(await read(folder, "a"), bytes);
  });
});

describe("the folder of an origin", () => {
  /** A folder that somebody has cleared away, and what an engine says of it from then on: of making a file in it, and of all else. */
  function clearedDirectory(ofMaking: string, ofAll: string) {
    const fail = (name: string) => {
      throw new DOMException("The folder is gone.", name);
    };
    const directory = fakeDirectory();
    directory.getFileHandle = async (_file, options) => fail(options?.create ? ofMaking : ofAll);
    directory.removeEntry = async () => fail(ofAll);
    // eslint-disable-next-line require-yield
    directory.keys = async function* () {
      fail(ofAll);
    };
    return directory;
  }

  for (const [engine, ofMaking, ofAll] of [
    ["Chromium", "NotFoundError", "NotFoundError"],
    ["Firefox", "UnknownError", "NotFoundError"],
    ["WebKit", "UnknownError", "UnknownError"],
  ] as const) {
    it(`is found again where somebody has cleared the storage, in ${engine}`, async () => {
      let found = 0;
      const find = async () => {
        found += 1;
        return fakeDirectory();
      };
      const use = (directory: ReturnType<typeof fakeDirectory>) => new SyncFolder(directory, alone());
      const newFolder = () => foundAgain(clearedDirectory(ofMaking, ofAll), find, use);

      const folder = newFolder();
      assert.equal(await folder.open("a", "read"), null);
      assert.equal(await folder.size("a"), null);
      assert.deepEqual(await folder.names(), []);
      await folder.remove("a");
      await (await folder.create("a")).close();
      await (await folder.create("b")).close();
      assert.equal(found, 1);
      assert.deepEqual((await folder.names()).toSorted(), ["a", "b"]);

      await assert.rejects(newFolder().rename("a", "b"), { name: "NotFoundError" });
    });
  }

  it("is not looked for again where something else fails", async () => {
    const directory = clearedDirectory("QuotaExceededError", "NotFoundError");
    const folder = foundAgain(
      directory,
      () => assert.fail("It is looked for."),
      () => new SyncFolder(directory, alone()),
    );
    await assert.rejects(folder.create("a"), { name: "QuotaExceededError" });
  });
});

describe("a move over a file", () => {
  it("removes nothing where it fails", async () => {
    const directory = fakeDirectory();
    for (const name of ["a", "b"]) await (await byHandles(directory).create(name)).close();
    const open = await (await directory.getFileHandle("b")).createSyncAccessHandle();
    await assert.rejects(byHandles(directory).rename("a", "b"), { name: "NoModificationAllowedError" });
    open.close();
    assert.deepEqual(await byHandles(directory).names(), ["a", "b"]);
  });
});

describe("a patient folder", () => {
  const attempts: Readonly<Record<string, (folder: Folder) => Promise<unknown>>> = {
    open: async (folder) => (await folder.open("a", "write"))!.close(),
    create: async (folder) => (await folder.create("a")).close(),
    rename: (folder) => folder.rename("a", "b"),
    remove: (folder) => folder.remove("a"),
  };

  for (const [name, attempt] of Object.entries(attempts)) {
    it(`waits to ${name} what an agent that just ended still holds`, async () => {
      const directory = fakeDirectory();
      const left = await (await directory.getFileHandle("a", { create: true })).createSyncAccessHandle();
      let waits = 0;
      const folder = patient(byHandles(directory), async () => {
        waits += 1;
        if (waits === 30) left.close();
      });
      await attempt(folder);
      assert.equal(waits, 30);
    });
  }

  it("gives up where it stays taken, and waits for nothing else", async () => {
    const directory = fakeDirectory();
    await (await directory.getFileHandle("a", { create: true })).createSyncAccessHandle();
    let waits = 0;
    const folder = patient(byHandles(directory), async () => {
      waits += 1;
    });
    await assert.rejects(folder.open("a", "write"), { name: "NoModificationAllowedError" });
    assert.equal(waits, mostAttempts - 1);
    await assert.rejects(folder.rename("nothing", "b"), { name: "NotFoundError" });
    assert.equal(waits, mostAttempts - 1);
  });
});

describe("a file that cannot be emptied", () => {
  /** A directory whose files fail so, once, when they are to be emptied. */
  function failing(name: string): DirectoryHandle {
    const directory = fakeDirectory();
    const getFileHandle = directory.getFileHandle.bind(directory);
    let failures = 0;
    const failOnce = () => {
      failures += 1;
      if (failures === 1) throw new DOMException("Not now.", name);
    };
    directory.getFileHandle = async (file, options) => {
      const handle = await getFileHandle(file, options);
      return {
        ...handle,
        async createWritable(how) {
          failOnce();
          return handle.createWritable(how);
        },
        async createSyncAccessHandle(how) {
          const opened = await handle.createSyncAccessHandle(how);
          const truncate = (size: number) => {
            failOnce();
            opened.truncate(size);
          };
          return { ...opened, truncate };
        },
      };
    };
    return directory;
  }

  for (const [what, use] of [
    ["WritableFolder", byStreams],
    ["SyncFolder", byHandles],
    ["SegmentedFolder", (directory: DirectoryHandle) => segmented(directory, byStreams)],
  ] as const) {
    it(`is nobody's: it can be made again, and removed (${what})`, async () => {
      const folder = patient(use(failing("NoModificationAllowedError")), async () => undefined);
      await (await folder.create("a")).close();
      const full = use(failing("QuotaExceededError"));
      await assert.rejects(full.create("a"), { name: "QuotaExceededError" });
      await full.remove("a");
      assert.deepEqual(await full.names(), []);
    });
  }

  it("is nobody's where it was there before (SegmentedFolder)", async () => {
    const directory = failing("QuotaExceededError");
    await directory.getFileHandle("a", { create: true });
    const folder = segmented(directory, byStreams);
    await assert.rejects(folder.create("a"), { name: "QuotaExceededError" });
    await folder.remove("a");
    assert.deepEqual(await folder.names(), []);
  });
});

describe("SyncFolder", () => {
  it("gives up its turn on a file whose handle does not close", async () => {
    const directory = fakeDirectory();
    const file = await directory.getFileHandle("a", { create: true });
    const opened = await file.createSyncAccessHandle();
    const close = () => {
      opened.close();
      throw new DOMException("It does not close.", "InvalidStateError");
    };
    const folder = byHandles({
      ...directory,
      getFileHandle: async () => ({ ...file, createSyncAccessHandle: async () => ({ ...opened, close }) }),
    });
    await assert.rejects((await folder.open("a", "write"))!.close(), { name: "InvalidStateError" });
    await folder.remove("a");
  });

  it("lets readers wait for each other where the engine knows no read-only handles", async () => {
    const folder = new SyncFolder(fakeDirectory({ knowsModes: false }), alone());
    const file = await folder.create("a");
    await file.write(0, Uint8Array.of(1));
    await file.close();
    const first = (await folder.open("a", "read"))!;
    const order: string[] = [];
    const second = folder.open("a", "read").then(async (opened) => {
      order.push("second");
      await opened!.close();
    });
    assert.equal((await first.read(0, 1))[0], 1);
    order.push("first");
    await first.close();
    await second;
    assert.deepEqual(order, ["first", "second"]);
  });

  it("gives up its turn on a handle that is taken", async () => {
    const directory = fakeDirectory();
    const left = await (await directory.getFileHandle("a", { create: true })).createSyncAccessHandle();
    const folder = byHandles(directory);
    await assert.rejects(folder.open("a", "write"), { name: "NoModificationAllowedError" });
    left.close();
    await (await folder.open("a", "write"))!.close();
  });

  it("says that there is no room where a write is cut short", async () => {
    const directory = fakeDirectory();
    const getFileHandle = directory.getFileHandle.bind(directory);
    directory.getFileHandle = async (name, options) => {
      const file = await getFileHandle(name, options);
      const open = file.createSyncAccessHandle.bind(file);
      file.createSyncAccessHandle = async (mode) => ({ ...(await open(mode)), write: () => 0 });
      return file;
    };
    const file = await new SyncFolder(directory, alone()).create("a");
    await assert.rejects(file.write(0, Uint8Array.of(1)), { name: "QuotaExceededError" });
  });
});

describe("the agents of a storage key", () => {
  const { locks } = navigator as unknown as { locks: LockManager };
  it("are this one alone with an opaque origin, where nobody is given a lock", async () => {
    const refusing: LockManager = { request: () => Promise.reject(new DOMException("No.", "SecurityError")) };
    const agents = agentsOf({ origin: "null", navigator: { locks: refusing } });
    assert.equal(await agents.during("a", "write", async () => "run"), "run");
    const others = agentsOf({ origin: "https://a.example", navigator: { locks: refusing } });
    await assert.rejects(
      others.during("a", "write", async () => "run"),
      { name: "SecurityError" },
    );
  });

  for (const [what, agents] of [
    ["with Web Locks", agentsThrough(locks)],
    ["without", alone()],
  ] as const) {
    it(`take their turns, ${what}`, async () => {
      const order: string[] = [];
      const end = await agents.take("a", "read");
      const reading = agents.during("a", "read", async () => order.push("read"));
      const writing = agents.during("a", "write", async () => order.push("write"));
      await agents.during("b", "write", async () => order.push("other"));
      await reading;
      order.push("end");
      end();
      await writing;
      assert.deepEqual(order.toSorted(), ["end", "other", "read", "write"]);
      assert.ok(order.indexOf("write") > order.indexOf("end"));
      await assert.rejects(
        agents.during("a", "write", () => Promise.reject(new Error("no"))),
        /no/,
      );
      await agents.during("a", "write", async () => undefined);
    });
  }
});
