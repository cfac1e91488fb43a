import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { nameOf, readTree } from "./tree.ts";

describe("the tree of the IDL", () => {
  it("borrows what it names and does not define, and what that names in turn", async () => {
    const { borrowed } = await readTree(
      "[Exposed=Window] interface One { attribute EventHandler onchange; };",
    );
    assert.deepEqual(borrowed.map(nameOf), ["EventHandler", "EventHandlerNonNull"]);
  });

  it("keeps the platform's interfaces apart: they are not ours to define", async () => {
    const { borrowed, external } = await readTree(
      "[Exposed=Window] interface One : EventTarget { undefined go(optional sequence<AbortSignal> signals); };",
    );
    assert.deepEqual(borrowed, []);
    assert.deepEqual([...external.keys()].sort(), ["AbortSignal", "EventTarget"]);
  });

  it("refuses a type that no specification defines", async () => {
    await assert.rejects(readTree("dictionary One { Nowhere member; };"), /'Nowhere'/);
  });

  it("refuses invalid IDL", async () => {
    await assert.rejects(readTree("interface One { attribute DOMString };"), /Syntax error/);
    await assert.rejects(
      readTree(
        "[Exposed=Window] interface One { undefined go(One one, optional Two two); }; dictionary Two {};",
      ),
      /default/,
    );
  });
});
