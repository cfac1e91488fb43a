import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "mocha";
import { root } from "../setup/where.mjs";
import { generateBindings } from "./bindings.ts";
import { readTree } from "./tree.ts";

const idl = `
  [Exposed=Window, SecureContext] interface Shop {
    static Promise<Shop> open(DOMString name);
    Promise<Goods> order(record<USVString, Goods> goods, optional Terms terms = {});
    undefined close();
    readonly attribute Promise<undefined> closed;
    Bell bell();
  };
  [Exposed=Window] interface Bell : EventTarget { attribute EventHandler onring; };
  [Exposed=Window] interface SoldOut : DOMException { constructor(DOMString message, Goods goods); Goods goods(); };
  dictionary Item { required DOMString name; };
  dictionary Goods : Item { required sequence<DOMString> colours; [EnforceRange] unsigned long count = 1; };
  dictionary Terms { AbortSignal signal; PriceCallback price; };
  callback PriceCallback = Promise<record<USVString, Goods>> (Goods goods);
  interface mixin NavigatorShop { [SameObject, SecureContext] readonly attribute Shop shop; };
  Navigator includes NavigatorShop;
`;

/** What the implementations below were called with, and what they are to answer. */
interface Scene {
  calls: unknown[][];
  order: (...args: never[]) => Promise<unknown>;
  closed: Promise<unknown>;
  SoldOut: new (globalObject: unknown, args: [string, object]) => Error;
}

const implementations = `
  const scene = globalThis[Symbol.for("scene")];
  class Bell { onring = null; }
  class SoldOut {
    name = "SoldOutError";
    constructor(globalObject, [message, goods]) { this.message = message; this.held = goods; }
    goods() { return this.held; }
  }
  scene.SoldOut = SoldOut;
  class Shop {
    constructor(globalObject) { this.globalObject = globalObject; this.aBell = new Bell(); }
    static async open(globalObject, name) { scene.calls.push(["open", globalObject, name]); return new Shop(globalObject); }
    order(...args) { scene.calls.push(["order", ...args]); return scene.order(...args); }
    close() { scene.calls.push(["close"]); }
    get closed() { return scene.closed; }
    bell() { return this.aBell; }
  }
  export { Bell, SoldOut, Shop };
`;

const scene: Scene = {
  calls: [],
  order: () => Promise.resolve(),
  closed: Promise.resolve(),
  SoldOut: undefined as never,
};

