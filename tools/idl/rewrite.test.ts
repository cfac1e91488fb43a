import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as webidl2 from "webidl2";
import { membersOfThePlatform, rewrite } from "./rewrite.ts";
import { nameOf, readTree } from "./tree.ts";

const idl = `
  interface mixin NavigatorThings { [SecureContext, SameObject] readonly attribute Thing thing; };
  Navigator includes NavigatorThings;
  interface mixin Named { readonly attribute DOMString name; };
  Thing includes Named;
  [Exposed=Window] interface Thing : EventTarget {
    static Promise<Thing> find(MLOperandDataType type, AbortSignal signal);
  };
  callback Ask = Promise<record<USVString, long>> (Thing thing);
  callback Tell = Promise<undefined> (Thing thing);
`;

async function rewritten() {
  const text = rewrite(await readTree(idl));
  return { text, definitions: webidl2.parse(text) };
}

describe("the rewrite for webidl2js", () => {
  it("leaves out what adds to the platform's interfaces, and keeps what adds to ours", async () => {
    const { definitions, text } = await rewritten();
    assert.ok(!text.includes("Navigator"));
    assert.equal(definitions.filter(({ type }) => type === "includes").length, 1);
    assert.ok(definitions.some((each) => nameOf(each) === "Named"));
  });

  it("supplies what other specifications define: interfaces without their members", async () => {
    const { definitions } = await rewritten();
    const byName = new Map(definitions.map((each) => [nameOf(each), each]));
    assert.equal(byName.get("MLOperandDataType")?.type, "enum");
    for (const name of ["EventTarget", "AbortSignal"]) {
      assert.deepEqual((byName.get(name) as webidl2.InterfaceType).members, []);
    }
  });

  it("gives static operations the global object", async () => {
    const { text } = await rewritten();
    assert.match(text, /\[WebIDL2JSCallWithGlobal\] static Promise<Thing> find/);
  });

  it("gives what a callback's promise resolves with a callback that returns it", async () => {
    const { definitions } = await rewritten();
    const results = definitions.filter((each) => nameOf(each).endsWith("Result")) as webidl2.CallbackType[];
    assert.deepEqual(results.map(nameOf), ["AskResult"]);
    assert.equal(results[0]!.idlType.generic, "record");
  });

  it("lists what install adds to the platform's interfaces", async () => {
    const members = membersOfThePlatform(await readTree(idl));
    assert.deepEqual(
      members.map(({ target, name, type }) => ({ target, name, type })),
      [{ target: "Navigator", name: "thing", type: "Thing" }],
    );
  });

  it("refuses to add to the platform what install has no way to", async () => {
    const tree = await readTree("partial interface Navigator { undefined go(); };");
    assert.throws(() => membersOfThePlatform(tree), /Navigator/);
  });
});
