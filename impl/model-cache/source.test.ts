import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MemoryFolder } from "../host/memory-folder.ts";
import { markAsHandled } from "../infra/promise.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import { Network, agent, bytesOfLength, chunkSize, recordOf, recordWithTable } from "./scripted-host.test.ts";
import type { Behaviour } from "./scripted-host.test.ts";
import type { VerifiedFile } from "./verified-file.ts";

const a = "https://a.example/file";
const b = "https://b.example/file";
const bytes = bytesOfLength(3 * chunkSize + 5);
const noNetwork = { name: "NetworkError" };
const notTheData = { name: "DataError" };

async function contentOf(file: VerifiedFile): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

/** Who was asked, and when, in seconds. */
function asked(network: Network): (readonly [url: string, second: number])[] {
  return network.requests.map(({ url, moment }) => [url.slice(8, 9), moment / 1000] as const);
}

async function assertIsObtained(network: Network, urls: readonly string[]): Promise<void> {
  const file = await obtainAModelFile(agent(network), recordOf(bytes, urls));
  assert.deepEqual(await contentOf(file), bytes);
}

async function assertIsNotObtained(network: Network, urls: readonly string[], error: object): Promise<void> {
  await assert.rejects(obtainAModelFile(agent(network), recordOf(bytes, urls)), error);
}

const passing: Record<string, Behaviour> = {
  "status 408": { status: 408 },
  "status 429": { status: 429 },
  "status 502": { status: 502 },
  "status 503": { status: 503 },
  "status 504": { status: 504 },
  "a connection that broke": { breaksAfter: 7 },
};
const sixTimes = [0, 1, 3, 7, 15, 31];

describe("postpone a source", () => {
  for (const [what, behaviour] of Object.entries({
    "a network error": { refuses: true },
    "status 404": { status: 404 },
    "status 500": { status: 500 },
    "status 501": { status: 501 },
  } satisfies Record<string, Behaviour>)) {
    it(`step 1: ${what} of one that never brought anything is told at once`, async () => {
      const network = new Network();
      network.serve(a, bytes, behaviour);
      await assertIsNotObtained(network, [a], noNetwork);
      assert.deepEqual(asked(network), [["a", 0]]);
    });
  }

  for (const [what, behaviour] of Object.entries(passing)) {
    it(`steps 3, 4, 5, 6 and 7, and fetch a run, steps 7.2 and 13.4: ${what} is asked again six times in all, less and less often`, async () => {
      const network = new Network();
      network.serve(a, bytes, behaviour);
      await assertIsNotObtained(network, [a], noNetwork);
      assert.deepEqual(
        asked(network),
        sixTimes.map((second) => ["a", second]),
      );
    });

    it(`step 7, and run a download, steps 13.2.1 and 13.8: ${what} passes`, async () => {
      const network = new Network();
      network.serve(a, bytes, (number) => (number < 3 ? behaviour : {}));
      await assertIsObtained(network, [a]);
      assert.deepEqual(
        asked(network),
        sixTimes.slice(0, 4).map((second) => ["a", second]),
      );
    });
  }

  for (const [what, behaviour] of Object.entries({
    "a network error": { refuses: true },
    "status 403": { status: 403 },
    "status 500": { status: 500 },
  } satisfies Record<string, Behaviour>)) {
    it(`step 1: ${what} of one that has brought something passes, such as a signature that expired`, async () => {
      const network = new Network();
      network.serve(a, bytes, (number) => {
        if (number === 0) return { breaksAfter: chunkSize + 1 };
        return number < 4 ? behaviour : {};
      });
      await assertIsObtained(network, [a]);
      assert.deepEqual(asked(network), [
        ["a", 0],
        ["a", 0],
        ["a", 0],
        ["a", 1],
        ["a", 3],
      ]);
      assert.equal(network.requests.at(-1)!.range, `bytes=${chunkSize}-${bytes.length - 1}`);
    });
  }

  it("step 2, and fetch a run, step 13.5.2: whatever it brings, it has its six times again", async () => {
    const network = new Network();
    network.serve(a, bytes, (number) =>
      number % 5 === 4 ? { breaksAfter: chunkSize + 1 } : { status: 503 },
    );
    await assertIsObtained(network, [a]);
    assert.ok(network.requests.length > 15);
  });
});

