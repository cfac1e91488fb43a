import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readAlgorithms } from "../spec/algorithms.ts";
import { readCodeOfAlgorithms } from "../steps/code.ts";
import { readCitations } from "./citations.ts";
import { writeMap } from "./map.ts";
import { isObservable } from "./observable.ts";
import { stepsIn } from "./reached.ts";
import { isInstance, titlesIn } from "./titles.ts";
import { countTrace, trace } from "./trace.ts";
import type { TracedTest } from "./trace.ts";

const text = `<div algorithm>
  To <dfn>bake a loaf</dfn> of |dough|:

  1. If |dough| is not risen, then return failure.
  1. Let |loaf| be |dough|, baked.
  1. Return |loaf|.
</div>

<div algorithm>
  The <dfn method for="Oven">bake(|dough|)</dfn> method steps are:

  1. Return the result of [=baking a loaf=] of |dough|.
</div>
`;
const algorithms = readAlgorithms(text, "spec/bread.bs");

const code = `
/** https://hybrid-ai-web.github.io/hybrid-ai/#bake-a-loaf */
export function bakeALoaf() {
  // 1. If dough is not risen, then return failure.
  // 2. Let loaf be dough, baked.
  // 3. Return loaf.
}
/** https://hybrid-ai-web.github.io/hybrid-ai/#dom-oven-bake */
export function bake() {
  // 1. Return the result of baking a loaf of dough.
}`;
const codes = Map.groupBy(readCodeOfAlgorithms(code, "impl/bread/bake.ts"), ({ id }) => id);

const test = (title: string): TracedTest => ({ title, file: "wpt/bread.js", results: { jsdom: "passed" } });
const complete = [
  test("bake a loaf, step 1: raw dough"),
  test("bake a loaf, step 3: bread"),
  test("Oven.bake(), step 1: bread"),
];

describe("trace", () => {
  it("counts what joins", () => {
    const traced = trace(algorithms, codes, complete, {});
    assert.deepEqual(traced.problems, []);
    assert.deepEqual(countTrace(traced), {
      algorithms: 2,
      steps: 4,
      inCode: 4,
      observable: 3,
      tested: 3,
      excused: 0,
      drifted: 0,
    });
  });

  it("tells an observable step without a test, unless it is excused", () => {
    const [first, , third] = complete;
    const traced = trace(algorithms, codes, [first!, third!], {});
    assert.deepEqual(traced.problems, [
      "spec/bread.bs:6: step 3 of “bake a loaf” is observable and has no test.",
    ]);
    const excused = trace(algorithms, codes, [first!, third!], { "bake-a-loaf": { 3: "Nobody eats it." } });
    assert.deepEqual(excused.problems, []);
    assert.equal(countTrace(excused).excused, 1);
  });

  it("tells an excuse that is not needed, or is for nothing", () => {
    const traced = trace(algorithms, codes, complete, {
      "bake-a-loaf": { 2: "no", 3: "no", 9: "no" },
      "eat-a-loaf": { 1: "no" },
    });
    assert.deepEqual(traced.problems, [
      "spec/bread.bs:5: step 2 of “bake a loaf” needs no excuse: it is not observable.",
      "spec/bread.bs:6: step 3 of “bake a loaf” has a test, and still an excuse.",
      "wpt/untested.yaml: there is no step 9 of #bake-a-loaf.",
      "wpt/untested.yaml: there is no step 1 of #eat-a-loaf.",
    ]);
  });

  it("tells a test that cites what is not there", () => {
    const traced = trace(
      algorithms,
      codes,
      [...complete, test("bake a loaf, step 7: no"), test("eat, step 1: no")],
      {},
    );
    assert.deepEqual(traced.problems, [
      "wpt/bread.js: “bake a loaf, step 7: no” cites step 7, and “bake a loaf” has no such step.",
      "wpt/bread.js: no algorithm is called “eat, step 1”.",
    ]);
  });

  it("leaves a template's name, and a string that may be no title, for when they have run", () => {
    const titles = [...complete, test("…, step 1: no"), test("eat step 1: no…")];
    assert.deepEqual(trace(algorithms, codes, titles, {}).problems, []);
  });

  it("tells a range of steps, of which only the ends would count", () => {
    const traced = trace(algorithms, codes, [...complete, test("bake a loaf, steps 1 to 3: no")], {});
    assert.deepEqual(traced.problems, [
      "wpt/bread.js: “bake a loaf, steps 1 to 3: no” cites a range: name each step.",
    ]);
  });

  it("tells an algorithm without code", () => {
    const traced = trace(algorithms, new Map(), complete, {});
    assert.equal(traced.problems.filter((problem) => problem.endsWith("has no code.")).length, 2);
    assert.equal(countTrace(traced).inCode, 0);
  });
});

