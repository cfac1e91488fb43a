import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { root } from "../setup/where.mjs";
import { findCycles, importedAtRunTime, readImportGraph } from "./import-cycles.ts";

describe("import cycles", () => {
  it("are made of what modules import when they run, not of types", () => {
    const source = [
      `import { a } from "./a.ts";`,
      `import "./b.ts";`,
      `export { c } from "./c.ts";`,
      `import { type D } from "./d.ts";`,
      `import type { E } from "./e.ts";`,
      `export type { F } from "./f.ts";`,
      `export const g = a;`,
    ].join("\n");
    assert.deepEqual(importedAtRunTime(source), ["./a.ts", "./b.ts", "./c.ts", "./d.ts"]);
  });

  it("are found, however long", () => {
    const graph = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["d", "e"]],
      ["e", []],
    ]);
    assert.deepEqual(findCycles(graph), [
      ["a", "b", "c", "a"],
      ["d", "d"],
    ]);
  });

  it("are nowhere in the implementation, the apps and the tools", () => {
    const graph = readImportGraph(root, "{apps,idl,impl,tools,wpt/runner}/**/*.{ts,mjs}");
    assert.ok(graph.size > 0);
    assert.deepEqual(
      findCycles(graph).map((cycle) => cycle.join(" → ")),
      [],
    );
  });
});
