import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { emitContracts } from "./contracts.ts";
import { readTree } from "./tree.ts";

async function contracts(idl: string): Promise<string> {
  return emitContracts(await readTree(idl)).replaceAll(/\s+/g, " ");
}

function includes(text: string, part: string): void {
  assert.ok(text.includes(part.replaceAll(/\s+/g, " ")), `${part}\n\nis not in\n\n${text}`);
}

describe("the contracts", () => {
  it("have the members of a dictionary that is converted: required and defaulted ones are there", async () => {
    const text = await contracts(`
      dictionary Base { required DOMString one; };
      dictionary Derived : Base { double two = 1; [EnforceRange] unsigned long long three; sequence<USVString>? four; };
    `);
    includes(text, "export interface Base { one: string; }");
    includes(
      text,
      "export interface Derived extends Base { two: number; three?: number; four?: readonly string[] | null; }",
    );
  });

  it("have enumerations as strings and records as objects", async () => {
    const text = await contracts(
      `enum Way { "in", "out" }; dictionary One { record<USVString, Way> ways; };`,
    );
    includes(text, 'export type Way = "in" | "out";');
    includes(text, "ways?: Record<string, Way>;");
  });

  it("have callbacks as functions", async () => {
    const text = await contracts(
      `callback Ask = Promise<(DOMString or boolean)> (long long number, optional any what);`,
    );
    includes(text, "export type Ask = (number: number, what?: unknown) => Promise<(string | boolean)>;");
  });

  it("have shared buffers only where the IDL allows them", async () => {
    const text = await contracts("dictionary One { Uint8Array own; [AllowShared] Uint8Array shared; };");
    includes(text, "own?: Uint8Array<ArrayBuffer>; shared?: Uint8Array;");
  });

  it("ask an implementation for its own members, and what its platform base needs of it", async () => {
    const text = await contracts(`
      [Exposed=Window] interface Failed : DOMException { constructor(DOMString message); readonly attribute boolean late; };
      [Exposed=Window] interface Watched : EventTarget { undefined stop(optional boolean hard = false); };
    `);
    includes(
      text,
      "export interface Failed { readonly name: string; readonly message: string; readonly late: boolean; }",
    );
    includes(text, "export interface Watched { stop(hard: boolean): void; }");
  });

  it("ask an implementation class for static operations, constructors and what install makes", async () => {
    const text = await contracts(`
      [Exposed=Window] interface One { constructor(DOMString name); static Promise<One> make(long size); };
      interface mixin Things { [SameObject] readonly attribute Two two; };
      Navigator includes Things;
      [Exposed=Window] interface Two {};
    `);
    includes(text, "new (globalObject: GlobalObject, constructorArguments: [name: string]): One;");
    includes(text, "make(globalObject: GlobalObject, size: number): Promise<One>;");
    includes(text, "Two: { readonly prototype: Two; new (globalObject: GlobalObject): Two; };");
  });

  it("refuse what they have no form for, rather than leave it out", async () => {
    await assert.rejects(
      contracts("[Exposed=Window] interface One { maplike<DOMString, long>; };"),
      /maplike/,
    );
    await assert.rejects(contracts("[Exposed=Window] interface One : Blob {};"), /'Blob'/);
  });
});
