import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, describe, it } from "mocha";
import type { ModelCache, ModelFile, ModelFileDescriptor } from "../../idl/page-types.ts";
import { digestOf } from "../../tools/fixtures/fixtures.ts";
import type { NamedBytes } from "./import-model-file.ts";
import { notesIn } from "./notes.ts";
import { keepTheFilesOf } from "./transformers.ts";
import type { TransformersEnvironment } from "./transformers.ts";

/** What the adapter does is tried here with a cache, a network and a storage of our own; `impl/transformers.test.ts` has real ones. */

const hub = "https://hub.example/";
const tree = `${hub}api/models/a/b/tree/main?recursive=true`;
const place = (path: string) => `${hub}a/b/resolve/main/${path}`;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const hexadecimal = (digest: string) => Buffer.from(digest.slice(7), "base64").toString("hex");

/** The Cache API, as far as the adapter asks it. */
class FakeCacheStorage {
  readonly #caches = new Map<string, Map<string, Response>>();

  async open(name: string): Promise<unknown> {
    const cache = this.#caches.get(name) ?? new Map<string, Response>();
    this.#caches.set(name, cache);
    return {
      match: async (url: string) => cache.get(url)?.clone(),
      put: async (url: string, response: Response) => void cache.set(url, response),
      delete: async (url: string) => cache.delete(url),
    };
  }

  async match(url: string, { cacheName }: MultiCacheQueryOptions = {}): Promise<Response | undefined> {
    for (const [name, cache] of this.#caches) {
      if ((cacheName ?? name) === name && cache.has(url)) return cache.get(url)!.clone();
    }
    return undefined;
  }
}

interface CustomCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
  delete(url: string): Promise<boolean>;
}

class World {
  /** A body, lines of JSON, or how to answer; 404 where there is nothing. */
  readonly network = new Map<string, string | object | (() => Response)>();
  readonly requests: string[] = [];
  readonly stored = new Map<string, string>();
  readonly caches = new FakeCacheStorage() as unknown as CacheStorage;
  environment!: TransformersEnvironment;
  isOnline = true;

  constructor(lock: Readonly<Record<string, NamedBytes>> = {}) {
    this.open(lock);
  }

  /** A page, new or reloaded. */
  open(lock: Readonly<Record<string, NamedBytes>> = {}): void {
    this.environment = {
      fetch: (input) => this.fetch(String(input)),
      useCustomCache: false,
      customCache: null,
      cacheKey: "older",
      remoteHost: hub,
      remotePathTemplate: "{model}/resolve/{revision}/",
    };
    keepTheFilesOf(this.environment, {
      lock,
      modelCache: this.modelCache,
      digestOf: async (stream) => {
        const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
        return { digest: digestOf(bytes), size: bytes.length };
      },
      notes: notesIn(this.caches),
      caches: this.caches,
      locks: { request: (_name: string, steps: () => unknown) => steps() } as unknown as LockManager,
      progress: () => undefined,
    });
  }

  get cache(): CustomCache {
    return this.environment.customCache as CustomCache;
  }

  async fetch(url: string): Promise<Response> {
    this.requests.push(url);
    if (!this.isOnline) throw new TypeError("Failed to fetch");
    const answer = this.network.get(url);
    if (answer === undefined) return new Response(null, { status: 404 });
    if (typeof answer === "function") return (answer as () => Response)();
    return typeof answer === "string" ? new Response(answer) : Response.json(answer);
  }

  readonly modelCache: ModelCache = {
    fetch: async ({ digest, urls }: ModelFileDescriptor) => {
      for (const url of urls) {
        const response = await (url.startsWith("blob:") ? fetch(url) : this.fetch(url));
        const text = await response.text();
        if (digestOf(bytesOf(text)) !== digest) continue;
        this.stored.set(digest, text);
        return this.file(digest)!;
      }
      throw new DOMException("Other bytes.", "DataError");
    },
    match: async (digest) => this.file(digest),
    keys: async () => [...this.stored.keys()],
    delete: async (digest) => this.stored.delete(digest),
  };

  file(digest: string): ModelFile | null {
    const text = this.stored.get(digest);
    if (text === undefined) return null;
    const bytes = bytesOf(text);
    return {
      digest,
      size: bytes.length,
      stream: () => new Blob([text]).stream(),
      arrayBuffer: async () => bytes.buffer,
      blob: async () => new Blob([text]),
      read: async () => undefined,
    };
  }

