import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "mocha";
import { bytesAreLost } from "../host/lost-bytes.ts";
import type { Host, HostBuffer } from "../host/host.ts";
import { MemoryFolder } from "../host/memory-folder.ts";
import { setHostOf } from "../host/host-of.ts";
import { ChunksOnDemand } from "./chunks-on-demand.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import { ModelFileImplementation } from "./ModelFile-impl.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { holdingTheDownloadLock } from "./locks.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import {
  Network,
  agent,
  bytesOfLength,
  chunkSize,
  recordOf,
  recordWithTable,
  tableOf,
  treeDigest,
  wholeFileDigest,
} from "./scripted-host.test.ts";

const url = "https://a.example/file";
const bytes = bytesOfLength(4 * chunkSize + 11);
const gone = { name: "NotFoundError" };

async function stored(file = bytes): Promise<{ host: Host; folder: MemoryFolder; network: Network }> {
  const network = new Network();
  network.serve(url, file);
  const folder = new MemoryFolder();
  const host = agent(network, folder);
  await obtainAModelFile(host, recordOf(file, [url]));
  network.requests.length = 0;
  return { host, folder, network };
}

async function change(folder: MemoryFolder, suffix: string, at: number): Promise<void> {
  const name = (await folder.names()).find((each) => each.endsWith(suffix))!;
  const file = (await folder.open(name, "write"))!;
  const byte = await file.read(at, 1);
  byte[0]! ^= 1;
  await file.write(at, byte);
  await file.close();
}

async function put(folder: MemoryFolder, name: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
  const file = await folder.create(name);
  await file.write(0, content);
  await file.close();
}