describe("choose a source", () => {
  it("step 2: others come first where one has to wait", async () => {
    const network = new Network();
    network.serve(a, bytes, { status: 503 });
    network.serve(b, bytes);
    await assertIsObtained(network, [a, b]);
    assert.deepEqual(asked(network), [
      ["a", 0],
      ["b", 0],
    ]);
  });

  it("step 1: what is struck is not asked again", async () => {
    const network = new Network();
    network.serve(a, bytes, { status: 404 });
    network.serve(b, bytes, (number) => (number < 2 ? { status: 503 } : {}));
    await assertIsObtained(network, [a, b]);
    assert.deepEqual(asked(network), [
      ["a", 0],
      ["b", 0],
      ["b", 1],
      ["b", 3],
    ]);
  });

  it("step 3: where all have to wait, it is the one that need not wait for long", async () => {
    const network = new Network();
    network.serve(a, bytes, { status: 503, headers: { "retry-after": "5" } });
    network.serve(b, bytes, { status: 503 });
    await assertIsNotObtained(network, [a, b], noNetwork);
    assert.deepEqual(asked(network).slice(0, 6), [
      ["a", 0],
      ["b", 0],
      ["b", 1],
      ["b", 3],
      ["a", 5],
      ["b", 7],
    ]);
  });
});

describe("let a source rest", () => {
  const asksFor = (value: string, date: string | null = null): Behaviour => ({
    status: 429,
    headers: { "retry-after": value, date },
  });

  it("step 6, and fetch a run, step 7.1: it rests for as long as it says", async () => {
    const network = new Network();
    network.serve(a, bytes, (number) => (number === 0 ? asksFor("60") : {}));
    await assertIsObtained(network, [a]);
    assert.deepEqual(asked(network), [
      ["a", 0],
      ["a", 60],
    ]);
  });

  const now = Date.UTC(2026, 10, 23);
  const inSeconds = (seconds: number) => new Date(now + seconds * 1000).toUTCString();

  for (const wrong of [-7200, -120, 120]) {
    it(`step 2, and parse a retry delay, step 4: or until the date that it says, by its own clock, be that ${wrong} seconds from ours`, async () => {
      const network = new Network();
      const asking = asksFor(inSeconds(wrong + 40), inSeconds(wrong));
      network.serve(a, bytes, (number) => (number === 0 ? asking : {}));
      const host = { ...agent(network), wallClock: () => now };
      await obtainAModelFile(host, recordOf(bytes, [a]));
      assert.equal(network.requests[1]!.moment, 40_000);
    });
  }

  it("step 4, and parse a retry delay, step 6: a date that can only be held against a wrong clock says nothing", async () => {
    const network = new Network();
    network.serve(a, bytes, (number) => (number === 0 ? asksFor(inSeconds(125)) : {}));
    await obtainAModelFile({ ...agent(network), wallClock: () => now }, recordOf(bytes, [a]));
    assert.equal(network.requests[1]!.moment, 1000);
  });

  for (const value of ["61", "99999999", "9".repeat(400), inSeconds(1e6)]) {
    it(`step 5: nobody waits for ${value.slice(0, 30)}`, async () => {
      const network = new Network();
      network.serve(a, bytes, asksFor(value, inSeconds(0)));
      await assertIsNotObtained(network, [a], noNetwork);
      assert.deepEqual(asked(network), [["a", 0]]);
    });
  }

  it("step 4, and postpone a source, step 7: less than the usual time, or nonsense, is the usual time", async () => {
    for (const value of ["0", "soon", "-5"]) {
      const network = new Network();
      network.serve(a, bytes, asksFor(value));
      await assertIsNotObtained(network, [a], noNetwork);
      assert.deepEqual(
        asked(network),
        sixTimes.map((second) => ["a", second]),
      );
    }
  });
});