/* The page's side: what is checked here has no types of its own. */
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument */
describe("the bindings", () => {
  const folder = path.join(root, "build/bindings-test");
  const realm: any = Object.create(globalThis);
  let bindings: any;
  let infra: any;

  before(async () => {
    Object.assign(globalThis, { [Symbol.for("scene")]: scene });
    const modules = new Map(["Shop", "Bell", "SoldOut"].map((name) => [name, `../${name}.js`]));
    const files = await generateBindings(await readTree(idl), modules);
    await mkdir(path.join(folder, "generated"), { recursive: true });
    await mkdir(path.join(folder, "install"), { recursive: true });
    const conversions = path.join(folder, "install/conversions.ts");
    await writeFile(conversions, 'export * from "../../../impl/install/conversions.ts";\n');
    await mkdir(path.join(folder, "infra"), { recursive: true });
    for (const [name, text] of files) await writeFile(path.join(folder, "generated", name), text);
    for (const name of ["promise.ts", "platform-object.ts"]) {
      await writeFile(path.join(folder, "infra", name), `export * from "../../../impl/infra/${name}";\n`);
    }
    await writeFile(path.join(folder, "implementations.js"), implementations);
    for (const name of modules.keys()) {
      const text = `export { ${name} as implementation } from "./implementations.js";\n`;
      await writeFile(path.join(folder, `${name}.js`), text);
    }
    const load = (file: string) => import(pathToFileURL(path.join(folder, file)).href);
    bindings = await load("generated/bindings.js");
    infra = await load("infra/promise.ts");
    for (const each of bindings.interfaces) each.install(realm, ["Window"]);
  });

  after(async () => {
    await rm(folder, { recursive: true });
    Reflect.deleteProperty(globalThis, Symbol.for("scene"));
  });

  const openShop = (): Promise<any> => realm.Shop.open("corner");

  // The first of all, because what is defined at first use must not fail either.
  it("define what they define whatever Object.prototype has", async () => {
    const names = ["get", "set", "value", "writable"];
    const own: any = { EventTarget, DOMException, Promise };
    Object.setPrototypeOf(own, globalThis);
    for (const name of names) Object.assign(Object.prototype, { [name]: () => undefined });
    try {
      for (const each of bindings.interfaces) each.install(own, ["Window"]);
      assert.ok((await own.Shop.open("corner")).bell() instanceof own.Bell);
      assert.equal(new own.SoldOut("gone", { name: "hat", colours: [] }).goods().name, "hat");
    } finally {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name);
    }
  });

  it("give a static operation the global object, and wrap what it resolves with", async () => {
    const shop = await openShop();
    assert.ok(shop instanceof realm.Shop);
    assert.deepEqual(scene.calls.at(-1), ["open", realm, "corner"]);
  });

  it("convert records, dictionaries and their defaults on the way in", async () => {
    const shop = await openShop();
    scene.order = () => Promise.resolve({ name: "hat", colours: [], count: 0 });
    await shop.order({ hat: { name: 1, colours: new Set(["red"]) } });
    const [, goods, terms] = scene.calls.at(-1)! as [string, any, any];
    assert.deepEqual({ ...goods.hat }, { name: "1", colours: ["red"], count: 1 });
    assert.deepEqual({ ...terms }, {});
  });

  it("reject, and never throw, where a promise is due", async () => {
    const shop = await openShop();
    const wrong: [any, ...unknown[]][] = [
      [shop],
      [shop, { hat: {} }],
      [shop, { hat: { name: "", colours: [], count: -1 } }],
      [shop, {}, { signal: {} }],
      [shop, {}, { price: 1 }],
      [{}, {}],
    ];
    for (const [target, ...args] of wrong) {
      await assert.rejects(shop.order.apply(target, args), TypeError);
    }
    assert.throws(() => Reflect.apply(shop.close, {}, []), TypeError);
  });

  it("give the page fresh objects, with members in the order that Web IDL says", async () => {
    const shop = await openShop();
    const answer = { count: 2, name: "hat", colours: Object.freeze(["red"]), unknown: true };
    scene.order = () => Promise.resolve(answer);
    const goods = await shop.order({});
    assert.equal(JSON.stringify(goods), '{"name":"hat","colours":["red"],"count":2}');
    assert.equal(Object.getPrototypeOf(goods), Object.prototype);
    assert.notEqual(goods.colours, answer.colours);
  });

  it("accept a signal of the platform, and pass it as it is", async () => {
    const shop = await openShop();
    const { signal } = new AbortController();
    await shop.order({}, { signal });
    assert.equal((scene.calls.at(-1)![2] as any).signal, signal);
  });

  it("convert what a callback is called with and what its promise resolves with", async () => {
    const shop = await openShop();
    scene.order = async (_goods: never, { price }: any) => {
      const prices = await price({ name: "hat", colours: [], count: 3 });
      return prices.hat;
    };
    let seen: unknown;
    const price = (goods: unknown) => {
      seen = goods;
      return Promise.resolve({ hat: { name: "cap", colours: ["blue"] } });
    };
    assert.deepEqual(await shop.order({}, { price }), { name: "cap", colours: ["blue"], count: 1 });
    assert.deepEqual(seen, { name: "hat", colours: [], count: 3 });
    const selves: unknown[] = [];
    const curious = function (this: unknown) {
      selves.push(this);
      return Promise.resolve({ hat: { name: "cap", colours: [] } });
    };
    scene.order = (_goods: never, terms: any) => terms.price({ name: "hat", colours: [], count: 3 });
    await shop.order({}, { price: curious });
    assert.deepEqual(selves, [undefined], "what calls it as a member is not handed over");
    await assert.rejects(shop.order({}, { price: () => Promise.resolve({ hat: {} }) }), TypeError);
    await assert.rejects(
      shop.order(
        {},
        {
          price: () => {
            throw new RangeError("no");
          },
        },
      ),
      RangeError,
    );
  });

  it("make an exception a genuine DOMException, whoever made it", async () => {
    const shop = await openShop();
    scene.order = () =>
      Promise.reject(new scene.SoldOut(realm, ["none left", { name: "hat", colours: [], count: 0 }]));
    const error: any = await shop.order({}).catch((reason: unknown) => reason);
    const own: any = new realm.SoldOut("none left", { name: "hat", colours: [], count: 0 });
    for (const each of [error, own]) {
      assert.equal(Object.getPrototypeOf(each), realm.SoldOut.prototype);
      assert.equal(each instanceof DOMException, true);
      assert.equal(`${each.name}: ${each.message}`, "SoldOutError: none left");
      assert.deepEqual(each.goods(), { name: "hat", colours: [], count: 0 });
    }
    class Worse extends realm.SoldOut {}
    assert.ok(new (Worse as any)("", { name: "", colours: [] }) instanceof Worse);
  });

  it("have one promise for one promise, and one object for one object", async () => {
    const shop = await openShop();
    assert.equal(shop.closed, shop.closed);
    assert.equal(shop.bell(), shop.bell());
  });

  it("keep a promise marked as handled, so that nobody hears of its rejection", async () => {
    const shop = await openShop();
    scene.closed = Promise.reject(new Error("nobody asked"));
    infra.markAsHandled(scene.closed);
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", hear);
    const { closed } = shop;
    await new Promise(setImmediate);
    process.off("unhandledRejection", hear);
    assert.deepEqual(unhandled, []);
    await assert.rejects(closed, /nobody asked/);
  });

  it("make an event target a genuine EventTarget, with its handler", async () => {
    const bell = (await openShop()).bell();
    let rung = 0;
    bell.addEventListener("ring", () => (rung += 1));
    bell.dispatchEvent(new Event("ring"));
    assert.equal(rung, 1);
    const handler = () => undefined;
    bell.onring = handler;
    assert.equal(bell.onring, handler);
    bell.onring = 1;
    assert.equal(bell.onring, null);
  });

  it("are installed only where the interface is exposed", () => {
    const worker: any = Object.create(globalThis);
    for (const each of bindings.interfaces) each.install(worker, ["DedicatedWorker", "Worker"]);
    assert.equal(worker.Shop, undefined);
  });

  it("list what install needs: a base first, and the members of the platform's interfaces", () => {
    assert.deepEqual(
      bindings.interfaces.map(({ name, secureContext }: any) => [name, secureContext]),
      [
        ["Shop", true],
        ["Bell", false],
        ["SoldOut", false],
      ],
    );
    const [member] = bindings.platformMembers;
    assert.deepEqual([member.target, member.name, member.secureContext], ["Navigator", "shop", true]);
    assert.ok(member.create(realm) instanceof realm.Shop);
  });

  it("are not generated for an interface without an implementation", async () => {
    await assert.rejects(generateBindings(await readTree(idl), new Map()), /'Shop' has no implementation/);
  });
});
