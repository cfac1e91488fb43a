import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { toModule } from "./module.ts";

describe("turning CommonJS into modules", () => {
  it("imports namespaces of its own modules, and what packages export", () => {
    const text = toModule('"use strict";\n\nconst a = require("a");\nconst b = require("./b.js");\n');
    assert.equal(text, '\nimport a from "a";\nimport * as b from "./b.js";\n');
  });

  it("exports what is assigned to exports, and uses it by its own name", () => {
    const text = toModule(
      "const set = new Set();\nexports.set = set;\nexports.has = x => exports.set.has(x);\n",
    );
    assert.equal(text, "const set = new Set();\nexport { set };\nexport const has = x => set.has(x);\n");
  });

  it("exports a whole object by its names", () => {
    assert.equal(toModule("module.exports = exports = {\n  a,\n  b\n};\n"), "export {\n  a,\n  b\n};\n");
  });

  it("refuses what it does not know", () => {
    assert.throws(() => toModule('const { a } = require("./a.js");'), /in a new way/);
    assert.throws(() => toModule("module.exports.a = 1;"), /in a new way/);
  });
});
