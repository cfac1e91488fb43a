import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { cases, isSlowLane, seed } from "../../tools/faults/lane.ts";
import { countFaults } from "../../tools/faults/matrix.ts";
import type { Folder, Host, OpenFile } from "../host/host.ts";
import { bytesAreLost } from "../host/lost-bytes.ts";
import { MemoryFolder } from "../host/memory-folder.ts";
import { Turns } from "../host/turns.ts";
import { deleteAModelFile } from "./delete-a-model-file.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import { FaultyDisk } from "./faulty-disk.test.ts";
import type { Fault, FaultyFolder } from "./faulty-disk.test.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import {
  Network,
  agent,
  bytesOfLength,
  chunkSize,
  recordOf,
  recordWithTable,
  treeDigest,
} from "./scripted-host.test.ts";
import type { Behaviour } from "./scripted-host.test.ts";

const url = "https://a.example/file";
const mirror = "https://b.example/file";
const bytes = bytesOfLength(3 * chunkSize + 100);

/**
 * How many requests one download makes at most: a chunk can be brought once, and again after each time that all were dropped,
 * which happens twice for each source; and a source is asked in vain six times in a row, three times at once.
 */
function mostRequests(sources: number): number {
  const brought = 4 * (1 + 2 * sources);
  return brought + 6 * 3 * sources * (brought + 1);
}

/** Whether it comes to an end before its agent is killed. */
async function settled(promise: Promise<unknown>, { death }: FaultyFolder): Promise<boolean> {
  const isSettled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([isSettled, death.then(() => false)]);
}

/** How many operations a download takes. */
async function operationsOfADownload(rangeLength = 2 ** 24, withTable = false): Promise<number> {
  const network = new Network();
  network.rangeLength = rangeLength;
  network.serve(url, bytes);
  const folder = new FaultyDisk().folder();
  const record = withTable ? recordWithTable(network, bytes, [url]) : recordOf(bytes, [url]);
  await obtainAModelFile(agent(network, folder), record);
  return folder.operations;
}

/** A folder that workers use, one after the other: each of the first ones ends at an operation of its own. */
function folderOfWorkers(disk: FaultyDisk, ends: readonly number[], dies: () => void): Folder {
  const start = (count: number): FaultyFolder => {
    const started = disk.folder((operation) => (operation === ends[count] ? "killed" : "none"));
    void started.death.then(() => {
      dies();
      worker = start(count + 1);
    });
    return started;
  };
  let worker = start(0);
  /** An object of the folder or of a worker's own, whose calls are answered as long as their worker lives. */
  const answering = <T extends object>(find: () => [owner: FaultyFolder, object: T]): T => {
    const call = async (member: string, given: unknown[]) => {
      const [owner, object] = find();
      const steps = object[member as keyof T] as (...given: unknown[]) => Promise<object | null>;
      const ended = owner.death.then(() => Promise.reject(bytesAreLost()));
      const result = await Promise.race([steps.apply(object, given), ended]);
      const isAFile = typeof result === "object" && result !== null && "truncate" in result;
      return isAFile ? answering(() => [owner, result]) : result;
    };
    const members = ["names", "size", "open", "create", "rename", "remove"];
    members.push("read", "readInto", "write", "truncate", "close");
    return Object.fromEntries(
      members.map((member) => [member, (...given: unknown[]) => call(member, given)]),
    ) as T;
  };
  return answering(() => [worker, worker]);
}

