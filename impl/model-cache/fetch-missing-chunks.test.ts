import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MemoryFolder } from "../host/memory-folder.ts";
import { aNewSeriesOfChanges } from "../infra/changes.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import type { Download } from "./download.ts";
import { fetchARun } from "./fetch-a-run.ts";
import { Hashes } from "./entry.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import { createAnEntry } from "./open-entry.ts";
import { aNewRound, claimARun } from "./round.ts";
import { Network, agent, bytesOfLength, chunkSize, recordOf, recordWithTable } from "./scripted-host.test.ts";
import type { Behaviour } from "./scripted-host.test.ts";
import { aNewSource } from "./source.ts";
import type { VerifiedFile } from "./verified-file.ts";

const a = "https://a.example/file";
const b = "https://b.example/file";
const notTheData = { name: "DataError" };

/** Twelve chunks, the last of them short: six ranges of two. */
const bytes = bytesOfLength(11 * chunkSize + 5);
const other = bytesOfLength(bytes.length, 8);

/** A server that is slower than the disk. */
const slowly: Behaviour = { pauses: 1 };

function aNetwork(): Network {
  const network = new Network();
  network.rangeLength = 2 * chunkSize + 100;
  return network;
}

async function contentOf(file: VerifiedFile): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

/** The first and last chunk of each range that was asked for of a URL; null for the whole file. */
function ranges(network: Network, of = a): (readonly [number, number] | null)[] {
  return network.requests
    .filter(({ url }) => url === of)
    .map(({ range }) => {
      const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
      if (match === null) return null;
      return [Number(match[1]) / chunkSize, Math.floor(Number(match[2]) / chunkSize)] as const;
    });
}

const inRanges = [
  [0, 1],
  [2, 3],
  [4, 5],
  [6, 7],
  [8, 9],
  [10, 11],
] as const;

