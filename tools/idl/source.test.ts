import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { blocksIn, joinBlocks } from "./source.ts";

describe("reading IDL from the Bikeshed source", () => {
  const source = [
    "<h2>One</h2>",
    '<xmp class="idl">',
    'enum One { "a" };',
    "</xmp>",
    "",
    "<xmp class=js>not IDL</xmp>",
    "<xmp class=idl>",
    "enum Two {",
    '  "b"',
    "};",
    "</xmp>",
    "",
  ].join("\n");

  it("finds each block, with its file and line", () => {
    assert.deepEqual(blocksIn("spec/one.bs", source), [
      { file: "spec/one.bs", line: 3, idl: 'enum One { "a" };\n' },
      { file: "spec/one.bs", line: 8, idl: 'enum Two {\n  "b"\n};\n' },
    ]);
  });

  it("joins them as the index of the built page does", () => {
    assert.equal(joinBlocks(blocksIn("one.bs", source)), 'enum One { "a" };\n\nenum Two {\n  "b"\n};\n');
  });
});