  /** As the library does it: its cache first. */
  async load(path: string, init: RequestInit = {}): Promise<string | number> {
    const url = place(path);
    const kept = await this.cache.match(url).catch(() => undefined);
    const response = kept ?? (await this.environment.fetch(url, init));
    return response.status === 200 ? response.text() : response.status;
  }

  list(files: Readonly<Record<string, string>>, large: readonly string[] = Object.keys(files)): void {
    const lines = Object.entries(files).map(([path, text]) => {
      const size = bytesOf(text).length;
      const oid = createHash("sha1").update(`blob ${size}\0${text}`).digest("hex");
      const lfs = { oid: hexadecimal(digestOf(bytesOf(text))), size };
      return { type: "file", path, oid, size, ...(large.includes(path) && { lfs }) };
    });
    this.network.set(tree, lines);
    for (const [path, text] of Object.entries(files)) this.network.set(place(path), text);
  }
}

describe("the adapter of transformers.js", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  before(() => {
    // Node has no location; the adapter resolves URLs against the page's.
    Object.defineProperty(globalThis, "location", {
      value: new URL("https://page.example/"),
      configurable: true,
    });
  });
  after(() => {
    Reflect.deleteProperty(globalThis, "location");
  });

  it("asks for the list once a page, and for what is not on it never", async () => {
    world.list({ "a.onnx": "model" });
    assert.equal(await world.load("a.onnx"), "model");
    assert.equal(await world.load("nothing.json"), 404);
    assert.equal(await world.load("a.onnx"), "model");
    assert.deepEqual(world.requests, [tree, place("a.onnx")]);
  });

  it("has what the hub has added to its list since it was noted, and what was noted stands", async () => {
    world.list({ "a.onnx": "model", "b.onnx": "listed" });
    await world.load("a.onnx");
    world.list({ "a.onnx": "other", "b.onnx": "later", "q4.onnx": "small" });
    world.network.set(place("b.onnx"), "listed");
    world.open();
    world.requests.length = 0;
    assert.deepEqual(
      await Promise.all(
        ["q4.onnx", "nothing.json", "neither.json", "a.onnx", "b.onnx"].map((path) => world.load(path)),
      ),
      ["small", 404, 404, "model", "listed"],
    );
    assert.equal(await world.load("nothing.json"), 404);
    assert.deepEqual(
      world.requests.toSorted(),
      [place("b.onnx"), place("q4.onnx"), tree],
      "the list only once",
    );

    world.isOnline = false;
    world.open();
    assert.deepEqual([await world.load("q4.onnx"), await world.load("a.onnx")], ["small", "model"]);
  });

  it("takes what a noted list lacks for absent where the hub cannot be asked, until it can", async () => {
    world.list({ "a.onnx": "model" });
    await world.load("a.onnx");
    world.list({ "a.onnx": "model", "q4.onnx": "small" });
    const lines = world.network.get(tree)!;
    world.open();
    world.isOnline = false;
    assert.equal(await world.load("q4.onnx"), 404);
    world.isOnline = true;
    for (const answer of [...Object.values(answers), () => new Response(null, { status: 404 })]) {
      world.network.set(tree, answer);
      world.open();
      assert.deepEqual([await world.load("q4.onnx"), await world.load("a.onnx")], [404, "model"]);
    }
    world.network.set(tree, lines);
    world.open();
    assert.equal(await world.load("q4.onnx"), "small");
  });

  it("needs no network for what it has, and for what it knows that there is not", async () => {
    world.list({ "a.onnx": "model", "c.json": "{}" }, ["a.onnx"]);
    await world.load("a.onnx");
    await world.load("c.json");
    world.isOnline = false;
    world.requests.length = 0;
    assert.deepEqual(
      [await world.load("a.onnx"), await world.load("c.json"), await world.load("nothing.json")],
      ["model", "{}", 404],
    );
    assert.deepEqual(world.requests, []);
  });

  it("fetches the list again where the hub has replaced a file, and takes the new one", async () => {
    world.list({ "a.onnx": "model", "b.onnx": "old" });
    await world.load("a.onnx");
    world.list({ "a.onnx": "model", "b.onnx": "new" });
    assert.equal(await world.load("b.onnx"), "new");
  });

  it("rejects what the hub does not list, large or small", async () => {
    world.list({ "a.onnx": "model", "c.json": "{}" }, ["a.onnx"]);
    for (const path of ["a.onnx", "c.json"]) {
      world.network.set(place(path), "evil!".slice(0, path === "c.json" ? 2 : 5));
      await assert.rejects(world.load(path), { name: "DataError" });
    }
    assert.equal(world.stored.size, 0);
  });

  it("holds to a lock, whatever the hub lists", async () => {
    const named = { digest: digestOf(bytesOf("model")), size: 5 };
    world = new World({ [place("a.onnx")]: named });
    world.list({ "a.onnx": "other" });
    await assert.rejects(world.load("a.onnx"), { name: "DataError" });
    world.network.set(place("a.onnx"), "model");
    assert.equal(await world.load("a.onnx"), "model");
    assert.ok(!world.requests.includes(tree));
  });

  it("keeps what came first where there is no list", async () => {
    world.network.set(place("a.onnx"), "first");
    assert.equal(await world.load("a.onnx"), "first");
    world.network.set(place("a.onnx"), "second");
    assert.equal(await world.load("a.onnx"), "first");
    assert.equal(await world.load("nothing.json"), 404);
  });

  it("leaves to the library what it asks for with headers, in part, or otherwise than by GET", async () => {
    world.list({ "a.onnx": "model" });
    const inits: RequestInit[] = [
      { headers: { Range: "bytes=0-0" } },
      { headers: { Authorization: "Bearer x" } },
      { method: "HEAD" },
    ];
    for (const init of inits) {
      assert.equal(await world.load("a.onnx", init), "model");
    }
    assert.equal(world.stored.size, 0);
  });

  it("forgets a file when it is deleted, and has it again", async () => {
    world.network.set(place("a.onnx"), "first");
    await world.load("a.onnx");
    assert.equal(await world.cache.delete(place("a.onnx")), true);
    assert.equal(await world.cache.delete(place("a.onnx")), false);
    world.network.set(place("a.onnx"), "second");
    assert.equal(await world.load("a.onnx"), "second");
  });

  it("forgets what was listed of a file with it, and nothing of others", async () => {
    world.list({ "a.onnx": "model", "b.onnx": "other", "c.json": "{}" }, ["a.onnx", "b.onnx"]);
    for (const path of ["a.onnx", "b.onnx", "c.json"]) await world.load(path);
    for (const path of ["a.onnx", "c.json"]) assert.equal(await world.cache.delete(place(path)), true);
    world.list({ "a.onnx": "later", "b.onnx": "later", "c.json": "[]" }, ["a.onnx", "b.onnx"]);
    assert.deepEqual(
      [await world.load("a.onnx"), await world.load("b.onnx"), await world.load("c.json")],
      ["later", "other", "[]"],
    );
    await world.cache.delete(place("a.onnx"));
    world.isOnline = false;
    world.open();
    assert.deepEqual([await world.load("b.onnx"), await world.load("a.onnx")], ["other", 404]);
  });

  it("keeps what the library puts there itself", async () => {
    const url = "https://network.example/a.wasm";
    await world.cache.put(url, new Response("bytes"));
    await world.cache.put(url, new Response("other bytes"));
    assert.equal(await (await world.environment.fetch(url)).text(), "bytes");
    assert.deepEqual(world.requests, []);
  });

  const answers = {
    "too many requests": () => new Response("later", { status: 429 }),
    "an error of the server": () => new Response("[]", { status: 500 }),
    "a captive portal": () => new Response("<html>Log in"),
  };
  for (const [name, answer] of Object.entries(answers)) {
    it(`trusts nothing where the list cannot be had: ${name}`, async () => {
      world.list({ "a.onnx": "model", "c.json": "{}" }, ["a.onnx"]);
      const lines = world.network.get(tree)!;
      world.network.set(tree, answer);
      world.network.set(place("a.onnx"), "<html>Log in");
      for (const path of ["a.onnx", "c.json"]) {
        await assert.rejects(world.load(path), { name: "NetworkError", message: /Try again/ });
        await assert.rejects(world.cache.put(place(path), new Response("evil")), { name: "NetworkError" });
      }
      assert.equal(world.stored.size, 0);

      world.network.set(tree, lines).set(place("a.onnx"), "model");
      assert.deepEqual([await world.load("a.onnx"), await world.load("c.json")], ["model", "{}"]);
    });
  }

  it("trusts nothing for the first time where only the list is out of reach", async () => {
    world.network.set(tree, () => {
      throw new TypeError("Failed to fetch");
    });
    world.network.set(place("a.onnx"), "evil");
    await assert.rejects(world.load("a.onnx"), TypeError);
    assert.equal(world.stored.size, 0);
  });

  it("holds a note of what came first to the list, once there is one", async () => {
    const first = { "a.onnx": "evil!", "b.json": "[]", "c.json": "{}", "d.json": "{}" };
    for (const [path, text] of Object.entries(first)) {
      world.network.set(place(path), text);
      assert.equal(await world.load(path), text);
    }
    world.open();
    world.list({ "a.onnx": "model", "b.json": "{}", "c.json": "{}" }, ["a.onnx"]);
    world.requests.length = 0;
    assert.deepEqual(
      [
        await world.load("a.onnx"),
        await world.load("b.json"),
        await world.load("c.json"),
        await world.load("d.json"),
      ],
      ["model", "{}", "{}", 404],
    );
    assert.deepEqual(world.requests, [tree, place("a.onnx"), place("b.json")], "what is listed is kept");
  });

  it("has what came first without a network, after a reload, but not where the hub refuses its list", async () => {
    world.network.set(place("a.onnx"), "first");
    await world.load("a.onnx");
    world.isOnline = false;
    world.open();
    assert.equal(await world.load("a.onnx"), "first");
    world.isOnline = true;
    world.network.set(tree, answers["too many requests"]);
    await assert.rejects(world.load("a.onnx"), { name: "NetworkError" });
  });

  it("has what was listed without a network, after a reload", async () => {
    world.list({ "a.onnx": "model", "c.json": "{}" }, ["a.onnx"]);
    await world.load("a.onnx");
    await world.load("c.json");
    world.isOnline = false;
    world.open();
    assert.deepEqual([await world.load("a.onnx"), await world.load("c.json")], ["model", "{}"]);
  });

  it("keeps its list where a new one cannot be had", async () => {
    world.list({ "a.onnx": "model" });
    await world.load("a.onnx");
    world.stored.clear();
    world.network.set(place("a.onnx"), "other");
    for (const answer of [...Object.values(answers), () => new Response(null, { status: 404 })]) {
      world.network.set(tree, answer);
      world.open();
      await assert.rejects(world.load("a.onnx"), { name: "DataError" });
    }
    assert.equal(world.stored.size, 0);
  });

  it("takes the new bytes of a small file that the hub has replaced", async () => {
    world.list({ "a.onnx": "model", "c.json": "{}" }, ["a.onnx"]);
    await world.load("a.onnx");
    world.list({ "a.onnx": "model", "c.json": "[1]" }, ["a.onnx"]);
    assert.equal(await world.load("c.json"), "[1]");
  });

  it("keeps of what the library puts there what was locked or listed, and refuses the rest", async () => {
    const lock = { [place("locked")]: { digest: digestOf(bytesOf("locked")), size: 6 } };
    world.open(lock);
    world.list({ "a.onnx": "model", "c.json": "{}" }, ["a.onnx"]);
    for (const path of ["locked", "a.onnx", "c.json", "not-listed"]) {
      await assert.rejects(world.cache.put(place(path), new Response("<>")), { name: "DataError" }, path);
    }
    assert.equal(world.stored.size, 0);
    for (const [path, text] of Object.entries({ locked: "locked", "a.onnx": "model", "c.json": "{}" })) {
      await world.cache.put(place(path), new Response(text));
      assert.equal(await (await world.cache.match(place(path)))?.text(), text);
    }
  });

  it("keeps of what the library puts there only whole files", async () => {
    for (const status of [203, 206, 404]) {
      const response = new Response("part", { status });
      await assert.rejects(world.cache.put("https://network.example/a.wasm", response), TypeError);
    }
    assert.equal(world.stored.size, 0);
  });

  it("takes a URL with a fragment for the one that was locked", async () => {
    const named = { digest: digestOf(bytesOf("model")), size: 5 };
    for (const [locked, asked] of [
      ["", "#part"],
      ["#part", ""],
    ] as const) {
      world = new World({ [place("a.onnx") + locked]: named });
      world.network.set(place("a.onnx"), "evil!");
      await assert.rejects(world.environment.fetch(place("a.onnx") + asked), { name: "DataError" });
    }
  });

  it("does not take the library's own copy for a file that is listed otherwise", async () => {
    world.list({ "c.json": "{}" }, []);
    const older = await world.caches.open(world.environment.cacheKey);
    await older.put(place("c.json"), new Response("[]"));
    assert.equal(await world.load("c.json"), "{}");
    assert.equal(await older.match(place("c.json")), undefined);
  });

  it("leaves nothing under the URL of a file or of a list, where a service worker would look for them", async () => {
    world.list({ "c.json": "{}" }, []);
    await world.load("c.json");
    const url = "https://network.example/a.wasm";
    await world.cache.put(url, new Response("bytes"));
    for (const each of [place("c.json"), tree, url]) {
      assert.equal(await world.caches.match(each), undefined, each);
    }
  });
});
