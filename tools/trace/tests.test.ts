import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { joinTests } from "./tests.ts";
import type { Run, TestSource } from "./tests.ts";
import { titlesIn } from "./titles.ts";

const file = "wpt/bread.js";
const shared = "wpt/resources/oven.js";

function sources(source: string, written = 1): Map<string, TestSource> {
  return new Map([
    [file, { titles: titlesIn(source, file), loads: [file, shared], written }],
    [shared, { titles: titlesIn('test(f, "bake a loaf, step 2: hot");', shared), loads: [shared], written }],
  ]);
}

const ran = (time: number, ...titles: string[]): Run => ({
  target: "jsdom",
  time,
  results: titles.map((title) => ({ file, title, outcome: "passed" as const })),
});

const titlesOf = (...[all, runs]: Parameters<typeof joinTests>) =>
  joinTests(all, runs).tests.map(({ title, results }) => [title, results["jsdom"] ?? null]);

describe("the tests of the trace", () => {
  it("are the titles in the sources where nothing ran", () => {
    assert.deepEqual(titlesOf(sources('test(f, "bake a loaf, step 1: raw");'), []), [
      ["bake a loaf, step 1: raw", null],
      ["bake a loaf, step 2: hot", null],
    ]);
  });

  it("are what ran instead of the templates and helpers that it came from", () => {
    const source = "\ntest(f, `bake a loaf, step 1: ${what}`);";
    const runs = [ran(2, "bake a loaf, step 1: raw", "bake a loaf, step 2: hot")];
    assert.deepEqual(titlesOf(sources(source), runs), [
      ["bake a loaf, step 1: raw", "passed"],
      ["bake a loaf, step 2: hot", "passed"],
    ]);
    assert.deepEqual(
      joinTests(sources(source), runs).tests.map(({ place }) => place),
      [
        { file, line: 2 },
        { file: shared, line: 1 },
      ],
    );
  });

  it("are not those of a report that is older than their file, such as of a test that has another name now", () => {
    const old = [ran(2, "bake a loaf, step 9: raw")];
    assert.deepEqual(titlesOf(sources('test(f, "bake a loaf, step 1: raw");', 3), old), [
      ["bake a loaf, step 1: raw", null],
      ["bake a loaf, step 2: hot", null],
    ]);
  });

  it("have the worst outcome of their pages", () => {
    const result = (outcome: "passed" | "failed" | "failed as expected") => ({
      target: "jsdom",
      time: 2,
      results: [{ file, title: "bake a loaf, step 1: raw", outcome }],
    });
    const all = sources('test(f, "bake a loaf, step 1: raw");');
    const both = (...runs: Run[]) => titlesOf(all, runs)[0]![1];
    assert.equal(both(result("failed as expected"), result("passed")), "failed as expected");
    assert.equal(both(result("failed as expected"), result("failed")), "failed");
  });

  it("are not those of a file that is gone", () => {
    assert.deepEqual(joinTests(new Map(), [ran(2, "bake a loaf, step 1: raw")]).tests, []);
  });

  it("are all run where each file ran since it was written", () => {
    const source = 'test(f, "bake a loaf, step 1: raw");';
    assert.equal(joinTests(sources(source), []).areRun, false);
    assert.equal(joinTests(sources(source, 3), [ran(2, "bake a loaf, step 1: raw")]).areRun, false);
    assert.equal(joinTests(sources(source), [ran(2, "bake a loaf, step 1: raw")]).areRun, true);
  });
});