describe("a download that waits", () => {
  it("join a download, step 2.2, and run a download, step 13.2.1: goes on at once with the URL of whoever joins", async () => {
    const network = new Network();
    network.serve(a, bytes, { status: 503, headers: { "retry-after": "50" } });
    network.serve(b, bytes);
    const host = agent(network);
    const first = obtainAModelFile(host, recordOf(bytes, [a]));
    const waiting = Promise.withResolvers<undefined>();
    host.wait = async (milliseconds, signal) => {
      if (milliseconds === 50_000) waiting.resolve(undefined);
      await (milliseconds === 50_000
        ? new Promise(() => undefined)
        : network.time.wait(milliseconds, signal));
    };
    await waiting.promise;
    const second = obtainAModelFile(host, recordOf(bytes, [b]));
    for (const file of await Promise.all([first, second])) assert.deepEqual(await contentOf(file), bytes);
    assert.deepEqual(asked(network), [
      ["a", 0],
      ["b", 0],
    ]);
  });

  it("abandon a download, step 2: ends when nobody waits for it any more", async () => {
    const network = new Network();
    network.serve(a, bytes, { status: 503 });
    const host = agent(network);
    const controller = new AbortController();
    const waits: number[] = [];
    host.wait = async (milliseconds, signal) => {
      waits.push(milliseconds);
      if (waits.length > 3) controller.abort(new Error("enough"));
      await network.time.wait(milliseconds, signal);
    };
    const obtaining = obtainAModelFile(host, recordOf(bytes, [a]), { signal: controller.signal });
    await assert.rejects(obtaining, /enough/);
    const requests = network.requests.length;
    await network.time.wait(100_000);
    assert.equal(network.requests.length, requests);

    network.serve(a, bytes);
    assert.deepEqual(await contentOf(await obtainAModelFile(host, recordOf(bytes, [a]))), bytes);
  });
});

