import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runStages } from "./schedule.ts";
import { fail, pass, skip } from "./stage.ts";
import type { Outcome, Stage } from "./stage.ts";

function stage(name: string, outcome: Outcome, after: string[] = []): Stage {
  return { name, after, run: () => Promise.resolve(outcome) };
}

async function outcomes(stages: Stage[], strict = false): Promise<Record<string, Outcome>> {
  const finished = await runStages(stages, { width: 2, strict, report: () => undefined });
  return Object.fromEntries(finished.map(({ stage: { name }, outcome }) => [name, outcome]));
}

describe("the schedule of npm test", () => {
  it("runs as many stages at a time as it may, and no more", async () => {
    let running = 0;
    const seen: number[] = [];
    const stages = ["a", "b", "c", "d"].map((name): Stage => {
      return {
        name,
        run: async () => {
          seen.push((running += 1));
          await new Promise(setImmediate);
          running -= 1;
          return pass;
        },
      };
    });
    await outcomes(stages);
    assert.deepEqual(seen, [1, 2, 2, 2]);
  });

  it("runs a stage after those that it names, wherever they stand", async () => {
    const order: string[] = [];
    const noted = (name: string, after: string[] = []): Stage => {
      return { name, after, run: () => (order.push(name), Promise.resolve(pass)) };
    };
    await outcomes([noted("last", ["middle"]), noted("middle", ["first"]), noted("first")]);
    assert.deepEqual(order, ["first", "middle", "last"]);
  });

  it("skips, in words, what waits for a stage that failed or was skipped", async () => {
    const result = await outcomes([
      stage("broken", fail("no")),
      stage("absent", skip("no such program")),
      stage("one", pass, ["broken"]),
      stage("two", pass, ["absent", "broken"]),
      stage("three", pass, ["one"]),
    ]);
    assert.equal(result["one"]?.skipped, 1);
    assert.equal(result["two"]?.details, "not run, because absent and broken did not pass");
    assert.equal(result["three"]?.skipped, 1);
  });

  it("fails a stage that tested nothing, and one that threw", async () => {
    const thrower: Stage = { name: "thrower", run: () => Promise.reject(new Error("thrown")) };
    const result = await outcomes([stage("empty", { passed: 0, failed: 0, skipped: 0 }), thrower]);
    assert.equal(result["empty"]?.failed, 1);
    assert.equal(result["thrower"]?.failed, 1);
    assert.match(result["thrower"].details ?? "", /thrown/);
  });

  it("counts a stage that was skipped as failed where nothing may be skipped", async () => {
    const strict = true;
    const result = await outcomes(
      [stage("absent", skip("no such program")), stage("next", pass, ["absent"])],
      strict,
    );
    assert.deepEqual(result["absent"], { passed: 0, failed: 1, skipped: 0, details: "no such program" });
    assert.equal(result["next"]?.failed, 1);
  });

  it("refuses stages that wait for each other", async () => {
    await assert.rejects(
      outcomes([stage("a", pass, ["b"]), stage("b", pass, ["a"])]),
      /wait for each other: a, b/,
    );
  });
});
