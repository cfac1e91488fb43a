import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { cases, isSlowLane, seed } from "../../tools/faults/lane.ts";
import { countFaults } from "../../tools/faults/matrix.ts";
import { Random } from "../../tools/faults/random.ts";
import type { Host } from "../host/host.ts";
import { Turns } from "../host/turns.ts";
import { deleteAModelFile } from "./delete-a-model-file.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import { FaultyDisk } from "./faulty-disk.test.ts";
import type { FaultyFolder } from "./faulty-disk.test.ts";
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
import type { Bytes } from "./scripted-host.test.ts";
import { tidyAPersistentStore } from "./tidy-a-persistent-store.ts";

/** Two agents of one storage key, a disk, and a model that says what each of them may be told. */

/** The same bytes under two names, and others of one chunk. */
const first = bytesOfLength(3 * chunkSize + 100);
const second = bytesOfLength(1000, 8);
const names = ["whole", "tree", "small"] as const;
type Name = (typeof names)[number];

interface Fault {
  readonly at: number;
  readonly what: "none" | "full" | "broken" | "killed" | "torn";
}

interface Command {
  readonly kind: "fetch" | "abort" | "match" | "read" | "keys" | "delete" | "clear" | "damage";
  readonly agent: 0 | 1;
  readonly file: Name;
  /** Where something happens: an offset, a number of bytes, a number of a file. */
  readonly at: number;
  /** Of the bytes that the server sends, one that is another. */
  readonly flips: boolean;
  readonly damage: "flip" | "cut" | "remove" | "swap";
  readonly fault: Fault;
}

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("fetch" as const) },
    { weight: 8, arbitrary: fc.constantFrom("abort", "match", "read", "keys", "delete", "damage") },
    { weight: 1, arbitrary: fc.constant("clear" as const) },
  ),
  agent: fc.constantFrom(0, 1),
  file: fc.constantFrom(...names),
  at: fc.nat(first.length),
  flips: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  damage: fc.constantFrom("flip", "cut", "remove", "swap"),
  fault: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ at: 0, what: "none" } as const) },
    {
      weight: 1,
      arbitrary: fc.record({ at: fc.nat(50), what: fc.constantFrom("full", "broken", "killed", "torn") }),
    },
  ),
});

/** One command, or two at the same time. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(command) },
  { weight: 1, arbitrary: fc.tuple(command, command) },
);

/** What is known of an entry of the persistent store. */
type Known = "whole" | "not whole" | "unknown";

/** An agent lives until it is killed; what it could not store it has in its memory. */
interface Agent {
  host: Host;
  folder: FaultyFolder;
  fault: Fault;
  operationsBefore: number;
  /** Whether its disk never failed: so its memory holds nothing. */
  isClean: boolean;
}

class World {
  readonly disk: FaultyDisk;
  readonly network = new Network();
  readonly #locks = new Turns();
  readonly #random: Random;
  readonly #agents: Agent[];
  readonly #known = new Map<Name, Known>(names.map((name) => [name, "not whole"]));
  /** Entries of whose bytes some may be wrong, because a server or the disk changed them. */
  readonly #doubtful = new Set<Name>();
  readonly counts = { commands: 0, faults: 0, kills: 0, damages: 0, jumps: 0 };

  constructor(seedOfOrder: number) {
    this.#random = new Random(seedOfOrder);
    this.disk = new FaultyDisk(() => 1 + this.#random.below(4));
    this.network.rangeLength = this.#random.pick([chunkSize, 2 * chunkSize, 2 ** 24]);
    this.#agents = [this.#newAgent(), this.#newAgent()];
  }

  #newAgent(): Agent {
    const living: Partial<Agent> = { fault: { at: 0, what: "none" }, operationsBefore: 0, isClean: true };
    const folder = this.disk.folder((operation) => {
      const { at, what } = living.fault!;
      return operation - living.operationsBefore! === at ? what : "none";
    });
    const host = agent(this.network, folder, this.#locks);
    // Clocks that jump, forward and back.
    const jump = (far: number) => {
      const jumps = this.#random.chance(0.2);
      if (jumps) this.counts.jumps += 1;
      return jumps ? this.#random.below(2 * far) - far : 0;
    };
    const now = () => this.network.time.now() + jump(1e9);
    const today = () => host.today() + jump(1000);
    return Object.assign(living, { folder, host: { ...host, now, today } }) as Agent;
  }

  bytesOf(name: Name): Bytes {
    return name === "small" ? second : first;
  }

  #recordOf(name: Name) {
    const url = `https://a.example/${name === "small" ? "small" : "file"}`;
    if (name === "whole") return recordOf(first, [url]);
    return name === "tree" ? recordWithTable(this.network, first, [url]) : recordOf(second, [url]);
  }