describe("a fetch that stalls", () => {
  it("fetch a run, step 6: is ended after the stall time where there is no response, and counts as broken", async () => {
    const network = new Network();
    network.serve(a, bytes, (number) => (number < 2 ? { stallsAfter: -1 } : {}));
    await assertIsObtained(network, [a]);
    assert.deepEqual(asked(network), [
      ["a", 0],
      ["a", 31],
      ["a", 63],
    ]);
    assert.deepEqual(
      network.requests.map(({ isAborted }) => isAborted),
      [true, true, false],
    );
  });

  it("fetch a run, step 13.2: is ended in the middle, and what had come is kept", async () => {
    const network = new Network();
    network.serve(a, bytes, { stallsAfter: 2 * chunkSize + 7 });
    network.serve(b, bytes);
    await assertIsObtained(network, [a, b]);
    assert.deepEqual(asked(network), [
      ["a", 0],
      ["b", 30],
    ]);
    assert.equal(network.requests[0]!.isAborted, true);
    assert.equal(network.requests[1]!.range, `bytes=${2 * chunkSize}-${bytes.length - 1}`);
  });

  it("fetch a run, step 14: also where all has come, and more could come", async () => {
    const network = new Network();
    network.serve(a, bytes, { stallsAfter: bytes.length, goesOnFor: 1 });
    await assertIsObtained(network, [a]);
    assert.equal(network.time.now(), 30_000);
  });

  it("obtain a chunk table, step 4.2: is ended for a chunk table, too", async () => {
    const network = new Network();
    network.serve(a, bytes);
    for (const stallsAfter of [-1, 10]) {
      const record = recordWithTable(network, bytes, [a]);
      const { bytes: table } = network.servers.get("https://example.com/table")!;
      network.serve("https://example.com/table", table, { stallsAfter });
      const file = await obtainAModelFile(agent(network), record);
      assert.deepEqual(await contentOf(file), bytes);
    }
    assert.equal(network.time.now(), 60_000);
  });

  /** Sends a hundred bytes every quarter of a minute. */
  const trickling: Behaviour = { pauses: 15_000 };

  it("fetch a run, step 13.2: is ended where too little comes, and there is another source", async () => {
    const network = new Network();
    network.pieceLength = 100;
    network.serve(a, bytes, trickling);
    network.serve(b, bytes);
    await assertIsObtained(network, [a, b]);
    assert.deepEqual(asked(network), [
      ["a", 0],
      ["b", 30],
    ]);
    assert.equal(network.requests[0]!.isAborted, true);
  });

  it("fetch a run, step 13.2: is ended where a source begins to trickle in the midst of a chunk", async () => {
    const network = new Network();
    network.pieceLength = 100;
    network.serve(a, bytes, { ...trickling, pausesFrom: 20_000 });
    network.serve(b, bytes);
    await assertIsObtained(network, [a, b]);
    assert.deepEqual(asked(network), [
      ["a", 0],
      ["b", 60],
    ]);
  });

  it("does not: one that trickles where nobody else is left", async () => {
    const network = new Network();
    network.pieceLength = 100;
    network.serve(a, bytes, trickling);
    network.serve(b, bytes, { status: 404 });
    await assertIsObtained(network, [b, a]);
    assert.equal(network.requests.length, 2);
  });

  it("does not: one that sends 16384 bytes by several fetches together", async () => {
    const network = new Network();
    network.pieceLength = 6000;
    network.rangeLength = chunkSize;
    network.serve(a, bytes, (number) => (number === 0 ? {} : { pauses: 14_000 }));
    network.serve(b, bytes);
    await assertIsObtained(network, [a, b]);
    assert.equal(network.mostUnderWay, 3);
    assert.deepEqual(
      network.requests.map((request) => request.url),
      [a, a, a, a],
    );
  });

  it("does not: one that sends 16384 bytes within the stall time", async () => {
    const network = new Network();
    network.pieceLength = 8192;
    network.serve(a, bytes, { pauses: 14_000 });
    network.serve(b, bytes);
    await assertIsObtained(network, [a, b]);
    assert.equal(network.requests.length, 1);
  });

  it("obtain a chunk table, step 4.2: is ended for a chunk table of which too little comes", async () => {
    const network = new Network();
    network.pieceLength = 10;
    network.serve(a, bytes);
    const record = recordWithTable(network, bytes, [a]);
    const { bytes: table } = network.servers.get("https://example.com/table")!;
    network.serve("https://example.com/table", table, trickling);
    const file = await obtainAModelFile(agent(network), record);
    assert.deepEqual(await contentOf(file), bytes);
    assert.equal(network.time.now(), 30_000);
  });

  it("does not: one that is slow", async () => {
    const network = new Network();
    network.serve(a, bytes, { pauses: 29_000 });
    await assertIsObtained(network, [a]);
    assert.equal(network.requests.length, 1);
    assert.ok(network.time.now() > 10 * 29_000);
  });
});