describe("a verified file", () => {
  const ranges: [offset: number, length: number][] = [
    [0, bytes.length],
    [0, 0],
    [bytes.length, 0],
    [chunkSize, 0],
    [0, chunkSize],
    [chunkSize, 2 * chunkSize],
    [3 * chunkSize, chunkSize + 11],
    [chunkSize - 1, 2],
    [5, 3 * chunkSize],
    [bytes.length - 1, 1],
    [chunkSize, 5],
  ];
  for (const [offset, length] of ranges) {
    it(`gives ${length} bytes from ${offset}, in a buffer of their own`, async () => {
      const { host } = await stored();
      const file = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
      const part = await file.read(offset, length);
      assert.deepEqual(part, bytes.subarray(offset, offset + length));
      assert.equal(part.buffer.byteLength, length);
    });
  }

  it("is nobody's any more after several of its chunks could not be hashed", async () => {
    const long = bytesOfLength(128 * chunkSize);
    const { host, folder } = await stored(long);
    const { digest } = recordOf(long, [url]);
    let hashes = 0;
    const sha256: Host["sha256"] = (given, each) => {
      hashes += 1;
      return hashes < 3 ? Promise.reject(bytesAreLost()) : host.sha256(given, each);
    };
    const file = (await lookUpAModelFile({ ...host, sha256 }, digest))!;
    await assert.rejects(file.arrayBuffer(), { name: "OperationError" });
    assert.ok(hashes > 2);
    await folder.remove(filesOfAnEntry(digest).whole);
  });

  it("is nobody's any more after a chunk of a stream could not be had", async () => {
    const { host, folder } = await stored();
    const { digest } = recordOf(bytes, [url]);
    const file = (await lookUpAModelFile(host, digest))!;
    const tooMuch = new RangeError("There is no memory.");
    const unseen = { show: () => Promise.reject(tooMuch) } as unknown as HostBuffer;
    const readParts: typeof file.readParts = async function* (offset, end) {
      for await (const part of file.readParts(offset, end)) {
        yield "buffer" in part ? { ...part, buffer: { ...part.buffer, subarray: () => unseen } } : part;
      }
    };
    const chunks = new ChunksOnDemand(host, { ...file, readParts });
    await assert.rejects(chunks.read(0, chunkSize), tooMuch);
    await folder.remove(filesOfAnEntry(digest).whole);
  });

  it("gives what stands before a chunk that went bad, and then fails", async () => {
    const { host, folder } = await stored();
    await change(folder, ".whole", 2 * chunkSize + 5);
    const file = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
    const parts = file.readParts(10, bytes.length);
    const { value } = await parts.next();
    assert.ok(value !== undefined && "buffer" in value);
    assert.deepEqual(await value.buffer.show((seen) => seen.slice()), bytes.subarray(10, 2 * chunkSize));
    assert.match(((await parts.next()).value as { message: string }).message, /went bad/);
    assert.equal((await parts.next()).done, true);
  });

  it("gives what stands before a chunk that cannot be read, and does not wait for it to be dropped", async () => {
    const { host, folder } = await stored();
    const { digest } = recordOf(bytes, [url]);
    const open = folder.open.bind(folder);
    const broken = 2 * chunkSize + 5;
    folder.open = async (name, access) => {
      const file = await open(name, access);
      if (file === null || !name.endsWith(".whole")) return file;
      const readInto: typeof file.readInto = (offset, buffer) =>
        offset <= broken && broken < offset + buffer.length
          ? Promise.reject(new DOMException("The disk has failed.", "NotReadableError"))
          : file.readInto(offset, buffer);
      return { ...file, readInto };
    };
    const file = (await lookUpAModelFile(host, digest))!;
    const parts = file.readParts(10, bytes.length);
    const held = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    const holding = holdingTheDownloadLock(host, digest, () => {
      held.resolve(undefined);
      return release.promise;
    });
    await held.promise;
    const { value } = await parts.next();
    assert.ok(value !== undefined && "buffer" in value);
    assert.deepEqual(await value.buffer.show((seen) => seen.slice()), bytes.subarray(10, 2 * chunkSize));
    release.resolve(undefined);
    await holding;
    assert.match(((await parts.next()).value as { message: string }).message, /went bad/);
  });

  it("reads no more than one chunk for a stream whose reader begins or has slept, and ahead for one who goes on", async () => {
    const { host } = await stored();
    const file = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
    const ends: number[] = [];
    const readParts: typeof file.readParts = (offset, end) => {
      ends.push(end);
      return file.readParts(offset, end);
    };
    const chunks = new ChunksOnDemand(host, { ...file, readParts });
    const read = async (index: number) =>
      assert.deepEqual(
        await chunks.read(index * chunkSize, (index + 1) * chunkSize),
        bytes.subarray(index * chunkSize, (index + 1) * chunkSize),
      );
    await read(0);
    await chunks.close();
    await read(1);
    await chunks.close();
    await read(2);
    await read(3);
    assert.deepEqual(ends, [chunkSize, 2 * chunkSize, 3 * chunkSize, bytes.length]);
  });

  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  it(`gives the bytes of any range up to a chunk that went bad (SEED=${seed})`, async () => {
    const long = bytesOfLength(2 ** 24 + 5);
    let state = seed;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (const size of [2 ** 16, 2 ** 21, 2 ** 22]) {
      const network = new Network();
      network.pieceLength = 2 ** 20;
      network.serve(url, long);
      const folder = new MemoryFolder();
      const record = recordOf(long, [url], { chunks: { size, urls: [] } });
      const file = await obtainAModelFile(agent(network, folder), record);
      for (let count = 0; count < 8; count += 1) {
        const offset = random(long.length);
        const end = offset + random(long.length - offset + 1);
        const read = await file.read(offset, end - offset);
        assert.ok(Buffer.from(read).equals(long.subarray(offset, end)), `${size}: ${offset} to ${end}`);
      }
      const bad = random(long.length);
      await change(folder, ".whole", bad);
      const pieces: Uint8Array[] = [];
      for await (const part of file.readParts(7, long.length)) {
        if ("buffer" in part) pieces.push(await part.buffer.show((seen) => seen.slice()));
      }
      const before = long.subarray(7, bad - (bad % size));
      assert.ok(Buffer.concat(pieces).equals(before), `${size}: bad at ${bad}`);
    }
  });

  it("gives its chunks in order", async () => {
    const { host } = await stored();
    const file = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
    const lengths: number[] = [];
    const pieces: number[] = [];
    for await (const chunk of file.chunks()) {
      lengths.push(chunk.length);
      pieces.push(...chunk);
    }
    assert.deepEqual(lengths, [chunkSize, chunkSize, chunkSize, chunkSize, 11]);
    assert.deepEqual(Uint8Array.from(pieces), bytes);
  });

  it("read a chunk, steps 4.3 and 4.4, and drop bad chunks, steps 1, 2, 5 and 6: finds a byte that went bad, drops its chunk, and fetches that alone", async () => {
    const { host, folder, network } = await stored();
    const record = recordOf(bytes, [url]);
    const file = (await lookUpAModelFile(host, record.digest))!;
    await change(folder, ".whole", 2 * chunkSize + 5);

    assert.deepEqual(await file.read(0, 2 * chunkSize), bytes.subarray(0, 2 * chunkSize));
    await assert.rejects(file.read(2 * chunkSize + 5, 1), gone);
    await assert.rejects(file.arrayBuffer(), gone);
    assert.equal(await lookUpAModelFile(host, record.digest), null);
    assert.deepEqual(await digestsOfWholeEntries(host), []);

    const again = await obtainAModelFile(host, record);
    assert.deepEqual(new Uint8Array(await again.arrayBuffer()), bytes);
    assert.deepEqual(
      network.requests.map(({ range }) => range),
      [`bytes=${2 * chunkSize}-${3 * chunkSize - 1}`],
    );
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
  });

  const small = bytesOfLength(100);
  for (const [what, digest, good, evil] of [
    ["a file of one chunk", wholeFileDigest(small), small, bytesOfLength(100, 8)],
    ["a file that is said to be empty", wholeFileDigest(small), small, new Uint8Array()],
    ["the root of a tree", treeDigest(bytes), bytes, bytesOfLength(bytes.length, 8)],
  ] as const) {
    it(`look up a model file, steps 1.2.1 and 1.2.2, drop bad chunks, steps 3, 4 and 5, and belie the digest, steps 2, 5, 6 and 7: what somebody else has put under the name of ${what} is not given, but dropped`, async () => {
      const network = new Network();
      network.serve(url, good);
      const folder = new MemoryFolder();
      const host = agent(network, folder);
      await put(folder, filesOfAnEntry(digest).whole, evil);
      await put(folder, filesOfAnEntry(digest).hashes, tableOf(evil));
      assert.deepEqual(await digestsOfWholeEntries(host), [digest]);
      assert.equal(await holdingTheDownloadLock(host, digest, () => lookUpAModelFile(host, digest)), null);
      assert.deepEqual(await digestsOfWholeEntries(host), [digest]);
      assert.equal(await lookUpAModelFile(host, digest), null);
      assert.deepEqual(await digestsOfWholeEntries(host), []);

      const file = await obtainAModelFile(host, recordOf(good, [url], { digest }));
      assert.deepEqual(new Uint8Array(await file.arrayBuffer()), good);
    });
  }

  it("look up a model file, step 1.2: finds nothing, and says so, where the worker ends that is to tell whether it is belied", async () => {
    const network = new Network();
    network.serve(url, bytes);
    const host = agent(network);
    const digest = treeDigest(bytes);
    await obtainAModelFile(host, recordOf(bytes, [url], { digest }));
    const ended = { ...host, sha256: () => Promise.reject(bytesAreLost()) };
    assert.equal(await lookUpAModelFile(ended, digest), null);
    assert.notEqual(await lookUpAModelFile(host, digest), null);
  });

  it("belie the digest, step 4: of a file of several chunks the hashes are believed", async () => {
    const { host } = await stored();
    assert.notEqual(await lookUpAModelFile(host, wholeFileDigest(bytes)), null);
  });

  it("belie the digest, step 1: what is not yet whole belies nothing", async () => {
    const network = new Network();
    network.serve(url, bytes, { breaksAfter: 2 * chunkSize + 1, ignoresRanges: true });
    const folder = new MemoryFolder();
    const record = recordOf(bytes, [url], { digest: treeDigest(bytes) });
    await assert.rejects(obtainAModelFile(agent(network, folder), record));
    network.requests.length = 0;
    network.serve(url, bytes);
    await obtainAModelFile(agent(network, folder), record);
    assert.equal(network.bytesTaken, bytes.length - 2 * chunkSize);
  });

  it("read(), steps 7.1.2 and 7.1.5.3: writes the bytes before a chunk that went bad, and nothing behind them", async () => {
    const { host, folder } = await stored();
    const globalObject = {} as typeof globalThis;
    setHostOf(globalObject, host);
    const verified = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
    const file = new ModelFileImplementation(globalObject, verified);
    const destination = new Uint8Array(bytes.length - 5);
    await file.read(destination, 5);
    assert.deepEqual(destination, bytes.subarray(5));

    await change(folder, ".whole", 2 * chunkSize + 5);
    destination.fill(9);
    await assert.rejects(file.read(destination, 5), gone);
    const before = 2 * chunkSize - 5;
    assert.deepEqual(destination.subarray(0, before), bytes.subarray(5, 2 * chunkSize));
    assert.ok(destination.subarray(before).every((byte) => byte === 9));
  });

  it("is read on demand, and is not held open while nobody reads", async () => {
    const { host, folder } = await stored();
    const file = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
    const name = (await folder.names()).find((each) => each.endsWith(".whole"))!;
    const chunks = new ChunksOnDemand(host, file);
    for (let start = 0; start < bytes.length; start += chunkSize) {
      const end = Math.min(start + chunkSize, bytes.length);
      assert.deepEqual(await chunks.read(start, end), bytes.subarray(start, end));
      // Whoever writes waits until nobody reads.
      if (start !== chunkSize) await (await folder.open(name, "write"))!.close();
    }
    assert.deepEqual(await chunks.read(bytes.length, bytes.length), new Uint8Array());
    await chunks.close();
    await (await folder.open(name, "write"))!.close();
  });

  it("arrayBuffer(), step 4.3, blob(), step 4.3, and read(), step 7.2: says that there is not so much memory", async () => {
    const { host } = await stored();
    const globalObject = {} as typeof globalThis;
    const makeABuffer = () => Promise.reject(new RangeError("Array buffer allocation failed"));
    const verified = (await lookUpAModelFile({ ...host, makeABuffer }, recordOf(bytes, [url]).digest))!;
    setHostOf(globalObject, host);
    const file = new ModelFileImplementation(globalObject, verified);
    await assert.rejects(file.arrayBuffer(), RangeError);
    await assert.rejects(file.blob(), RangeError);
    await assert.rejects(file.read(new Uint8Array(5), 0), RangeError);
  });

  for (const [method, read] of [
    ["arrayBuffer()", (file) => file.arrayBuffer()],
    ["blob()", (file) => file.blob()],
    ["read()", (file) => file.read(new Uint8Array(1), bytes.length)],
  ] as [string, (file: ModelFileImplementation) => Promise<unknown>][]) {
    it(`${method}, step 1: of a document that is not fully active, before anything is looked at`, async () => {
      const { host } = await stored();
      const globalObject = { DOMException } as typeof globalThis;
      setHostOf(globalObject, { ...host, isFullyActive: () => false });
      const verified = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
      const file = new ModelFileImplementation(globalObject, verified);
      await assert.rejects(async () => read(file), { name: "InvalidStateError" });
    });
  }

  it("blob(), step 4.3: settles where no blob can be made, neither of a part nor of all", async () => {
    const { host } = await stored();
    const verified = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
    for (const failing of ["", "application/octet-stream"]) {
      const globalObject = {} as typeof globalThis;
      const createABlob: Host["createABlob"] = (parts, type) => {
        if (type === failing) throw new TypeError("no");
        return host.createABlob(parts, type);
      };
      setHostOf(globalObject, { ...host, createABlob });
      await assert.rejects(new ModelFileImplementation(globalObject, verified).blob(), RangeError);
    }
  });

  it("drop bad chunks, step 2: finds a hash that went bad, and a file that was cut off", async () => {
    const { host, folder, network } = await stored();
    const record = recordOf(bytes, [url]);
    await change(folder, ".hashes", 20 + 32 * 3 + 7);
    const file = (await lookUpAModelFile(host, record.digest))!;
    await assert.rejects(file.arrayBuffer(), gone);
    await obtainAModelFile(host, record);
    assert.equal(network.requests.length, 1);

    const name = (await folder.names()).find((each) => each.endsWith(".whole"))!;
    const whole = (await folder.open(name, "write"))!;
    await whole.truncate(chunkSize);
    await whole.close();
    assert.equal(await lookUpAModelFile(host, record.digest), null);
    network.requests.length = 0;
    assert.deepEqual(new Uint8Array(await (await obtainAModelFile(host, record)).arrayBuffer()), bytes);
    assert.equal(network.requests[0]!.range, `bytes=${chunkSize}-${bytes.length - 1}`);
  });

  it("drop bad chunks, steps 5 and 6: it is whole no more before anything is dropped, so that whoever dies between leaves what can be gone on with", async () => {
    const { host, folder, network } = await stored();
    const record = recordOf(bytes, [url]);
    const file = (await lookUpAModelFile(host, record.digest))!;
    await change(folder, ".whole", 2 * chunkSize + 5);
    const hashes = async () => {
      const name = (await folder.names()).find((each) => each.endsWith(".hashes"))!;
      const opened = (await folder.open(name, "read"))!;
      return opened.read(0, 1000).finally(() => opened.close());
    };
    const before = await hashes();
    const rename = folder.rename.bind(folder);
    const renamed = Promise.withResolvers<undefined>();
    folder.rename = async (from, to) => {
      await rename(from, to);
      renamed.resolve(undefined);
      await new Promise(() => undefined);
    };
    void file.read(2 * chunkSize, 1);
    await renamed.promise;
    folder.rename = rename;
    assert.deepEqual(await hashes(), before);

    const another = agent(network, folder);
    assert.deepEqual(await digestsOfWholeEntries(another), []);
    assert.deepEqual(new Uint8Array(await (await obtainAModelFile(another, record)).arrayBuffer()), bytes);
    assert.deepEqual(
      network.requests.map(({ range }) => range),
      [`bytes=${2 * chunkSize}-${3 * chunkSize - 1}`],
    );
  });

  it("read a chunk, step 4.1: a download that finds a bad chunk in another file waits for nobody, and drops nothing", async () => {
    const { host, folder, network } = await stored();
    const { digest } = recordOf(bytes, [url]);
    await change(folder, ".whole", 5);
    const next = bytes.slice();
    next[next.length - 1]! ^= 1;
    network.serve(url, next);
    const record = recordWithTable(network, next, [url]);
    const file = await holdingTheDownloadLock(host, digest, () => obtainAModelFile(host, record));
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), next);
    assert.deepEqual(await digestsOfWholeEntries(host), [digest, record.digest].toSorted());
  });

  it("read a chunk, step 4.2: drops nothing while another holds the download lock", async () => {
    const { host, folder } = await stored();
    const file = (await lookUpAModelFile(host, recordOf(bytes, [url]).digest))!;
    await change(folder, ".whole", 5);
    const held = Promise.withResolvers<undefined>();
    const holding = holdingTheDownloadLock(host, file.digest, () => held.promise);
    let isRead = false;
    const reading = assert.rejects(file.read(0, 1), gone).then(() => (isRead = true));
    for (let tasks = 0; tasks < 50; tasks += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isRead, false);
    assert.deepEqual(await digestsOfWholeEntries(host), [file.digest]);
    held.resolve(undefined);
    await Promise.all([holding, reading]);
    assert.deepEqual(await digestsOfWholeEntries(host), []);
  });

  it("drop bad chunks, step 6: what could not be renamed loses its bad chunks, and is found no more", async () => {
    const { host, folder, network } = await stored();
    const record = recordOf(bytes, [url]);
    const file = (await lookUpAModelFile(host, record.digest))!;
    await change(folder, ".whole", 2 * chunkSize + 5);
    const rename = folder.rename.bind(folder);
    folder.rename = () => Promise.reject(new Error("busy"));
    await assert.rejects(file.read(2 * chunkSize, 1), gone);
    folder.rename = rename;
    assert.equal(await lookUpAModelFile(host, record.digest), null);
    assert.deepEqual(new Uint8Array(await (await obtainAModelFile(host, record)).arrayBuffer()), bytes);
    assert.equal(network.requests.length, 1);
  });

  it("keys(), step 5.1: lists no bytes without hashes", async () => {
    const { host, folder } = await stored();
    await folder.remove((await folder.names()).find((each) => each.endsWith(".hashes"))!);
    assert.equal(await lookUpAModelFile(host, recordOf(bytes, [url]).digest), null);
    assert.deepEqual(await digestsOfWholeEntries(host), []);
  });

  it("never gives a wrong byte, whichever byte on the disk is changed", async () => {
    const record = recordOf(bytes, [url], { digest: treeDigest(bytes) });
    for (const suffix of [".whole", ".hashes"]) {
      const length = suffix === ".whole" ? bytes.length : 20 + 32 * 5;
      for (let at = 0; at < length; at += suffix === ".whole" ? 9973 : 5) {
        const { host, folder } = await stored();
        await obtainAModelFile(host, record);
        const name = (await folder.names()).find((each) => each.startsWith("tree") && each.endsWith(suffix))!;
        await change(folder, name, at);
        const file = await lookUpAModelFile(host, record.digest);
        const content = await file?.arrayBuffer().catch(() => null);
        if (content) assert.deepEqual(new Uint8Array(content), bytes);
        const again = await obtainAModelFile(host, record);
        assert.deepEqual(new Uint8Array(await again.arrayBuffer()), bytes);
      }
    }
  });
});