describe("the model cache on a disk that fails", () => {
  const failing: [what: string, fault: (from: number) => Fault][] = [
    ["full from then on", (from) => (operation) => (operation >= from ? "full" : "none")],
    ["full once", (at) => (operation) => (operation === at ? "full" : "none")],
    ["broken from then on", (from) => (operation) => (operation >= from ? "broken" : "none")],
    ["broken once", (at) => (operation) => (operation === at ? "broken" : "none")],
  ];
  for (const [what, fault] of failing) {
    it(`store a chunk, steps 3 and 5: gives the file from memory, whichever operation finds it ${what}`, async () => {
      const last = await operationsOfADownload();
      for (let at = 0; at <= last; at += 1) {
        const network = new Network();
        network.serve(url, bytes);
        const disk = new FaultyDisk();
        const host = agent(network, disk.folder(fault(at)));
        const record = recordOf(bytes, [url]);
        const file = await obtainAModelFile(host, record);
        if (!what.startsWith("broken") || at < last) {
          assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes, `operation ${at}`);
          assert.ok((await lookUpAModelFile(host, record.digest)) !== null, `operation ${at}`);
          assert.deepEqual(await digestsOfWholeEntries(host), [record.digest], `operation ${at}`);
        }
        if (what.startsWith("full")) {
          assert.equal(network.requests.length, 1, `operation ${at}: no byte is fetched twice`);
        }

        const later = agent(network, disk.folder());
        const again = await obtainAModelFile(later, record);
        assert.deepEqual(new Uint8Array(await again.arrayBuffer()), bytes, `operation ${at}`);
        assert.deepEqual(await digestsOfWholeEntries(later), [record.digest], `operation ${at}`);
      }
      countFaults(
        { fault: `disk ${what}`, place: "any operation of a download", engine: "node" },
        last + 1,
        last + 1,
      );
    });
  }

  for (const [what, fault] of failing) {
    for (const hasAMirror of [true, false]) {
      const server = hasAMirror
        ? "one of two servers sends other bytes"
        : "the only server sends other bytes";
      it(`drop a chunk, step 1: tells no page of the disk where ${server}, whichever operation finds it ${what}`, async () => {
        const flipped = bytes.slice();
        flipped[2 * chunkSize]! ^= 1;
        for (let at = 0; at <= 2 * (await operationsOfADownload()); at += 1) {
          const network = new Network();
          network.serve(url, flipped);
          if (hasAMirror) network.serve(mirror, bytes);
          const disk = new FaultyDisk();
          const host = agent(network, disk.folder(fault(at)));
          const obtaining = obtainAModelFile(host, recordOf(bytes, hasAMirror ? [url, mirror] : [url]));
          if (!hasAMirror) {
            await assert.rejects(obtaining, { name: "DataError" }, `operation ${at}`);
            continue;
          }
          const content = await (await obtaining).arrayBuffer().catch(checkError);
          if (content !== undefined) assert.deepEqual(new Uint8Array(content), bytes, `operation ${at}`);
        }
      });
    }
  }

  it("run a download, step 13.4: goes on where it was when the worker that stores for it ends, at any operation", async () => {
    const last = await operationsOfADownload();
    for (let at = 0; at < last; at += 1) {
      const network = new Network();
      network.serve(url, bytes);
      const disk = new FaultyDisk();
      let hadBegun = false;
      const dies = () => (hadBegun = network.requests.length > 0);
      const host = agent(network, folderOfWorkers(disk, [at], dies));
      const record = recordOf(bytes, [url]);
      const obtained = await obtainAModelFile(host, record).catch((error: unknown) => {
        assert.ok(error instanceof DOMException && error.name === "OperationError", String(error));
        assert.ok(!hadBegun, `operation ${at}: a download that has begun goes on`);
        return obtainAModelFile(host, record);
      });
      assert.deepEqual(new Uint8Array(await obtained.arrayBuffer()), bytes, `operation ${at}`);
      const taken = network.bytesTaken - bytes.length;
      assert.ok(taken <= 3 * chunkSize, `operation ${at}: ${taken} bytes twice`);
      const found = await lookUpAModelFile(agent(network, disk.folder()), record.digest);
      assert.ok(found !== null || !hadBegun, `operation ${at}: it is stored`);
    }
    countFaults({ fault: "storage worker killed", place: "any operation", engine: "node" }, last, last);
  });

  it("run a download, step 13.4: asks the same server again when the worker ends that fetches", async () => {
    const network = new Network();
    network.serve(url, bytes);
    const host = agent(network);
    let hasEnded = false;
    const fetchIntoBuffers: Host["fetchIntoBuffers"] = (request) => {
      if (hasEnded) return host.fetchIntoBuffers(request);
      hasEnded = true;
      return Promise.reject(bytesAreLost());
    };
    const file = await obtainAModelFile({ ...host, fetchIntoBuffers }, recordOf(bytes, [url]));
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
  });

  it("run a download, step 13.4: says so when a second worker ends that stores for it, and the next one goes on where it was", async () => {
    const network = new Network();
    network.serve(url, bytes);
    const disk = new FaultyDisk();
    let deaths = 0;
    const dies = () => (deaths += 1);
    const last = await operationsOfADownload();
    const host = agent(network, folderOfWorkers(disk, [last - 3, 3], dies));
    const record = recordOf(bytes, [url]);
    await assert.rejects(obtainAModelFile(host, record), { name: "OperationError" });
    assert.equal(deaths, 2);
    const obtained = await obtainAModelFile(host, record);
    assert.deepEqual(new Uint8Array(await obtained.arrayBuffer()), bytes);
    assert.ok(network.bytesTaken - bytes.length <= 3 * chunkSize);
  });

  it("run a download, step 13.4: goes on after a second worker ended, where the first one's end was followed by another chunk", async () => {
    const last = await operationsOfADownload();
    let survived = 0;
    for (let second = 0; second < last; second += 1) {
      const network = new Network();
      network.serve(url, bytes);
      let deaths = 0;
      const dies = () => (deaths += 1);
      const host = agent(network, folderOfWorkers(new FaultyDisk(), [last - 8, second], dies));
      const file = await obtainAModelFile(host, recordOf(bytes, [url])).catch(() => null);
      if (deaths < 2 || file === null) continue;
      assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
      survived += 1;
    }
    assert.ok(survived > 0);
  });

  for (const how of ["killed", "torn"] as const) {
    for (const withTable of [false, true]) {
      for (const rangeLength of [2 ** 24, chunkSize]) {
        const ways = `${how}${withTable ? ", with a table" : ""}${rangeLength === chunkSize ? ", in ranges" : ""}`;
        it(`prepare an entry, steps 1.1 and 7, and drop bad chunks, step 2: goes on after its agent was killed at any operation (${ways})`, async () => {
          const last = await operationsOfADownload(rangeLength, withTable);
          for (let at = 0; at <= last; at += 1) {
            const network = new Network();
            network.rangeLength = rangeLength;
            network.serve(url, bytes);
            const disk = new FaultyDisk();
            const record = withTable ? recordWithTable(network, bytes, [url]) : recordOf(bytes, [url]);
            const victim = disk.folder((operation) => (operation === at ? how : "none"));
            const obtaining = obtainAModelFile(agent(network, victim), record);
            // In ranges, one operation more or less is needed as chunks come in their turn or not.
            const isKilled = !(await settled(obtaining, victim));
            if (rangeLength !== chunkSize) assert.equal(isKilled, at < last, `operation ${at}`);

            const taken = network.requests
              .filter((each) => each.url === url)
              .reduce((sum, each) => sum + each.taken, 0);

            const heir = agent(network, disk.folder());
            for (const digest of await digestsOfWholeEntries(heir)) {
              const there = await lookUpAModelFile(heir, digest);
              assert.deepEqual(new Uint8Array(await there!.arrayBuffer()), bytes);
            }
            const file = await obtainAModelFile(heir, record);
            assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes, `operation ${at}`);
            const all = network.requests
              .filter((each) => each.url === url)
              .reduce((sum, each) => sum + each.taken, 0);
            const held = Math.min(taken, bytes.length);
            assert.ok(
              all <= taken + bytes.length - held + 3 * chunkSize,
              `operation ${at}: ${all} bytes in all`,
            );
            assert.deepEqual(
              [...disk.files.keys()].map((name) => name.replace(/^.*\./, "")).toSorted(),
              ["hashes", "inventory", "whole"],
              `operation ${at}: no orphans`,
            );
          }
          const fault = how === "torn" ? "agent killed in a write" : "agent killed";
          countFaults({ fault, place: "any operation of a download", engine: "node" }, last + 1, last + 1);
        });
      }
    }
  }
});