describe("citations", () => {
  const cited = (title: string) =>
    readCitations(title, algorithms).cited.map(({ algorithm, step }) => `${algorithm.id} ${step}`);

  it("are read singly, in lists, and after suites", () => {
    assert.deepEqual(cited("bake a loaf, step 1: a"), ["bake-a-loaf 1"]);
    assert.deepEqual(cited("bake a loaf step 1: a"), ["bake-a-loaf 1"]);
    assert.deepEqual(cited("bake a loaf, steps 1, 2 and 3: a"), [
      "bake-a-loaf 1",
      "bake-a-loaf 2",
      "bake-a-loaf 3",
    ]);
    assert.deepEqual(cited("bake a loaf, steps 1.2 and 3: a"), ["bake-a-loaf 1.2", "bake-a-loaf 3"]);
    assert.deepEqual(cited("bake(), step 1: a"), ["dom-oven-bake 1"]);
    assert.deepEqual(cited("Oven.bake(), step 1: a"), ["dom-oven-bake 1"]);
  });

  it("take the longest name, and whole words", () => {
    assert.deepEqual(cited("rebake a loaf, step 1: a"), []);
    assert.deepEqual(cited("no citation"), []);
  });
});

describe("observable steps", () => {
  const steps = (markup: string) =>
    readAlgorithms(`<div algorithm>\n  To <dfn>x</dfn>:\n\n  ${markup}\n</div>`, "a.bs")[0]!.steps;
  for (const [markup, observable] of [
    ["1. Return |x|.", true],
    ["1. [=exception/throw=] a {{TypeError}}.", true],
    ["1. Set |x| to 1.", true],
    ["1. If |x|, then [=list/append=] |y| to |z|.", true],
    ["1. [=Queue a global task=] to do it.", true],
    ["1. [=Invoke=] |x| with « ».", true],
    ["1. Let |x| be the result of [=invoking=] |y|.", true],
    ["1. If |x| is not 0, then [=request/add a range header=] to |y|.", true],
    ["1. Terminate the fetches of |x|.", true],
    ["1. [=End a model|End=] |x|.", true],
    ["1. Run |x| given 1.", true],
    ["1. Let |x| be what is set.", false],
    ["1. Let |x| be the result of [=fetching a manifest=].", false],
    ["1. Assert: |x| is set.", false],
    ["1. If |x| is set:\n      1. Return.", false],
  ] as const) {
    it(`${markup.replace(/\n */, " ")} is ${observable ? "" : "not "}observable`, () => {
      assert.equal(isObservable(steps(markup)[0]!), observable);
    });
  }
});

describe("the steps that a target reached", () => {
  const traced = trace(algorithms, codes, complete, {});
  const report = { pages: [{ coverage: ["bake-a-loaf 1", "bake-a-loaf 1 remove", "eat 1"] }, {}] };

  it("are those of the text that its pages named", () => {
    assert.deepEqual([...stepsIn(report, traced, () => true)], ["bake-a-loaf 1"]);
  });

  it("are not those whose code was written since", () => {
    assert.deepEqual([...stepsIn(report, traced, () => false)], []);
  });
});

describe("titles in sources", () => {
  const titles = (source: string) => titlesIn(source, "a.test.ts").map(({ title }) => title);

  it("are those of mocha, after their suites, and those of testharness.js", () => {
    const source = `
      describe("bake a loaf", () => { it("step 1: raw", () => {}); });
      promise_test(async () => {}, "bake a loaf, step 3: bread");
      twoWorldsTest({ secret: "rye" }, "bake a loaf, step 1: alike");
      describe("no step", () => { it(what, () => {}); });`;
    assert.deepEqual(titles(source), [
      "bake a loaf step 1: raw",
      "bake a loaf, step 3: bread",
      "bake a loaf, step 1: alike",
      "no step …",
    ]);
  });

  it("leave a gap for what is put into them, and may come from a table of cases", () => {
    const source = `
      describe("bake a loaf", () => { it(\`step 1: \${what} dough\`, () => {}); });
      test(() => {}, "bake a loaf, step 3: " + what);
      const cases = [["bake a loaf, step 1: rye", 2]];
      describe("bake a loaf", () => { for (const what of ["step 3: rye"]) it(what, () => {}); });`;
    assert.deepEqual(titles(source), [
      "bake a loaf step 1: … dough",
      "bake a loaf, step 3: …",
      "…bake a loaf, step 1: rye…",
      "bake a loaf step 3: rye…",
      "bake a loaf …",
    ]);
  });

  it("are told by their line, and from what ran", () => {
    const [title] = titlesIn("\nit(`step 1: ${what} (dough)`, () => {});", "a.test.ts");
    assert.equal(title!.line, 2);
    assert.ok(isInstance("step 1: rye (dough)", title!));
    assert.ok(!isInstance("step 1: rye dough", title!));
  });
});

describe("the map", () => {
  it("needs its place", () => {
    assert.throws(() => writeMap("# Nothing", trace([], new Map(), [], {})), /no place for the map/);
  });
});
