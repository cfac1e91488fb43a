import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { emitPageGlobals, emitPageTypes } from "./page-types.ts";
import { readTree } from "./tree.ts";

async function types(idl: string): Promise<string> {
  return emitPageTypes(await readTree(idl)).replaceAll(/\s+/g, " ");
}

function includes(text: string, part: string): void {
  assert.ok(text.includes(part), `${part}\n\nis not in\n\n${text}`);
}

describe("the types for pages", () => {
  it("let a page leave out what has a default", async () => {
    const text = await types(`
      dictionary Terms { required DOMString one; double two = 1; };
      [Exposed=Window] interface Shop { undefined order(DOMString what, optional Terms terms = {}); };
    `);
    includes(text, "export interface Terms { one: string; two?: number; }");
    includes(text, "order(what: string, terms?: Terms): void;");
  });

  it("let a callback return a value or a promise of it", async () => {
    includes(
      await types("callback Ask = Promise<double> ();"),
      "export type Ask = () => number | PromiseLike<number>;",
    );
  });

  it("have the interface object apart, with statics and constructors", async () => {
    const text = await types(
      "[Exposed=Window] interface Shop { constructor(DOMString name); static Promise<Shop> find(); readonly attribute long size; };",
    );
    includes(text, "export interface Shop { readonly size: number; }");
    includes(
      text,
      "export interface ShopConstructor { readonly prototype: Shop; new (name: string): Shop; find(): Promise<Shop>; }",
    );
  });

  it("type the events of an event handler, or ask for what the IDL does not say", async () => {
    const text = await types(
      "[Exposed=Window] interface ModelMonitor : EventTarget { attribute EventHandler ondownloadprogress; };",
    );
    includes(
      text,
      "ondownloadprogress: ((this: ModelMonitor, event: Event & { readonly lengthComputable: boolean;",
    );
    includes(text, 'addEventListener( type: "downloadprogress"'.replace("( ", "("));
    const unknown = "[Exposed=Window] interface Bell : EventTarget { attribute EventHandler onring; };";
    await assert.rejects(types(unknown), /'onring'/);
  });

  it("put the objects on the global for the polyfill", async () => {
    const tree = await readTree(`
      [Exposed=Window] interface Shop {};
      interface mixin NavigatorShop { [SameObject] readonly attribute Shop shop; };
      Navigator includes NavigatorShop;
    `);
    const text = emitPageGlobals(tree).replaceAll(/\s+/g, " ");
    includes(text, "var Shop: page.ShopConstructor;");
    includes(text, "interface Navigator extends page.NavigatorShop {}");
    includes(
      emitPageTypes(tree).replaceAll(/\s+/g, " "),
      "export interface NavigatorShop { readonly shop: Shop; }",
    );
  });
});
