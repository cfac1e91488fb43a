import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Host } from "../host/host.ts";
import { MemoryFolder } from "../host/memory-folder.ts";
import { Turns } from "../host/turns.ts";
import { markAsHandled } from "../infra/promise.ts";
import { deleteAModelFile } from "./delete-a-model-file.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import {
  Network,
  agent,
  bytesOfLength,
  namesOfEntries,
  chunkSize,
  recordOf,
  recordWithTable,
  tableOf,
  treeDigest,
  wholeFileDigest,
} from "./scripted-host.test.ts";
import type { VerifiedFile } from "./verified-file.ts";

const a = "https://a.example/file";
const b = "https://b.example/file";

const notTheData = { name: "DataError" };
const noNetwork = { name: "NetworkError" };

async function contentOf(file: VerifiedFile): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

describe("obtain a model file", () => {
  for (const length of [0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 5 * chunkSize + 17]) {
    for (const kind of ["whole-file", "tree"] as const) {
      it(`brings a file of ${length} bytes under a ${kind} digest, once`, async () => {
        const network = new Network();
        const bytes = bytesOfLength(length);
        network.serve(a, bytes);
        const digest = kind === "tree" ? treeDigest(bytes) : wholeFileDigest(bytes);
        const record = recordOf(bytes, [a], { digest });
        const host = agent(network);
        const file = await obtainAModelFile(host, record);
        assert.deepEqual(await contentOf(file), bytes);
        assert.deepEqual(await digestsOfWholeEntries(host), [digest]);

        const requests = network.requests.length;
        assert.equal(requests, length === 0 ? 0 : 1);
        const again = await obtainAModelFile(host, record);
        assert.deepEqual(await contentOf(again), bytes);
        assert.deepEqual(await contentOf((await lookUpAModelFile(host, digest))!), bytes);
        assert.equal(network.requests.length, requests);
      });
    }
  }

  it("download a model file, step 2, and tell the listeners, steps 1 and 2: progress goes from 0 to the size, which comes last and once", async () => {
    const network = new Network();
    const bytes = bytesOfLength(3 * chunkSize + 5);
    network.serve(a, bytes);
    const host = agent(network);
    const told: number[] = [];
    await obtainAModelFile(host, recordOf(bytes, [a]), { progress: (loaded) => told.push(loaded) });
    assert.equal(told[0], 0);
    assert.deepEqual(
      told,
      told.toSorted((one, other) => one - other),
    );
    assert.ok(told.length > 10);
    assert.deepEqual(
      told.filter((loaded) => loaded >= bytes.length),
      [bytes.length],
    );
    const toldAgain: number[] = [];
    await obtainAModelFile(host, recordOf(bytes, [a]), { progress: (loaded) => toldAgain.push(loaded) });
    assert.deepEqual(toldAgain, [bytes.length]);
  });

  it("download a model file, step 3, and run a download, step 6: of an empty file there is no progress before it is verified", async () => {
    const empty = bytesOfLength(0);
    const told: number[] = [];
    const progress = (loaded: number) => told.push(loaded);
    await obtainAModelFile(agent(new Network()), recordOf(empty, [a]), { progress });
    assert.deepEqual(told, [0]);

    const record = recordOf(empty, [a], { digest: wholeFileDigest(bytesOfLength(1)) });
    await assert.rejects(obtainAModelFile(agent(new Network()), record, { progress }), notTheData);
    assert.deepEqual(told, [0]);
  });

  describe("from servers that do not send the file", () => {
    const bytes = bytesOfLength(3 * chunkSize + 5);
    const flipped = bytes.slice();
    flipped[chunkSize + 3]! ^= 1;
    const cases: [what: string, served: Parameters<Network["serve"]>[2], error: { name: string }][] = [
      ["fewer bytes", { endsAfter: 2 * chunkSize + 1 }, notTheData],
      ["more bytes", { goesOnFor: 1 }, notTheData],
      ["a connection that always breaks at once", { breaksAfter: 7 }, noNetwork],
      ["404", { status: 404 }, noNetwork],
      ["500", { status: 500 }, noNetwork],
      ["206 unasked", { status: 206 }, noNetwork],
      ["204", { status: 204 }, noNetwork],
    ];
    for (const [what, behaviour, error] of cases) {
      for (const withTable of [false, true]) {
        it(`${what}, ${withTable ? "with" : "without"} a table: an error, and nothing is there`, async () => {
          const network = new Network();
          network.serve(a, bytes, behaviour);
          const record = withTable ? recordWithTable(network, bytes, [a]) : recordOf(bytes, [a]);
          const host = agent(network);
          await assert.rejects(obtainAModelFile(host, record), error);
          assert.deepEqual(await digestsOfWholeEntries(host), []);
          assert.equal(await lookUpAModelFile(host, record.digest), null);

          network.serve(a, bytes);
          assert.deepEqual(await contentOf(await obtainAModelFile(host, record)), bytes);
        });
      }
    }

    it("run a download, step 15: of other bytes not even a part is kept without a table", async () => {
      const network = new Network();
      const folder = new MemoryFolder();
      const host = agent(network, folder);
      network.serve(a, flipped);
      await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a])), notTheData);
      assert.deepEqual(await namesOfEntries(folder), []);
      assert.equal(network.requests.length, 1);
    });

    it("fetch a run, step 8: a range that the server's file does not have", async () => {
      const network = new Network();
      network.serve(a, bytes, { breaksAfter: 3 * chunkSize, ignoresRanges: true });
      const host = agent(network);
      await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a])), noNetwork);
      network.serve(a, bytes.slice(0, 3 * chunkSize));
      await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a])), notTheData);
      network.serve(a, bytes);
      assert.deepEqual(await contentOf(await obtainAModelFile(host, recordOf(bytes, [a]))), bytes);
    });

    it("an HTML page in place of a small file", async () => {
      const network = new Network();
      network.serve(a, new TextEncoder().encode("<!doctype html>"));
      await assert.rejects(obtainAModelFile(agent(network), recordOf(bytes, [a])), notTheData);
    });

    it("a size that is not the file's", async () => {
      const network = new Network();
      network.serve(a, bytes);
      const host = agent(network);
      for (const size of [0, 1, bytes.length - 1, bytes.length + 1, 2 ** 34]) {
        await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a], { size })), notTheData, `${size}`);
      }
      await obtainAModelFile(host, recordOf(bytes, [a]));
      await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a], { size: 1 })), notTheData);
    });

    it("tries the next URL, from zero without a table, and for the bad chunk alone with one", async () => {
      const network = new Network();
      network.serve(a, flipped);
      network.serve(b, bytes);
      const without = recordOf(bytes, [a, b]);
      assert.deepEqual(await contentOf(await obtainAModelFile(agent(network), without)), bytes);
      assert.deepEqual(
        network.requests.map(({ url, range }) => [url, range]),
        [
          [a, null],
          [b, null],
        ],
      );

      network.requests.length = 0;
      const record = recordWithTable(network, bytes, [a, b]);
      assert.deepEqual(await contentOf(await obtainAModelFile(agent(network), record)), bytes);
      assert.deepEqual(
        network.requests.slice(1).map(({ url, range }) => [url, range]),
        [
          [a, null],
          [b, `bytes=${chunkSize}-${bytes.length - 1}`],
        ],
      );
    });

    it("fill an entry, step 2: keeps a good beginning when the next server is a bad one", async () => {
      const network = new Network();
      const others = bytesOfLength(bytes.length, 8);
      network.serve(a, bytes, { breaksAfter: 2 * chunkSize + 10, ignoresRanges: true });
      network.serve(b, others, { ignoresRanges: true, endsAfter: 3 * chunkSize + 1 });
      const c = network.serve("https://c.example/file", bytes);
      const record = recordOf(bytes, [a, b, c]);
      assert.deepEqual(await contentOf(await obtainAModelFile(agent(network), record)), bytes);
      const requestsToC = network.requests.filter(({ url }) => url === c).map(({ range }) => range);
      assert.deepEqual(requestsToC, [`bytes=${2 * chunkSize}-${bytes.length - 1}`]);
    });

    it("fill an entry, steps 9 and 13: begins again from zero where bytes of two servers do not make the file", async () => {
      const network = new Network();
      network.serve(a, flipped, { breaksAfter: 2 * chunkSize + 10, ignoresRanges: true });
      network.serve(b, bytes);
      assert.deepEqual(
        await contentOf(await obtainAModelFile(agent(network), recordOf(bytes, [a, b]))),
        bytes,
      );
    });

    it("obtain a chunk table, step 4.4: passes over a chunk table that is not the one that was named", async () => {
      const network = new Network();
      network.serve(a, bytes);
      const record = recordWithTable(network, bytes, [a]);
      const others = tableOf(bytesOfLength(bytes.length, 8));
      for (const table of [others, bytesOfLength(20 + 32 * 4), bytesOfLength(10), bytesOfLength(10_000)]) {
        network.serve("https://example.com/table", table);
        assert.deepEqual(await contentOf(await obtainAModelFile(agent(network), record)), bytes);
      }
      network.servers.delete("https://example.com/table");
      assert.deepEqual(await contentOf(await obtainAModelFile(agent(network), record)), bytes);
    });

    it("run a download, step 10: drops what was stored without a table and is not in it", async () => {
      const network = new Network();
      network.serve(a, flipped, { breaksAfter: 3 * chunkSize, ignoresRanges: true });
      const host = agent(network);
      await assert.rejects(obtainAModelFile(host, recordOf(bytes, [a])), noNetwork);
      network.serve(a, bytes);
      network.requests.length = 0;
      await obtainAModelFile(host, recordWithTable(network, bytes, [a], wholeFileDigest(bytes)));
      assert.deepEqual(
        network.requests.slice(1).map(({ range }) => range),
        [`bytes=${chunkSize}-${2 * chunkSize - 1}`, `bytes=${3 * chunkSize}-${bytes.length - 1}`],
      );
    });
  });

  describe("that was interrupted", () => {
    const bytes = bytesOfLength(10 * chunkSize + 5);

    it("prepare an entry, steps 1.1 and 7: is stored from the first chunk on, under no name yet", async () => {
      const network = new Network();
      const release = Promise.withResolvers<undefined>();
      network.serve(a, bytes, { holdsAfter: chunkSize + 1, until: release.promise });
      const folder = new MemoryFolder();
      const host = agent(network, folder);
      const obtaining = obtainAModelFile(host, recordOf(bytes, [a]));
      await until(() => network.bytesTaken > chunkSize);
      const kinds = (await namesOfEntries(folder)).map((name) => name.replace(/^.*\./, "")).toSorted();
      assert.deepEqual(kinds, ["hashes", "partial"]);
      assert.deepEqual(await digestsOfWholeEntries(host), []);
      release.resolve(undefined);
      await obtaining;
    });

    for (const [what, ignoresRanges] of [
      ["where it broke", false],
      ["from zero where the server knows no ranges", true],
    ] as const) {
      it(`goes on ${what}`, async () => {
        const network = new Network();
        const folder = new MemoryFolder();
        network.serve(a, bytes, { breaksAfter: 3 * chunkSize + 9, ignoresRanges: true });
        await assert.rejects(obtainAModelFile(agent(network, folder), recordOf(bytes, [a])), noNetwork);
        const taken = network.bytesTaken;

        network.serve(a, bytes, { ignoresRanges });
        const told: number[] = [];
        const file = await obtainAModelFile(agent(network, folder), recordOf(bytes, [a]), {
          progress: (loaded) => told.push(loaded),
        });
        assert.deepEqual(await contentOf(file), bytes);
        assert.ok(told[1]! >= 3 * chunkSize);
        const again = network.bytesTaken - taken;
        if (ignoresRanges) assert.equal(again, bytes.length);
        else assert.ok(again <= bytes.length - 3 * chunkSize);
      });
    }

    it("fetch a run, steps 13.5.1, 13.6 and 15: fetches no byte of a chunk twice that had come, however often the connection breaks", async () => {
      const network = new Network();
      network.pieceLength = chunkSize / 4;
      network.serve(a, bytes, { breaksAfter: 2.5 * chunkSize });
      const file = await obtainAModelFile(agent(network), recordOf(bytes, [a]));
      assert.deepEqual(await contentOf(file), bytes);
      const interruptions = network.requests.length - 1;
      assert.ok(interruptions > 3);
      assert.ok(network.bytesTaken <= bytes.length + interruptions * chunkSize);
    });

    it("takes it for another's word where the range is not the one it asked for", async () => {
      const network = new Network();
      network.serve(a, bytes, { breaksAfter: 2 * chunkSize, liesAboutRanges: true });
      await assert.rejects(obtainAModelFile(agent(network), recordOf(bytes, [a])), notTheData);
    });

    it("prepare an entry, step 1.3: begins anew when it is asked for in chunks of another size", async () => {
      const network = new Network();
      const host = agent(network);
      network.serve(a, bytes, { breaksAfter: 2 * chunkSize });
      await assert.rejects(
        obtainAModelFile(host, recordOf(bytes, [a], { chunks: { size: 4 * chunkSize, urls: [] } })),
        noNetwork,
      );
      network.serve(a, bytes);
      assert.deepEqual(await contentOf(await obtainAModelFile(host, recordOf(bytes, [a]))), bytes);
    });
  });

  describe("for several requesters", () => {
    const bytes = bytesOfLength(4 * chunkSize);

    it("join a download, steps 4, 5.3 and 6, and run a download, step 2: makes one download, also between agents of one storage key", async () => {
      const network = new Network();
      const release = Promise.withResolvers<undefined>();
      network.serve(a, bytes, { holdsAfter: 100, until: release.promise });
      const folder = new WatchedFolder();
      const locks = new Turns();
      const one = agent(network, folder, locks);
      const other = agent(network, folder, locks);
      const obtaining = [one, one, other].map((host) => obtainAModelFile(host, recordOf(bytes, [a])));
      release.resolve(undefined);
      for (const file of await Promise.all(obtaining)) assert.deepEqual(await contentOf(file), bytes);
      assert.equal(network.requests.length, 1);
      assert.equal(folder.renames, 1, "what is whole is left alone");
    });

    it("download a model file, step 3: tells who joins how far it is", async () => {
      const network = new Network();
      const release = Promise.withResolvers<undefined>();
      network.serve(a, bytes, { holdsAfter: chunkSize + 1, until: release.promise });
      const host = agent(network);
      const first = obtainAModelFile(host, recordOf(bytes, [a]));
      await until(() => network.bytesTaken > chunkSize);
      const told: number[] = [];
      const second = obtainAModelFile(host, recordOf(bytes, [a]), {
        progress: (loaded) => told.push(loaded),
      });
      await until(() => told.length > 0);
      assert.ok(told[0]! >= chunkSize);
      release.resolve(undefined);
      await Promise.all([first, second]);
    });

    it("run a download, step 14: does not let anyone join who comes too late", async () => {
      const network = new Network();
      network.serve(b, bytes);
      const folder = new WatchedFolder();
      const removing = Promise.withResolvers<undefined>();
      folder.beforeRemoving = removing.promise;
      const host = agent(network, folder);
      const early = obtainAModelFile(host, recordOf(bytes, [a]));
      early.catch(() => undefined);
      await until(() => folder.isRemoving);
      const told: number[] = [];
      const late = obtainAModelFile(host, recordOf(bytes, [b]), { progress: (loaded) => told.push(loaded) });
      await until(() => told.length > 0);
      removing.resolve(undefined);
      await assert.rejects(early, noNetwork);
      assert.deepEqual(await contentOf(await late), bytes);
    });

    it("join a download, step 2.2: tries the URLs of all of them", async () => {
      const network = new Network();
      const release = Promise.withResolvers<undefined>();
      network.serve(a, bytes, { holdsAfter: 0, until: release.promise, breaksAfter: 0 });
      network.serve(b, bytes);
      const host = agent(network);
      const obtaining = [
        obtainAModelFile(host, recordOf(bytes, [a])),
        obtainAModelFile(host, recordOf(bytes, [a, b])),
      ];
      await until(() => network.requests.length === 1);
      release.resolve(undefined);
      await Promise.all(obtaining);
      assert.deepEqual(
        network.requests.map(({ url }) => url),
        [a, b],
      );
    });

    it("join a download, step 2: does not let one with another's chunks spoil it for another", async () => {
      const network = new Network();
      network.serve(a, bytes);
      const host = agent(network);
      const wrong = recordWithTable(network, bytesOfLength(bytes.length, 8), [a], wholeFileDigest(bytes));
      const obtaining = [wrong, recordOf(bytes, [a])].map((record) => obtainAModelFile(host, record));
      await assert.rejects(obtaining[0]!, notTheData);
      assert.deepEqual(await contentOf(await obtaining[1]!), bytes);
    });

    it("join a download, step 2: does not let one with a wrong size spoil it for another", async () => {
      const network = new Network();
      network.serve(a, bytes);
      const host = agent(network);
      const [wrong, right] = await Promise.allSettled([
        obtainAModelFile(host, recordOf(bytes, [a], { size: 1 })),
        obtainAModelFile(host, recordOf(bytes, [a])),
      ]);
      assert.equal(wrong.status, "rejected");
      assert.equal(right.status, "fulfilled");
    });

    it("download a model file, step 6.1: goes on for the others when one is aborted, and ends with the last", async () => {
      const network = new Network();
      const release = Promise.withResolvers<undefined>();
      network.serve(a, bytes, { holdsAfter: 3 * chunkSize, until: release.promise });
      const host = agent(network);
      const [first, second] = [new AbortController(), new AbortController()];
      const reason = new Error("enough");
      const obtaining = [first, second].map(({ signal }) =>
        obtainAModelFile(host, recordOf(bytes, [a]), { signal }),
      );
      obtaining.forEach(markAsHandled);
      await until(() => network.bytesTaken === 3 * chunkSize);
      first.abort(reason);
      await assert.rejects(obtaining[0]!, reason);
      assert.equal(network.requests[0]!.isAborted, false);
      second.abort(reason);
      await assert.rejects(obtaining[1]!, reason);
      assert.equal(network.requests[0]!.isAborted, true);

      network.serve(a, bytes);
      assert.deepEqual(await contentOf(await obtainAModelFile(host, recordOf(bytes, [a]))), bytes);
      assert.ok(network.bytesTaken <= bytes.length + chunkSize);
    });

    it("download a model file, step 5: tells no more to whoever was aborted", async () => {
      const network = new Network();
      const release = Promise.withResolvers<undefined>();
      network.serve(a, bytes, { holdsAfter: chunkSize, until: release.promise });
      const host = agent(network);
      const controller = new AbortController();
      const told = [0, 0];
      const [aborted, going] = [{ signal: controller.signal }, {}].map(
        (options: { signal?: AbortSignal }, at) =>
          obtainAModelFile(host, recordOf(bytes, [a]), { ...options, progress: () => (told[at]! += 1) }),
      );
      await until(() => network.bytesTaken === chunkSize);
      controller.abort(new Error("enough"));
      await assert.rejects(aborted!, /enough/);
      const [before, beforeOfTheOther] = told;
      release.resolve(undefined);
      await going;
      assert.equal(told[0], before);
      assert.ok(told[1]! > beforeOfTheOther! + 1);
    });

    it("obtain a model file, step 3: makes no request for a signal that is aborted while it looks", async () => {
      const network = new Network();
      network.serve(a, bytes);
      const controller = new AbortController();
      const obtaining = obtainAModelFile(agent(network), recordOf(bytes, [a]), { signal: controller.signal });
      controller.abort(new Error("enough"));
      await assert.rejects(obtaining, /enough/);
      assert.equal(network.requests.length, 0);
    });

    it("obtain a model file, step 3: lets go of whoever is aborted while the store does not answer", async () => {
      const folder = new MemoryFolder();
      folder.size = () => new Promise<never>(() => undefined);
      const controller = new AbortController();
      const obtaining = obtainAModelFile(agent(new Network(), folder), recordOf(bytes, [a]), controller);
      controller.abort(new Error("enough"));
      await assert.rejects(obtaining, /enough/);
    });

    it("obtain a model file, step 3: gives no file to whoever was aborted, stored or not", async () => {
      const network = new Network();
      network.serve(a, bytes);
      const host = agent(network);
      await obtainAModelFile(host, recordOf(bytes, [a]));
      const controller = new AbortController();
      const obtaining = obtainAModelFile(host, recordOf(bytes, [a]), { signal: controller.signal });
      controller.abort(new Error("enough"));
      await assert.rejects(obtaining, /enough/);
    });

    it("download a model file, step 4: lets go of whoever waits for another agent's download", async () => {
      const network = new Network();
      const release = Promise.withResolvers<undefined>();
      network.serve(a, bytes, { holdsAfter: 100, until: release.promise });
      const [folder, locks] = [new MemoryFolder(), new Turns()];
      const going = obtainAModelFile(agent(network, folder, locks), recordOf(bytes, [a]));
      await until(() => network.requests.length === 1);
      const controller = new AbortController();
      const waiting = obtainAModelFile(agent(network, folder, locks), recordOf(bytes, [a]), controller);
      controller.abort(new Error("enough"));
      await assert.rejects(waiting, /enough/);
      release.resolve(undefined);
      await going;
      assert.equal(network.requests.length, 1);
    });
  });
});

