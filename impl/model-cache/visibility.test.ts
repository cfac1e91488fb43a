import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CrossSite, Host, ProbeLedger } from "../host/host.ts";
import { MemoryFolder } from "../host/memory-folder.ts";
import { Turns } from "../host/turns.ts";
import { deleteAModelFile } from "./delete-a-model-file.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import { Network, agent, bytesOfLength, chunkSize, recordOf, wholeFileDigest } from "./scripted-host.test.ts";
import type { Bytes } from "./scripted-host.test.ts";
import { decideTheVisibility } from "./visibility.ts";

const popular = Array.from({ length: 10 }, (_, index) => bytesOfLength(2 * chunkSize + index, index + 1));
const rare = bytesOfLength(chunkSize, 99);
const urlOf = (bytes: Bytes) => `https://a.example/${bytes.length}`;

interface Circumstances {
  /** What the shared store has. */
  shared?: readonly Bytes[];
  hasCrossSiteAncestor?: boolean;
  hasStickyActivation?: boolean;
  origin?: string;
  spentBits?: number;
  /** What of the shared files has gone bad. */
  isBad?: boolean;
}

/** A site in a user agent, whose ledger says in what order it was kept and the store was looked into. */
class Site {
  readonly network = new Network();
  readonly files = new Map<string, Bytes>();
  readonly decisions: ProbeLedger["decisions"] = new Map();
  readonly order: string[] = [];
  readonly ledger: ProbeLedger;
  readonly host: Host;

  constructor({
    shared = [],
    hasCrossSiteAncestor = false,
    hasStickyActivation = true,
    origin = "https://a.example",
    spentBits = 0,
    isBad = false,
  }: Circumstances = {}) {
    for (const bytes of shared) this.files.set(wholeFileDigest(bytes), bytes);
    for (const bytes of [...popular, rare]) this.network.serve(urlOf(bytes), bytes);
    const turns = new Turns();
    this.ledger = {
      decisions: this.decisions,
      spentBits,
      keep: async () => {
        this.order.push(`keep ${this.spentBits}`);
      },
    };
    const crossSite: CrossSite = {
      popularList: new Set(popular.map(wholeFileDigest)),
      hasCrossSiteAncestor: () => hasCrossSiteAncestor,
      hasStickyActivation: () => hasStickyActivation,
      withTheProbeLedger: (of, steps) => turns.during(of, "write", () => steps(this.ledger)),
      sharedFile: async (digest) => {
        this.order.push("look");
        const bytes = this.files.get(digest);
        const readBytes = async (offset: number, end: number) =>
          isBad && offset > 0 ? null : bytes!.slice(offset, end);
        return bytes === undefined ? null : { size: bytes.length, readBytes };
      },
    };
    this.host = { ...agent(this.network, new MemoryFolder(), turns), origin, crossSite };
  }

  async fetch(bytes: Bytes): Promise<void> {
    const file = await obtainAModelFile(this.host, recordOf(bytes, [urlOf(bytes)]));
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
  }

  get asked(): (string | null)[] {
    return this.network.requests.map(({ url, range }) => `${url} ${range}`);
  }

  get spentBits(): number {
    return this.ledger.spentBits;
  }

  decide(bytes: Bytes): Promise<"visible" | "hidden"> {
    return decideTheVisibility(this.host, wholeFileDigest(bytes));
  }
}

/** What a page and a server see must be the same in two worlds that differ in the shared store alone. */
function sameInTwoWorlds(
  title: string,
  circumstances: Circumstances,
  page: (site: Site) => Promise<unknown>,
): void {
  it(title, async () => {
    const sights: unknown[] = [];
    for (const shared of [[], [...popular, rare]]) {
      const site = new Site({ ...circumstances, shared });
      sights.push([await page(site), site.asked, site.spentBits, site.network.time.now()]);
    }
    assert.deepEqual(sights[0], sights[1]);
  });
}

const fetchAll = async (site: Site) => {
  for (const bytes of [...popular, rare]) await site.fetch(bytes);
};