/** Memory whose writes fail from the one with the number `from` on, for as long as it is full. */
class ScarceMemory extends MemoryFolder {
  isFull = true;
  readonly #from: number;
  #writes = 0;

  constructor(from: number) {
    super();
    this.#from = from;
  }

  override async open(name: string, access: "read" | "write"): Promise<OpenFile | null> {
    const file = await super.open(name, access);
    return file && this.#limit(file);
  }

  override async create(name: string): Promise<OpenFile> {
    return this.#limit(await super.create(name));
  }

  #limit(file: OpenFile): OpenFile {
    return {
      ...file,
      write: async (offset, given) => {
        this.#writes += 1;
        if (this.isFull && this.#writes > this.#from) throw new RangeError("Array buffer allocation failed");
        await file.write(offset, given);
      },
    };
  }
}

describe("the model cache where neither disk nor memory has room", () => {
  for (const withTable of [false, true]) {
    const ways = withTable ? ", with a table" : "";
    it(`store a chunk, steps 3, 4.1 and 4.2, move an entry to memory, steps 2.1, 2.2, 3, 4 and 5, fetch missing chunks, step 3, and end a run, step 5.1: says so, lets go of all, and works when there is room again${ways}`, async () => {
      const last = await operationsOfADownload(2 ** 24, withTable);
      for (let at = 0; at < last; at += 1) {
        for (const from of [0, 1, 2, 4, 7]) {
          const network = new Network();
          network.serve(url, bytes);
          const record = withTable ? recordWithTable(network, bytes, [url]) : recordOf(bytes, [url]);
          const memory = new ScarceMemory(from);
          const disk = new FaultyDisk();
          const folder = disk.folder((operation) => (memory.isFull && operation >= at ? "full" : "none"));
          const host = { ...agent(network, folder), memory };
          const where = `operation ${at}, write ${from}`;
          const first = await obtainAModelFile(host, record).catch((error: unknown) => error);
          if (first instanceof Error) {
            assert.equal(first.name, "RangeError", where);
            assert.deepEqual(await memory.names(), [], where);
            assert.equal(network.underWay, 0, where);
          } else assert.ok((await lookUpAModelFile(host, record.digest)) !== null, where);

          memory.isFull = false;
          const file = await obtainAModelFile(host, record);
          assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes, where);
          if (first instanceof Error) assert.deepEqual(await memory.names(), [], where);
        }
      }
    });
  }

  it("move an entry to memory, step 2.2: what has come stays on the disk, and is gone on with", async () => {
    const network = new Network();
    network.serve(url, bytes);
    const memory = new ScarceMemory(0);
    let writes = 0;
    const folder = new FaultyDisk().folder((_operation, isWrite) => {
      if (isWrite) writes += 1;
      return memory.isFull && writes > 12 ? "full" : "none";
    });
    const host = { ...agent(network, folder), memory };
    await assert.rejects(obtainAModelFile(host, recordOf(bytes, [url])), { name: "RangeError" });
    memory.isFull = false;
    const file = await obtainAModelFile(host, recordOf(bytes, [url]));
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
    assert.match(network.requests.at(-1)!.range ?? "", /^bytes=[1-9]/);
  });

  it("prepare an entry, step 6, and move an entry to memory, step 2: a file larger than memory is to hold", async () => {
    const network = new Network();
    const size = 2 ** 32 + 1;
    const memoryLimit = () => size - 1;
    const record = { ...recordOf(bytes, [url]), size };
    network.serve(url, bytes, { ignoresRanges: true });
    const host = { ...agent(network), share: () => size - 1, memoryLimit };
    await assert.rejects(obtainAModelFile(host, record), { name: "RangeError" });
    assert.equal(network.requests.length, 0);
    assert.deepEqual(await host.memory.names(), []);

    let writes = 0;
    const disk = new FaultyDisk().folder((_operation, isWrite) => {
      if (isWrite) writes += 1;
      return writes > 10 ? "full" : "none";
    });
    const full = { ...agent(network, disk), memoryLimit };
    await assert.rejects(obtainAModelFile(full, record), { name: "RangeError" });
    assert.deepEqual(await full.memory.names(), []);
  });
});