  #digestOf(name: Name): string {
    return name === "tree" ? treeDigest(first) : this.#recordOf(name).digest;
  }

  #serve(flipped: number | null): void {
    for (const [url, bytes] of [
      ["https://a.example/file", first],
      ["https://a.example/small", second],
    ] as const) {
      const served = bytes.slice();
      if (flipped !== null) served[flipped % served.length]! ^= 1;
      this.network.serve(url, served);
    }
  }

  /** Runs commands at the same time; the model tells of each alone what must come of it, and of several what may. */
  async run(commands: readonly Command[]): Promise<void> {
    const isAlone = commands.length === 1;
    this.#serve(commands.some(({ flips }) => flips) ? commands[0]!.at : null);
    await Promise.all(commands.map((each) => this.#runOne(each, isAlone, commands)));
    if (!isAlone) for (const { file, kind } of commands) this.#forget(file, kind);
  }

  #forget(file: Name, kind: Command["kind"]): void {
    if (/match|read|keys/.test(kind)) return;
    for (const name of kind === "clear" || kind === "damage" ? names : [file])
      this.#known.set(name, "unknown");
  }

  async #runOne(given: Command, isAlone: boolean, all: readonly Command[]): Promise<void> {
    const { kind, file, at } = given;
    this.counts.commands += 1;
    if (kind === "clear") {
      this.disk.files.clear();
      for (const name of names) this.#known.set(name, "not whole");
      this.#doubtful.clear();
      return;
    }
    if (kind === "damage") {
      this.#damage(given);
      return;
    }
    if (all.some(({ flips }) => flips)) for (const each of all) this.#doubtful.add(each.file);

    const living = this.#agents[given.agent]!;
    const isFaulty = given.fault.what !== "none" && isAlone;
    living.operationsBefore = living.folder.operations;
    living.fault = isFaulty ? given.fault : { at: 0, what: "none" };
    if (isFaulty) this.counts.faults += 1;
    if (given.fault.what === "full" || given.fault.what === "broken") living.isClean &&= !isFaulty;
    const known = isAlone && !isFaulty ? this.#known.get(file)! : "unknown";

    const steps = {
      fetch: () =>
        this.#fetch(living, file, { known, flips: all.some(({ flips }) => flips), isAlone, isFaulty }),
      abort: () => this.#abort(living, file, at),
      match: () => this.#match(living, file, known),
      read: () => this.#read(living, file, at),
      keys: () => this.#keys(living, isAlone && !isFaulty),
      delete: () => this.#delete(living, file, known),
    };
    const isOver = steps[kind]().then(() => true);
    const isKilled = !(await Promise.race([isOver, living.folder.death.then(() => false)]));
    living.fault = { at: 0, what: "none" };
    if (isKilled) {
      this.counts.kills += 1;
      this.#agents[given.agent] = this.#newAgent();
    }
    if (isKilled || isFaulty) this.#forget(file, kind);
  }

  async #fetch(
    { host, isClean }: Agent,
    name: Name,
    {
      known,
      flips,
      isAlone,
      isFaulty,
    }: { known: Known; flips: boolean; isAlone: boolean; isFaulty: boolean },
  ): Promise<void> {
    const size = this.bytesOf(name).length;
    const before = this.network.bytesTaken;
    const file = await obtainAModelFile(host, this.#recordOf(name)).catch((error: unknown) => {
      assertIsTyped(error, /^(NetworkError|DataError|NotFoundError)$/);
      return error as DOMException;
    });
    if (file instanceof DOMException) {
      assert.ok(flips || isFaulty || !isAlone, `a healthy fetch of ${name}: ${String(file)}`);
      return;
    }
    const taken = this.network.bytesTaken - before;
    const table = name === "tree" ? 20 + 32 * 4 : 0;
    if (isAlone && !isFaulty && !flips && isClean && !this.#doubtful.has(name)) {
      assert.ok(taken <= size + table, `${name}: ${taken} bytes`);
      if (known === "whole") assert.equal(taken, 0, `${name} is there and was fetched`);
    }
    const isRight = await this.#assertIsRight(file.arrayBuffer(), name, 0);
    // What an agent has in its memory, nobody else sees.
    if (!isRight || (!isClean && known !== "whole")) this.#known.set(name, "unknown");
    else if (isClean && isAlone && !isFaulty) {
      this.#known.set(name, "whole");
      this.#doubtful.delete(name);
    }
  }

  async #abort({ host }: Agent, name: Name, at: number): Promise<void> {
    const controller = new AbortController();
    const progress = (loaded: number) => {
      if (loaded >= at % this.bytesOf(name).length) controller.abort();
    };
    const ended = obtainAModelFile(host, this.#recordOf(name), { signal: controller.signal, progress });
    const file = await ended.catch((error: unknown) => {
      assertIsTyped(error, /^(AbortError|NetworkError|DataError|NotFoundError)$/);
      return null;
    });
    if (file !== null) await this.#assertIsRight(file.arrayBuffer(), name, 0);
    this.#known.set(name, "unknown");
  }

  async #match({ host, isClean }: Agent, name: Name, known: Known): Promise<void> {
    const file = await lookUpAModelFile(host, this.#digestOf(name));
    if (known === "whole") assert.ok(file !== null, `${name} is whole`);
    if (known === "not whole" && isClean) assert.equal(file, null, `${name} is not whole`);
    if (file === null) return;
    const isRight = await this.#assertIsRight(file.arrayBuffer(), name, 0);
    if (known === "whole") assert.ok(isRight, `${name} can be read`);
  }

  async #read({ host }: Agent, name: Name, at: number): Promise<void> {
    const offset = at % this.bytesOf(name).length;
    const file = await lookUpAModelFile(host, this.#digestOf(name));
    const length = this.bytesOf(name).length - offset;
    if (file !== null) await this.#assertIsRight(file.read(offset, length), name, offset);
  }

  async #keys({ host, isClean }: Agent, isAlone: boolean): Promise<void> {
    const digests = await digestsOfWholeEntries(host);
    assert.equal(new Set(digests).size, digests.length);
    if (!isAlone) return;
    for (const name of names) {
      const isThere = digests.includes(this.#digestOf(name));
      if (this.#known.get(name) === "whole") assert.ok(isThere, `keys() has ${name}`);
      if (this.#known.get(name) === "not whole" && isClean) assert.ok(!isThere, `keys() has not ${name}`);
    }
  }

  async #delete({ host, isClean }: Agent, name: Name, known: Known): Promise<void> {
    const deleted = await deleteAModelFile(this.#digestOf(name), host).catch((error: unknown) => {
      assert.equal(known, "unknown", String(error));
      return null;
    });
    if (known === "whole") assert.equal(deleted, true, `${name} was whole`);
    if (known === "not whole" && isClean) assert.equal(deleted, false, `${name} was not whole`);
    if (known === "unknown") return;
    this.#known.set(name, "not whole");
    this.#doubtful.delete(name);
  }

  #damage({ at, damage }: Command): void {
    const files = [...this.disk.files.keys()].toSorted();
    const name = files[at % Math.max(1, files.length)];
    if (name === undefined) return;
    this.counts.damages += 1;
    const bytes = this.disk.files.get(name)!;
    if (damage === "flip") this.disk.flip(name, at);
    else if (damage === "cut") this.disk.files.set(name, bytes.slice(0, at % (bytes.length + 1)));
    else if (damage === "remove") this.disk.files.delete(name);
    else this.disk.files.set(name, this.disk.files.get(files[(at + 1) % files.length]!)!.slice());
    for (const each of names) {
      this.#known.set(each, "unknown");
      this.#doubtful.add(each);
    }
  }

  /** Bytes are the right ones, or are said to be gone. */
  async #assertIsRight(reading: Promise<ArrayBuffer | Bytes>, name: Name, offset: number): Promise<boolean> {
    const content = await reading.catch((error: unknown) => {
      assertIsTyped(error, /^NotFoundError$/);
      return null;
    });
    if (content === null) return false;
    assert.deepEqual(new Uint8Array(content), this.bytesOf(name).subarray(offset));
    return true;
  }

  /** In the end a healthy agent finds all well, and when it has deleted and tidied everything nothing is left. */
  async end(): Promise<void> {
    this.#serve(null);
    const { host, folder } = this.#newAgent();
    for (const name of names) {
      for (let attempt = 0; ; attempt += 1) {
        const file = await obtainAModelFile(host, this.#recordOf(name));
        if (await this.#assertIsRight(file.arrayBuffer(), name, 0)) break;
        assert.equal(attempt, 0, "what went bad was found, and is whole again");
      }
    }
    for (const name of names) {
      assert.equal(await deleteAModelFile(this.#digestOf(name), host), true, `${name} is deleted`);
    }
    assert.deepEqual(await digestsOfWholeEntries(host), []);
    await tidyAPersistentStore(host, folder);
    assert.deepEqual([...this.disk.files.keys()], ["inventory"], "no orphans");
  }
}

function assertIsTyped(error: unknown, expected: RegExp): void {
  assert.ok(error instanceof DOMException, error instanceof Error ? error.stack : String(error));
  assert.match(error.name, expected);
}

describe(`the model store against a model of it (SEED=${seed})`, () => {
  it("tells two agents what the model says, whatever is done, killed and damaged, and is whole in the end", async function () {
    this.timeout(isSlowLane ? 0 : 120_000);
    const counts = { commands: 0, faults: 0, kills: 0, damages: 0, jumps: 0 };
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 14, size: "max" }),
      fc.nat(),
      async (steps, order) => {
        const world = new World(order);
        for (const commands of steps) await world.run(commands);
        await world.end();
        for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += world.counts[key];
      },
    );
    const numRuns = cases(80, 6000);
    await fc.assert(property, { numRuns, seed });
    const place = "store, two agents";
    countFaults({ fault: "random commands", place, engine: "node" }, counts.commands, counts.commands);
    countFaults({ fault: "disk full, broken, torn", place, engine: "node" }, counts.faults, counts.faults);
    countFaults({ fault: "agent killed", place, engine: "node" }, counts.kills, counts.kills);
    countFaults({ fault: "clock that jumps", place, engine: "node" }, counts.jumps, counts.jumps);
    countFaults({ fault: "file damaged", place, engine: "node" }, counts.damages, counts.damages);
  });
});
