import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Report } from "./benchmark.ts";
import { inWords, jsonOf, linesOf } from "./report.ts";

const spread = { median: 0.5, min: 0.25, max: 2 };
const report: Report = {
  name: "example",
  browser: "Browser/1",
  seed: 7,
  rounds: 3,
  figures: [
    { name: "P1a", what: "one / another", unit: "", goal: 0.5, spread },
    { name: "P1b", what: "one / a third", unit: "", goal: 0.4, spread },
    { name: "P1", what: "without a goal", unit: "MB", goal: null, spread },
  ],
  tables: [
    {
      title: "Times",
      unit: "ms",
      note: "How.",
      columns: ["cold", "warm"],
      rows: [{ name: "an arm", ours: true, cells: [spread, null] }],
    },
  ],
  failures: ["an arm: it broke"],
};

describe("a report", () => {
  it("tells people whether each goal is met, by the median", () => {
    const lines = linesOf(report).join("\n");
    assert.match(lines, /P1a +0\.5, 0\.25–2 +≤ 0\.5 +met +one \/ another/);
    assert.match(lines, /P1b +0\.5, 0\.25–2 +≤ 0\.4 +not met/);
    assert.match(lines, /P1 +0\.5, 0\.25–2 MB +without a goal/);
    assert.match(lines, /an arm +0\.5, 0\.25–2 +–/);
    assert.match(lines, /an arm: it broke/);
  });

  it("tells programs each figure by its name, on one line", () => {
    const json = jsonOf(report);
    assert.ok(!json.includes("\n"));
    const { name, ratios, tables } = JSON.parse(json) as Record<string, unknown> & {
      ratios: Record<string, unknown>;
    };
    assert.equal(name, "example");
    assert.deepEqual(ratios.P1b, { ...spread, goal: 0.4, met: false, unit: "", what: "one / a third" });
    assert.deepEqual(Object.keys(ratios), ["P1a", "P1b", "P1"]);
    assert.deepEqual(tables, report.tables);
  });

  it("writes numbers in three digits, and a spread only where there is one", () => {
    assert.equal(inWords({ median: 1234.5, min: 0.12345, max: 99.96 }), "1235, 0.123–100");
    assert.equal(inWords({ median: 2, min: 2, max: 2 }), "2");
    assert.equal(inWords(null), "–");
  });
});
