import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { listStages } from "./stages.ts";

const stages = new Map(listStages(true).map((stage) => [stage.name, stage]));

/** Every stage that one waits for, and those that they wait for. */
function allBefore(name: string): Set<string> {
  const before = new Set(stages.get(name)!.after);
  for (const each of before) for (const earlier of stages.get(each)!.after ?? []) before.add(earlier);
  return before;
}

describe("the stages of npm test", () => {
  it("wait for stages that there are", () => {
    for (const { name, after = [] } of stages.values()) {
      for (const earlier of after) assert.ok(stages.has(earlier), `${name} waits for ${earlier}`);
    }
  });

  it("furnish the reading room when there are results to show", () => {
    const before = allBefore("reading-room");
    for (const name of [
      "spec",
      "unit",
      "wpt-jsdom",
      "wpt-chromium",
      "wpt-firefox",
      "wpt-webkit",
      "mutants",
    ]) {
      assert.ok(before.has(name), name);
    }
  });
});