describe("prepare an entry", () => {
  it("step 1.5: has nothing open any more where the disk fails in between", async () => {
    const network = new Network();
    network.serve(url, bytes, { breaksAfter: 2 * chunkSize, ignoresRanges: true });
    const folder = new MemoryFolder();
    const host = agent(network, folder);
    await assert.rejects(obtainAModelFile(host, recordOf(bytes, [url])));

    const name = (await folder.names()).find((each) => each.endsWith(".partial"))!;
    const file = (await folder.open(name, "write"))!;
    await file.write(5, Uint8Array.of(1, 2, 3));
    await file.close();
    network.serve(url, bytes);
    let fails = true;
    const open = folder.open.bind(folder);
    folder.open = async (opened, access) => {
      const found = await open(opened, access);
      if (found === null || !opened.endsWith(".hashes") || !fails) return found;
      fails = false;
      return { ...found, write: () => Promise.reject(new Error("EIO: i/o error")) };
    };
    const whole = await obtainAModelFile(host, recordOf(bytes, [url]));
    assert.deepEqual(new Uint8Array(await whole.arrayBuffer()), bytes);
  });
});

describe(`the model cache under random commands (SEED=${seed})`, () => {
  const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    fc.record({ breaksAfter: fc.nat(bytes.length) }),
    fc.record({ endsAfter: fc.nat(bytes.length), ignoresRanges: fc.boolean() }),
    fc.record({ goesOnFor: fc.nat(10), ignoresRanges: fc.boolean() }),
    fc.record({ status: fc.constantFrom(200, 404, 500, 206, 416, 503) }),
    fc.record({
      status: fc.constant(429),
      headers: fc.record({ "retry-after": fc.constantFrom("2", "90", "?") }),
    }),
    fc.record({ stallsAfter: fc.integer({ min: -1, max: bytes.length }), ignoresRanges: fc.boolean() }),
    fc.constant({ refuses: true }),
    fc.record({ headers: fc.constant({ "content-range": null }), liesAboutRanges: fc.constant(true) }),
    fc.record({ liesAboutRanges: fc.constant(true), breaksAfter: fc.nat(bytes.length) }),
  );
  const fault = fc.record({
    at: fc.nat(60),
    what: fc.constantFrom("none", "full", "broken", "killed", "torn"),
  });
  const command = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        obtain: fc.constantFrom("whole-file", "tree", "with table"),
        served: fc.array(behaviour, { minLength: 1, maxLength: 5 }),
        mirrored: fc.array(behaviour, { maxLength: 2 }),
        rangeLength: fc.constantFrom(chunkSize, 2 * chunkSize, 2 ** 24),
        flip: fc.option(fc.nat(bytes.length - 1), { freq: 3 }),
        fault,
      }),
    },
    fc.record({ remove: fc.constantFrom("whole-file", "tree"), fault }),
    fc.record({ flipOnDisk: fc.nat(), at: fc.nat(1_000_000) }),
    fc.record({ read: fc.constantFrom("whole-file", "tree"), offset: fc.nat(bytes.length), fault }),
  );

  it("gives the bytes that a digest names or an error, and a healthy world heals it", async function () {
    this.timeout(isSlowLane ? 0 : 120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 10 }), async (commands) => {
        const disk = new FaultyDisk();
        const network = new Network();
        const digests = { "whole-file": recordOf(bytes, [url]).digest, tree: treeDigest(bytes) };
        const record = (kind: "whole-file" | "tree" | "with table") =>
          kind === "with table"
            ? recordWithTable(network, bytes, [url, mirror], digests["whole-file"])
            : recordOf(bytes, [url, mirror], { digest: digests[kind] });
        const isRight = async (reading: Promise<ArrayBuffer>) => {
          const content = await reading.catch(() => null);
          if (content !== null) assert.deepEqual(new Uint8Array(content), bytes);
        };

        const locks = new Turns();

        for (const each of commands) {
          if ("flipOnDisk" in each) {
            const names = [...disk.files.keys()];
            if (names.length > 0) disk.flip(names[each.flipOnDisk % names.length]!, each.at);
            continue;
          }
          const { at, what } = each.fault;
          const folder = disk.folder((operation) => (operation === at ? what : "none"));
          const host = agent(network, folder, locks);
          if ("obtain" in each) {
            const served = bytes.slice();
            if (each.flip !== null) served[each.flip]! ^= 1;
            const oneAfterAnother = (list: Behaviour[]) => (number: number) => list[number % list.length]!;
            network.serve(url, served, oneAfterAnother(each.served));
            if (each.mirrored.length > 0) network.serve(mirror, bytes, oneAfterAnother(each.mirrored));
            else network.servers.delete(mirror);
            network.rangeLength = each.rangeLength;
            network.requests.length = 0;
            const steps = async () =>
              isRight((await obtainAModelFile(host, record(each.obtain))).arrayBuffer());
            await settled(steps().catch(checkError), folder);
            const requests = network.requests.filter(
              (request) => request.url !== "https://example.com/table",
            );
            assert.ok(requests.length <= mostRequests(2), `${requests.length} requests`);
          } else if ("remove" in each) {
            await settled(deleteAModelFile(digests[each.remove], host), folder);
          } else {
            const steps = async () => {
              const file = await lookUpAModelFile(host, digests[each.read]);
              const part = await file?.read(each.offset, bytes.length - each.offset).catch(() => null);
              if (part) assert.deepEqual(part, bytes.subarray(each.offset));
            };
            await settled(steps(), folder);
          }
        }

        network.serve(url, bytes);
        network.servers.delete(mirror);
        for (const kind of ["with table", "whole-file", "tree"] as const) {
          const host = agent(network, disk.folder(), locks);
          for (let attempt = 0; attempt < 2; attempt += 1) {
            const file = await obtainAModelFile(host, record(kind));
            const content = await file.arrayBuffer().catch(() => null);
            if (content !== null) assert.deepEqual(new Uint8Array(content), bytes);
            else assert.equal(attempt, 0, "what went bad was found, and is whole again");
          }
        }
      }),
      { numRuns: cases(60, 5000), seed },
    );
  });
});

function checkError(error: unknown): void {
  assert.ok(error instanceof DOMException, String(error));
  assert.match(error.name, /^(NetworkError|DataError|NotFoundError)$/);
}