describe("decide the visibility", () => {
  it("steps 7 and 9, and take what is shared, steps 1, 2, 3, 4.1, 4.2, 4.3, 4.4 and 4.5: a file that another site has is taken, and is then the site's own", async () => {
    const site = new Site({ shared: popular });
    await site.fetch(popular[0]!);
    assert.deepEqual(site.asked, []);
    assert.equal(site.spentBits, 1);
    assert.deepEqual(await digestsOfWholeEntries(site.host), [wholeFileDigest(popular[0]!)]);
    assert.equal(await deleteAModelFile(wholeFileDigest(popular[0]!), site.host), true);
  });

  it("step 6: is charged, and that is kept, before anybody looks; a miss like a hit", async () => {
    for (const shared of [[], popular]) {
      const site = new Site({ shared });
      await site.decide(popular[0]!);
      assert.deepEqual(site.order, ["keep 1", "look", "keep 1"]);
    }
  });

  it("steps 3 and 8: is frozen, whatever happens to the store", async () => {
    const site = new Site({ shared: [popular[0]!] });
    assert.equal(await site.decide(popular[0]!), "visible");
    assert.equal(await site.decide(popular[1]!), "hidden");
    site.files.clear();
    site.files.set(wholeFileDigest(popular[1]!), popular[1]!);
    assert.equal(await site.decide(popular[0]!), "visible");
    assert.equal(await site.decide(popular[1]!), "hidden");
    assert.equal(site.spentBits, 2);
  });

  it("step 5: a site learns 8 bits in its life", async () => {
    const site = new Site({ shared: popular });
    await fetchAll(site);
    assert.equal(site.spentBits, 8);
    assert.equal(new Set(site.network.requests.map(({ url }) => url)).size, 3);
  });

  it("step 2: two at a time cost no more than one after the other", async () => {
    const site = new Site({ shared: popular });
    const [one, other] = await Promise.all([site.decide(popular[0]!), site.decide(popular[0]!)]);
    assert.deepEqual([one, other, site.spentBits], ["visible", "visible", 1]);
  });

  const fetchAndLook = async (site: Site) => {
    await fetchAll(site);
    return digestsOfWholeEntries(site.host);
  };
  sameInTwoWorlds("step 5: a site that has spent its bits sees no store", { spentBits: 8 }, fetchAndLook);
  sameInTwoWorlds("step 4: a file that is not popular is nobody else's, and costs nothing", {}, (site) =>
    site.fetch(rare),
  );
  sameInTwoWorlds(
    "step 1, and eligible for cross-site reuse, step 1: an opaque origin sees no store",
    { origin: "null" },
    fetchAndLook,
  );
  sameInTwoWorlds(
    "step 1, and eligible for cross-site reuse, step 2: a frame of another site sees no store",
    { hasCrossSiteAncestor: true },
    fetchAndLook,
  );
  sameInTwoWorlds(
    "step 1, and eligible for cross-site reuse, step 3: a page that nobody touched sees no store",
    { hasStickyActivation: false },
    fetchAndLook,
  );
  sameInTwoWorlds("step 1: only a download asks", {}, async (site) => {
    const digests = [...popular, rare].map(wholeFileDigest);
    const found = [];
    for (const digest of digests) found.push(await lookUpAModelFile(site.host, digest));
    for (const digest of digests) found.push(await deleteAModelFile(digest, site.host));
    return [found, await digestsOfWholeEntries(site.host)];
  });

  for (const [step, kept] of [
    [6, 0],
    [8, 1],
  ] as const) {
    it(`step ${step}, and settle the visibility, step 3: where the ledger cannot be kept it is hidden, and the file comes all the same`, async () => {
      const site = new Site({ shared: popular });
      let count = 0;
      site.ledger.keep = async () => {
        count += 1;
        if (count > kept) throw new Error("The disk is full.");
      };
      assert.equal(await site.decide(popular[0]!), "hidden");
      assert.equal(count, kept + 1);
      await site.fetch(popular[1]!);
      assert.deepEqual(site.asked, [`${urlOf(popular[1]!)} null`]);
    });
  }

  it("step 2: where the ledger cannot be read it is hidden, and the file comes all the same", async () => {
    const site = new Site({ shared: popular });
    site.host.crossSite!.withTheProbeLedger = () => Promise.reject(new Error("The disk is broken."));
    await site.fetch(popular[0]!);
    assert.equal(site.asked.length, 1);
  });

  it("step 1: where there is no shared store nothing is asked", async () => {
    const site = new Site();
    const host = { ...site.host, crossSite: null };
    assert.equal(await decideTheVisibility(host, wholeFileDigest(popular[0]!)), "hidden");
    assert.deepEqual(site.order, []);
  });
});