/** Waits, task by task, for what is sure to come. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("fetch missing chunks", () => {
  it("steps 2.2.1, 2.3, 2.4.1 and 4, claim a run, steps 1, 7 and 8, and fetch a run, steps 5 and 13.5.4: a large file comes in three ranges at once, and no byte twice", async () => {
    const network = aNetwork();
    network.serve(a, bytes, slowly);
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.deepEqual(ranges(network), inRanges);
    assert.equal(network.mostUnderWay, 3);
    assert.equal(network.bytesTaken, bytes.length);
    assert.equal(network.underWay, 0);
  });

  it("claim a run, step 2: nobody joins the first before it has answered", async () => {
    const network = aNetwork();
    const answer = Promise.withResolvers<undefined>();
    network.serve(a, bytes, (number) =>
      number === 0 ? { ...slowly, answersAfter: answer.promise } : slowly,
    );
    const host = agent(network);
    const claimed = Promise.withResolvers<undefined>();
    const obtaining = obtainAModelFile(host, recordOf(bytes, [a]));
    await until(() => network.requests.length > 0);
    for (let task = 0; task < 10; task += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(network.requests.length, 1);
    claimed.resolve(undefined);
    answer.resolve(undefined);
    assert.deepEqual(await contentOf(await obtaining), bytes);
    assert.equal(network.mostUnderWay, 3);
  });

  it("claim a run, steps 3, 5 and 6: does not look at each chunk, however many there are", async () => {
    const count = 2 ** 18;
    const hashes = new Hashes(count);
    for (let index = 0; index < count / 2; index += 1) hashes.set(index, new Uint8Array(32));
    hashes.has = () => assert.fail("looks at a chunk");
    const entry = { digest: "", size: count * chunkSize, chunkSize, hashes };
    const host = agent(aNetwork());
    for (const [limit, ends] of [
      [1, [count - 1]],
      [3, [count / 2 + 1, count / 2 + 3, count / 2 + 5]],
    ] as const) {
      const round = aNewRound(limit);
      round.open = true;
      for (const end of ends) {
        const run = claimARun(host, entry, round, new AbortController().signal)!;
        assert.equal(run.last, end);
        round.runs.add(run);
      }
    }
  });

  it("claim a run, steps 3, 5 and 6: takes up what is before and between those that are under way", async () => {
    const host = agent(aNetwork());
    const entry = { digest: "", size: bytes.length, chunkSize, hashes: new Hashes(12) };
    const round = aNewRound(6);
    round.open = true;
    const claim = () => claimARun(host, entry, round, new AbortController().signal);
    const runs = Array.from({ length: 5 }, () => {
      const run = claim()!;
      round.runs.add(run);
      return run;
    });
    entry.hashes.set(3, new Uint8Array(32));
    for (const index of [0, 1, 3]) round.runs.delete(runs[index]!);
    const claimed = Array.from({ length: 4 }, () => {
      const run = claim();
      if (run === null) return null;
      round.runs.add(run);
      return [run.first, run.last];
    });
    assert.deepEqual(claimed, [
      [0, 1],
      [2, 2],
      [6, 7],
      [10, 11],
    ]);
    assert.equal(claim(), null);
  });

  it("claim a run, step 7: a file of one range carries none", async () => {
    const network = aNetwork();
    const small = bytes.subarray(0, 2 * chunkSize);
    network.serve(a, small.slice());
    await obtainAModelFile(agent(network), recordOf(small.slice(), [a]));
    assert.deepEqual(ranges(network), [null]);
  });

  it("step 1, and claim a run, step 7: a user who saves data gets one after another, in one request", async () => {
    const network = aNetwork();
    network.savesData = true;
    network.serve(a, bytes);
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.deepEqual(ranges(network), [null]);
  });

  it("claim a run, steps 4 and 7: a range has a chunk at least", async () => {
    const network = aNetwork();
    network.rangeLength = 1;
    network.serve(a, bytes);
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.equal(network.requests.length, 12);
    assert.equal(network.bytesTaken, bytes.length);
  });

  it("claim a run, steps 3, 5 and 6: between what is there, only what is missing is asked for", async () => {
    const network = aNetwork();
    const folder = new MemoryFolder();
    network.serve(a, bytes, (number) => (number < 3 ? { breaksAfter: chunkSize + 1 } : { refuses: true }));
    await assert.rejects(obtainAModelFile(agent(network, folder), recordOf(bytes, [a])), {
      name: "NetworkError",
    });
    network.requests.length = 0;
    network.serve(a, bytes);
    const file = await obtainAModelFile(agent(network, folder), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.deepEqual(ranges(network), [
      [1, 1],
      [3, 3],
      [5, 6],
      [7, 8],
      [9, 10],
      [11, 11],
    ]);
  });

  it("fetch a run, step 10.2: from a server that ignores ranges it comes in one stream, and once", async () => {
    const network = aNetwork();
    network.serve(a, bytes, { ignoresRanges: true });
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.deepEqual(ranges(network), [[0, 1]]);
    assert.equal(network.bytesTaken, bytes.length);
  });

  it("fetch a run, step 10.2, and claim a run, step 2: nothing is asked for beside one stream of everything, also of a server that has honoured a range", async () => {
    const network = aNetwork();
    const rest = Promise.withResolvers<undefined>();
    network.serve(a, bytes, { ignoresRanges: true, holdsAfter: chunkSize, until: rest.promise });
    const host = agent(network);
    const record = recordOf(bytes, [a]);
    const entry = await createAnEntry(host, new MemoryFolder(), record);
    const source = aNewSource(record.urls[0]!);
    const download: Download = {
      record,
      sources: [source],
      growth: aNewSeriesOfChanges(),
      listeners: new Set(),
      loaded: 0,
      coming: new Set(),
      result: new Promise(() => undefined),
      controller: new AbortController(),
    };
    const round = aNewRound(3);
    round.open = true;
    const { signal } = download.controller;
    const run = claimARun(host, entry, round, signal)!;
    round.runs.add(run);
    const fetching = fetchARun(host, entry, run, round, { source, table: null, download });
    await until(() => network.bytesTaken >= chunkSize && round.pending === 0);
    assert.equal(claimARun(host, entry, round, signal), null);
    rest.resolve(undefined);
    assert.equal(await fetching, "done");
    assert.equal(entry.hashes.size, 12);
  });

  it("fetch a run, step 10.1, and end a run, step 4: a whole file beside others is not read, and nothing else is asked for beside", async () => {
    const network = aNetwork();
    network.serve(a, bytes, (number) => ({ ...slowly, ignoresRanges: number === 1 || number === 2 }));
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.equal(network.bytesTaken, bytes.length);
    assert.deepEqual(ranges(network), [...inRanges.slice(0, 3), [2, 11]]);
  });

  it("end a run, step 4: a server that turns the next one away is asked for one at a time", async () => {
    const network = aNetwork();
    network.serve(a, bytes, () => (network.underWay > 1 ? { status: 429 } : slowly));
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.equal(network.bytesTaken, bytes.length);
    assert.deepEqual(ranges(network), [...inRanges.slice(0, 3), [2, 11]]);
  });

  it("claim a run, step 2: nobody joins while more comes than can be stored", async () => {
    const network = aNetwork();
    network.serve(a, bytes);
    const folder = new MemoryFolder();
    const create = folder.create.bind(folder);
    const stored = Promise.withResolvers<undefined>();
    folder.create = async (name) => {
      const file = await create(name);
      const write = async (...given: Parameters<typeof file.write>) => {
        if (given[0] > 0 && !name.startsWith("inventory")) await stored.promise;
        await file.write(...given);
      };
      return { ...file, write };
    };
    const obtaining = obtainAModelFile(agent(network, folder), recordOf(bytes, [a]));
    await until(() => network.bytesTaken >= 2 * chunkSize);
    for (let task = 0; task < 20; task += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(network.requests.length, 1);
    stored.resolve(undefined);
    assert.deepEqual(await contentOf(await obtaining), bytes);
  });

  for (const withTable of [true, false]) {
    it(`end a run, steps 2, 3 and 5, and fill an entry, step 2: bad bytes end the others${withTable ? ", whose good chunks are kept" : ""}`, async () => {
      const network = aNetwork();
      const release = Promise.withResolvers<undefined>();
      network.serve(a, bytes, (number) => {
        if (number === 1)
          return withTable ? { bytes: other } : { liesAboutRanges: true, answersAfter: taken.promise };
        return { ...slowly, holdsAfter: chunkSize, until: release.promise };
      });
      network.serve(b, bytes);
      const taken = Promise.withResolvers<undefined>();
      const record = withTable ? recordWithTable(network, bytes, [a, b]) : recordOf(bytes, [a, b]);
      const obtaining = obtainAModelFile(agent(network), record);
      await until(() => network.bytesTaken >= 2 * chunkSize);
      taken.resolve(undefined);
      assert.deepEqual(await contentOf(await obtaining), bytes);
      const ofA = network.requests.filter(({ url }) => url === a);
      assert.equal(ofA.length, 3);
      for (const each of [ofA[0]!, ofA[2]!]) assert.equal(each.isAborted, true);
      const kept = ranges(network, b).every((range) => range![0] !== 0);
      assert.equal(kept, withTable);
    });
  }

  it("fetch a run, step 13.5.1: the last chunk of a range can be the bad one", async () => {
    const network = aNetwork();
    const flipped = bytes.slice();
    flipped[2 * chunkSize - 1]! ^= 1;
    network.serve(a, flipped);
    await assert.rejects(obtainAModelFile(agent(network), recordWithTable(network, bytes, [a])), notTheData);
    assert.ok(network.requests.length <= 4, `${network.requests.length} requests`);
  });

  it("step 4: what has all come is all there, whatever became of those that were to bring it", async () => {
    const network = aNetwork();
    const never = { status: 429, headers: { "retry-after": "99999999" } };
    network.serve(a, bytes, (number) => (number === 1 || number === 2 ? never : slowly));
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
  });

  it("step 2.4.2: want of memory is told as what it is", async () => {
    const network = aNetwork();
    network.serve(a, bytes);
    const host = agent(network);
    host.makeABuffer = () => Promise.reject(new RangeError("Array buffer allocation failed"));
    await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a])), RangeError);
  });

  it("step 3: want of memory does not take from the disk what has come", async () => {
    const network = aNetwork();
    network.serve(a, bytes, (number) => (number === 0 ? {} : { breaksAfter: 0 }));
    const folder = new MemoryFolder();
    const host = agent(network, folder);
    const makeABuffer = host.makeABuffer.bind(host);
    let count = 0;
    host.makeABuffer = async (length) => {
      if (network.requests.length > 1 && count > 0) throw new RangeError("Array buffer allocation failed");
      const buffer = await makeABuffer(length);
      const free = buffer.free.bind(buffer);
      count += 1;
      buffer.free = () => {
        count -= 1;
        free();
      };
      return buffer;
    };
    await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a])), RangeError);
    network.serve(a, bytes);
    network.requests.length = 0;
    const later = agent(network, folder);
    assert.deepEqual(await contentOf(await obtainAModelFile(later, recordOf(bytes, [a]))), bytes);
    assert.deepEqual(ranges(network)[0], [2, 3]);
  });

  it("step 5, and end a run, step 2: what is ended does not change why", async () => {
    const network = aNetwork();
    const release = Promise.withResolvers<undefined>();
    network.serve(a, bytes, (number) =>
      number === 1 ? { bytes: other } : { ...slowly, holdsAfter: chunkSize, until: release.promise },
    );
    await assert.rejects(obtainAModelFile(agent(network), recordWithTable(network, bytes, [a])), notTheData);
  });

  it("abandon a download, step 2: all that is under way ends when nobody waits any more, and loses a chunk each at most", async () => {
    const network = aNetwork();
    const release = Promise.withResolvers<undefined>();
    network.serve(a, bytes, { ...slowly, holdsAfter: 1.5 * chunkSize, until: release.promise });
    const host = agent(network);
    const controller = new AbortController();
    const obtaining = obtainAModelFile(host, recordOf(bytes, [a]), { signal: controller.signal });
    await until(() => network.bytesTaken >= 3 * 1.5 * chunkSize);
    controller.abort(new Error("enough"));
    await assert.rejects(obtaining, /enough/);
    assert.deepEqual(
      network.requests.map(({ isAborted }) => isAborted),
      [true, true, true],
    );
    network.serve(a, bytes);
    assert.deepEqual(await contentOf(await obtainAModelFile(host, recordOf(bytes, [a]))), bytes);
    assert.ok(network.bytesTaken <= bytes.length + 3 * chunkSize, `${network.bytesTaken}`);
    assert.equal(network.underWay, 0);
  });

  it("fetch a run, step 13.4: however often connections break, each break costs less than a chunk", async () => {
    const network = aNetwork();
    network.pieceLength = chunkSize / 4;
    network.rangeLength = 4 * chunkSize;
    network.serve(a, bytes, { ...slowly, breaksAfter: 1.5 * chunkSize });
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.ok(network.bytesTaken <= bytes.length + network.requests.length * (chunkSize / 2));
    assert.equal(network.mostUnderWay, 3);
  });

  it("fetch a run, steps 13.4 and 13.5.3: a server may send less of a range than it was asked for", async () => {
    const network = aNetwork();
    network.serve(a, bytes, (_number, { range }) => (range === null ? {} : { endsAfter: chunkSize }));
    const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.equal(network.bytesTaken, bytes.length);
  });

  it("tell the listeners, step 1: counts what comes on all sides, and never goes back", async () => {
    const network = aNetwork();
    network.serve(a, bytes, slowly);
    const told: number[] = [];
    await obtainAModelFile(agent(network), recordOf(bytes, [a]), { progress: (loaded) => told.push(loaded) });
    assert.deepEqual(
      told,
      told.toSorted((one, another) => one - another),
    );
    assert.ok(told.length > 12 * 5);
    assert.equal(told.at(-1), bytes.length);
  });

  it("fetch a run, step 13.1: the last bytes of a chunk are told of, also where the host has told of none", async () => {
    const network = aNetwork();
    const small = bytes.slice(0, 2 * chunkSize);
    const rest = Promise.withResolvers<undefined>();
    network.serve(a, small, { holdsAfter: chunkSize, until: rest.promise });
    const host = agent(network);
    const fetchIntoBuffers = host.fetchIntoBuffers.bind(host);
    host.fetchIntoBuffers = async (request) => {
      const response = await fetchIntoBuffers(request);
      const { body } = response;
      return { ...response, body: { ...body, takeInto: (buffer) => body.takeInto(buffer, () => undefined) } };
    };
    const told: number[] = [];
    const obtaining = obtainAModelFile(host, recordOf(small, [a]), {
      progress: (loaded) => told.push(loaded),
    });
    await until(() => told.includes(chunkSize));
    rest.resolve(undefined);
    await obtaining;
  });
});

describe("fetch a run", () => {
  it("step 9.1: takes the word of a server that does not tell the file's length", async () => {
    const network = aNetwork();
    network.serve(a, bytes, (_number, { range }) => ({
      headers: { "content-range": `${range!.replace("=", " ")}/*` },
    }));
    assert.deepEqual(await contentOf(await obtainAModelFile(agent(network), recordOf(bytes, [a]))), bytes);
  });

  it("step 14: a body that ends with an error when all has come has no more bytes", async () => {
    const network = new Network();
    network.serve(a, bytes, { breaksAfter: bytes.length });
    assert.deepEqual(await contentOf(await obtainAModelFile(agent(network), recordOf(bytes, [a]))), bytes);
    assert.equal(network.requests.length, 1);
  });
});

describe("servers that lie about ranges", () => {
  const lies: Record<string, Behaviour> = {
    "several parts in one": {
      headers: { "content-type": "multipart/byteranges; boundary=x", "content-range": null },
    },
    "another range": { liesAboutRanges: true },
    "a range of another file": {
      headers: { "content-range": `bytes 0-${2 * chunkSize - 1}/${bytes.length + 1}` },
    },
    "a range in other units": { headers: { "content-range": "chunks 0-1/12" } },
    "another range of a file of unknown length": { headers: { "content-range": "bytes 5-9/*" } },
  };
  for (const [what, behaviour] of Object.entries(lies)) {
    it(`fetch a run, steps 9.1 and 9.2: ${what}`, async () => {
      const network = aNetwork();
      network.serve(a, bytes, behaviour);
      const host = agent(network);
      await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a])), notTheData);
      assert.equal(network.requests.length, 1);
      assert.equal(network.bytesTaken, 0);
      assert.deepEqual(await digestsOfWholeEntries(host), []);
    });
  }

  const secret: Behaviour["headers"] = { "content-range": null };
  const changes: Record<string, (number: number) => Behaviour> = {
    "answers in another order": (number) => ({
      ...(number % 2 === 1 && { bytes: rotated }),
      headers: secret,
    }),
    "one answer for all": () => ({ bytes: repeated, headers: secret }),
    "other content from the third range on": (number) => (number < 2 ? {} : { bytes: other }),
    "an HTML page from the third range on": (number) => (number < 2 ? {} : { status: 200, bytes: other }),
  };
  const rotated = new Uint8Array(bytes.length);
  rotated.set(bytes.subarray(2 * chunkSize));
  rotated.set(bytes.subarray(0, 2 * chunkSize), bytes.length - 2 * chunkSize);
  const repeated = Uint8Array.from(bytes, (_, at) => bytes[at % (2 * chunkSize)]!);
  for (const [what, behaviour] of Object.entries(changes)) {
    for (const withTable of [true, false]) {
      it(`fetch a run, step 13.5.1, and fill an entry, steps 8 and 11: ${what}, ${withTable ? "found at once by the table" : "found at the end"}`, async () => {
        const network = aNetwork();
        network.serve(a, bytes, behaviour);
        const host = agent(network);
        const record = withTable ? recordWithTable(network, bytes, [a]) : recordOf(bytes, [a]);
        await assert.rejects(obtainAModelFile(host, record), notTheData);
        assert.deepEqual(await digestsOfWholeEntries(host), []);
        assert.ok(network.requests.length < 20, `${network.requests.length} requests`);
        assert.ok(network.bytesTaken <= 2 * bytes.length, `${network.bytesTaken} bytes`);

        network.serve(a, bytes);
        assert.deepEqual(await contentOf(await obtainAModelFile(host, record)), bytes);
      });
    }
  }
});