describe("delete a model file", () => {
  const bytes = bytesOfLength(2 * chunkSize);

  it("takes a whole file away, and says whether there was one", async () => {
    const network = new Network();
    network.serve(a, bytes);
    const folder = new MemoryFolder();
    const host = agent(network, folder);
    const record = recordOf(bytes, [a]);
    assert.equal(await deleteAModelFile(record.digest, host), false);
    const file = await obtainAModelFile(host, record);
    assert.equal(await deleteAModelFile(record.digest, host), true);
    assert.equal(await deleteAModelFile(record.digest, host), false);
    assert.deepEqual(await namesOfEntries(folder), []);
    await assert.rejects(file.arrayBuffer(), { name: "NotFoundError" });
    assert.deepEqual(await contentOf(await obtainAModelFile(host, record)), bytes);
    assert.deepEqual(await contentOf(file), bytes, "the same bytes are there again");
  });

  it("takes away what was left unfinished, and no download that is under way", async () => {
    const network = new Network();
    network.serve(a, bytes, { breaksAfter: chunkSize, ignoresRanges: true });
    const folder = new MemoryFolder();
    const host = agent(network, folder);
    const record = recordOf(bytes, [a]);
    await assert.rejects(obtainAModelFile(host, record), noNetwork);
    assert.notDeepEqual(await namesOfEntries(folder), []);
    assert.equal(await deleteAModelFile(record.digest, host), false);
    await until(async () => (await namesOfEntries(folder)).length === 0);

    const release = Promise.withResolvers<undefined>();
    network.serve(a, bytes, { holdsAfter: chunkSize, until: release.promise });
    const before = network.requests.length;
    const obtaining = obtainAModelFile(host, record);
    await until(() => network.requests.length > before);
    assert.equal(await deleteAModelFile(record.digest, host), false);
    release.resolve(undefined);
    assert.deepEqual(await contentOf(await obtaining), bytes);
  });

  it("delete a model file, step 2.4: says that the file is still there where the disk keeps it", async () => {
    const network = new Network();
    network.serve(a, bytes);
    const folder = new MemoryFolder();
    const host = agent(network, folder);
    const record = recordOf(bytes, [a]);
    await obtainAModelFile(host, record);
    folder.remove = () => Promise.reject(new Error("busy"));
    assert.equal(await deleteAModelFile(record.digest, host), false);
    assert.notEqual(await lookUpAModelFile(host, record.digest), null);
  });

  it("delete a model file, step 2.4: takes what is in memory away at once, whoever downloads the same", async () => {
    const network = new Network();
    network.serve(a, bytes);
    const locks = new Turns();
    const host: Host = { ...agent(network, new MemoryFolder(), locks), folder: async () => null };
    const { digest } = await obtainAModelFile(host, recordOf(bytes, [a]));
    const end = await locks.take(`model-cache ${digest}`, "write");
    assert.equal(await deleteAModelFile(digest, host), true);
    assert.equal(await lookUpAModelFile(host, digest), null);
    end();
  });

  it("delete a model file, step 2.3: a download of another agent that is cut off keeps what it has brought", async () => {
    const network = new Network();
    const release = Promise.withResolvers<undefined>();
    network.serve(a, bytes, { holdsAfter: chunkSize + 1, until: release.promise, ignoresRanges: true });
    const folder = new MemoryFolder();
    const locks = new Turns();
    const record = recordOf(bytes, [a]);
    const controller = new AbortController();
    const { signal } = controller;
    const obtaining = obtainAModelFile(agent(network, folder, locks), record, { signal });
    await until(() => network.bytesTaken > chunkSize);
    const other = agent(new Network(), folder, locks);
    assert.equal(await deleteAModelFile(record.digest, other), false);
    controller.abort(new Error("cut off"));
    await assert.rejects(obtaining, /cut off/);
    await locks.during(`model-cache ${record.digest}`, "write", async () => undefined);
    assert.notDeepEqual(await namesOfEntries(folder), []);
  });

  it("delete a model file, step 2.3: leaves what a download has brought, also when it breaks off", async () => {
    const network = new Network();
    const release = Promise.withResolvers<undefined>();
    network.serve(a, bytes, {
      holdsAfter: chunkSize + 1,
      until: release.promise,
      breaksAfter: chunkSize + 2,
      ignoresRanges: true,
    });
    const folder = new MemoryFolder();
    const locks = new Turns();
    const host = agent(network, folder, locks);
    const record = recordOf(bytes, [a]);
    const obtaining = obtainAModelFile(host, record);
    await until(() => network.bytesTaken > chunkSize);
    assert.equal(await deleteAModelFile(record.digest, host), false);
    release.resolve(undefined);
    await assert.rejects(obtaining, noNetwork);
    await obtainAModelFile(agent(new Network(), folder, locks), record).catch(() => undefined);
    assert.notDeepEqual(await namesOfEntries(folder), []);
  });
});

class WatchedFolder extends MemoryFolder {
  renames = 0;
  isRemoving = false;
  beforeRemoving: Promise<unknown> = Promise.resolve();

  override async rename(from: string, to: string): Promise<void> {
    if (to.endsWith(".whole")) this.renames += 1;
    await super.rename(from, to);
  }

  override async remove(name: string): Promise<void> {
    this.isRemoving = true;
    await this.beforeRemoving;
    await super.remove(name);
  }
}

/** Waits, task by task, for what is sure to come. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