describe("take what is shared", () => {
  it("step 3: a size that is not the file's is an error, as it is after a download", async () => {
    const site = new Site({ shared: popular });
    const record = { ...recordOf(popular[0]!, [urlOf(popular[0]!)]), size: 5 };
    await assert.rejects(obtainAModelFile(site.host, record), { name: "DataError" });
  });

  it("step 3: what the user has taken out since is fetched", async () => {
    const site = new Site({ shared: [popular[0]!] });
    assert.equal(await site.decide(popular[0]!), "visible");
    site.files.clear();
    await site.fetch(popular[0]!);
    assert.deepEqual(site.asked, [`${urlOf(popular[0]!)} null`]);
  });

  it("step 4.4: what went bad in the shared store is fetched", async () => {
    const site = new Site({ shared: popular, isBad: true });
    await site.fetch(popular[3]!);
    assert.deepEqual(site.asked, [`${urlOf(popular[3]!)} bytes=${chunkSize}-${popular[3]!.length - 1}`]);
  });

  it("abandon a download, step 2: takes no more than the chunk that it is at when nobody waits any more", async () => {
    const site = new Site({ shared: popular });
    const controller = new AbortController();
    let reads = 0;
    const sharedFile: CrossSite["sharedFile"] = async (digest) => {
      const shared = (await site.host.crossSite!.sharedFile(digest))!;
      return {
        size: shared.size,
        readBytes(offset, end) {
          reads += 1;
          controller.abort();
          return shared.readBytes(offset, end);
        },
      };
    };
    const host = { ...site.host, crossSite: { ...site.host.crossSite!, sharedFile } };
    const record = recordOf(popular[3]!, [urlOf(popular[3]!)]);
    const obtaining = obtainAModelFile(host, record, { signal: controller.signal });
    await assert.rejects(obtaining, { name: "AbortError" });
    await site.fetch(popular[3]!);
    assert.equal(reads, 1);
  });

  it("step 4.5: other bytes under a name of the shared store never get it", async () => {
    const site = new Site();
    const other = popular[3]!.slice();
    other[5]! ^= 1;
    site.files.set(wholeFileDigest(popular[3]!), other);
    await site.fetch(popular[3]!);
    assert.deepEqual(site.asked, [`${urlOf(popular[3]!)} null`]);
  });
});

describe("settle the visibility", () => {
  it("step 3: when the site has the file a new decision is made, and charged again", async () => {
    const site = new Site({ shared: popular });
    for (let bits = 1; bits <= 8; bits += 1) {
      await site.fetch(popular[0]!);
      assert.equal(site.spentBits, bits);
      await deleteAModelFile(wholeFileDigest(popular[0]!), site.host);
    }
    assert.deepEqual(site.asked, []);
    await site.fetch(popular[0]!);
    assert.deepEqual(site.asked, [`${urlOf(popular[0]!)} null`]);
  });

  it("step 1: a page that may not ask settles nothing", async () => {
    const site = new Site({ hasStickyActivation: false });
    site.decisions.set(wholeFileDigest(popular[0]!), "hidden");
    await site.fetch(popular[0]!);
    assert.equal(site.decisions.size, 1);
  });
});