describe("fill an entry", () => {
  const other = bytesOfLength(bytes.length, 8);
  const another = bytesOfLength(bytes.length, 9);

  it("steps 7 and 11: begins anew with each of two that lie but once, and comes to an end", async () => {
    const network = new Network();
    /** Brings half, rests until the other one has brought the other half, and so on. */
    const takesTurns = (number: number): Behaviour =>
      number % 2 === 0 ? { breaksAfter: 2 * chunkSize + 1 } : { status: 503 };
    network.serve(a, other, takesTurns);
    network.serve(b, another, takesTurns);
    await assertIsNotObtained(network, [a, b], notTheData);
    assert.ok(network.bytesTaken <= 2 * 3 * (bytes.length + chunkSize), `${network.bytesTaken}`);
    assert.ok(network.requests.length < 30, `${network.requests.length}`);
  });

  it("steps 10.1 and 10.2: bytes that the table names and the digest does not are fetched once, whoever else has them", async () => {
    const network = new Network();
    network.serve(a, other);
    network.serve(b, other);
    const { treeDigest, chunkTableURLs } = recordWithTable(network, other, [a]);
    const record = { ...recordOf(bytes, [a, b]), treeDigest, chunkTableURLs };
    await assert.rejects(obtainAModelFile(agent(network), record), notTheData);
    const ofFiles = network.requests.filter(({ url }) => url === a || url === b);
    assert.equal(
      ofFiles.reduce((sum, { taken }) => sum + taken, 0),
      bytes.length,
    );
  });

  it("step 2: what another one had brought is kept", async () => {
    const network = new Network();
    network.serve(a, bytes, (number) => (number === 0 ? { stallsAfter: 2 * chunkSize } : {}));
    network.serve(b, other, { endsAfter: chunkSize + 1, headers: { "content-range": "bytes 0-1/9" } });
    const folder = new MemoryFolder();
    const file = await obtainAModelFile(agent(network, folder), recordOf(bytes, [a, b]));
    assert.deepEqual(await contentOf(file), bytes);
    assert.equal(network.requests.at(-1)!.range, `bytes=${2 * chunkSize}-${bytes.length - 1}`);
  });

  it("step 10.2: of such bytes none is fetched twice, also where two have brought them", async () => {
    const network = new Network();
    network.serve(a, other, (number) =>
      number === 0 ? { breaksAfter: 2 * chunkSize + 1 } : { status: 503 },
    );
    network.serve(b, other);
    const { treeDigest, chunkTableURLs } = recordWithTable(network, other, [a]);
    const record = { ...recordOf(bytes, [a, b]), treeDigest, chunkTableURLs };
    await assert.rejects(obtainAModelFile(agent(network), record), notTheData);
    assert.deepEqual(
      network.requests.filter(({ url }) => url === b).map(({ range }) => range),
      [`bytes=${2 * chunkSize}-${bytes.length - 1}`],
    );
  });

  it("steps 7, 9 and 11: does not blame who had brought one half earlier and the other one now", async () => {
    const network = new Network();
    network.serve(a, bytes, (number) => {
      if (number === 0) return { breaksAfter: 2 * chunkSize + 1 };
      return number === 1 ? { status: 503 } : {};
    });
    network.serve(b, other, (number) => {
      if (number === 1) return { breaksAfter: 2 * chunkSize + 1 };
      return number === 2 ? { status: 503 } : {};
    });
    await assertIsObtained(network, [a, b]);
    assert.deepEqual(
      network.requests.map(({ url }) => url.slice(8, 9)),
      ["a", "a", "b", "b", "b", "a", "a"],
    );
  });

  it("steps 11 and 12: whoever was once asked for all anew, and has no more than a half, is not asked so again", async () => {
    const network = new Network();
    network.serve(a, other, (_number, { range }) =>
      range === null ? { breaksAfter: 2 * chunkSize + 1 } : { status: 503 },
    );
    network.serve(b, another, (_number, { range }) => (range === null ? { status: 503 } : {}));
    await assertIsNotObtained(network, [a, b], notTheData);
    const ofB = network.requests.filter(({ url, taken }) => url === b && taken > 0);
    assert.equal(ofB.length, 2);
  });

  it("step 9: whoever brought what was dropped has not brought it any more", async () => {
    const network = new Network();
    network.serve(a, other, (number) =>
      number === 0 ? { breaksAfter: 2 * chunkSize + 1 } : { status: 503 },
    );
    network.serve(b, bytes);
    const obtaining = obtainAModelFile(agent(network), recordOf(bytes, [a, b]));
    markAsHandled(obtaining);
    assert.deepEqual(await contentOf(await obtaining), bytes);
  });
});
