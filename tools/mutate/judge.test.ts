import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { judge } from "./judge.ts";
import type { Baseline } from "./judge.ts";
import type { Lane } from "./lane.ts";
import { mutate } from "./mutants.ts";

const source = `
/** https://hybrid-ai-web.github.io/hybrid-ai/#bake-a-loaf */
export function bakeALoaf() {
  // 1. Return bread.
  return bread;
}`;
const [mutant] = mutate(source, "impl/bread/bake.ts").mutants as [
  ReturnType<typeof mutate>["mutants"][number],
];

const tests = ["quick", "slow"].map((title) => ({
  title,
  file: `impl/${title}.test.ts`,
  milliseconds: 400,
  failed: false,
  reached: [],
}));
const page = { file: "bread.js", url: "/bread.html", kind: "window", timeout: 1 } as const;
const baseline: Baseline = {
  unitTests: new Map([[mutant.name, tests]]),
  pages: new Map([[mutant.name, [{ page, milliseconds: 1 }]]]),
};

/**
 * A lane that writes down what it is asked.
 *
 * @param answers - what it says of the unit tests, in turn: a failed title, none, or null where they hang
 */
function lane(answers: readonly (string | null | undefined)[], passed = true): Lane & { asked: string[] } {
  const left = [...answers];
  const asked: string[] = [];
  return {
    asked,
    runUnitTests({ mutant: on, titles }) {
      asked.push(`${on === null ? "without: " : ""}${titles!.join(" ")}`);
      const failed = left.shift();
      const ran = tests.map((test) => ({ ...test, failed: test.title === failed }));
      return Promise.resolve(failed === null ? null : { tests: ran });
    },
    runPage({ url }) {
      asked.push(url);
      return Promise.resolve({ passed, inTime: true, reached: [] });
    },
    close: () => Promise.resolve(),
  };
}

describe("a mutant", () => {
  it("dies in the first test that fails", async () => {
    const verdict = await judge(mutant, baseline, lane([undefined, "slow"]));
    assert.deepEqual(verdict, { status: "killed", by: "slow", file: "impl/slow.test.ts" });
    const byPage = await judge(mutant, baseline, lane([], false));
    assert.deepEqual(byPage, { status: "killed", by: "/bread.html", file: "wpt/bread.js" });
    assert.equal((await judge(mutant, baseline, lane([]))).status, "survived");
  });

  it("is first shown to the test that killed it before", async () => {
    const before = (by: string) => ({ status: "killed", by, file: "" }) as const;
    const slow = lane(["slow"]);
    await judge(mutant, baseline, slow, before("slow"));
    assert.deepEqual(slow.asked, ["slow"]);
    const all = lane([]);
    await judge(mutant, baseline, all, before("/bread.html"));
    assert.deepEqual(all.asked, ["/bread.html", "quick", "slow"]);
  });

  it("hangs where the same tests without it do not", async () => {
    const hangs = lane([null, undefined]);
    const verdict = await judge(mutant, baseline, hangs);
    assert.deepEqual(verdict, { status: "killed", by: "the unit tests hang", file: null });
    assert.deepEqual(hangs.asked, ["quick", "without: quick"]);
  });

  it("is tried again where the machine is busy, and not judged where it stays so", async () => {
    for (const without of [null, "quick"]) {
      const busy = lane([null, without, "quick"]);
      assert.equal((await judge(mutant, baseline, busy)).by, "quick");
    }
    await assert.rejects(judge(mutant, baseline, lane([null, null, null, null, null, null])), /too busy/);
  });
});
