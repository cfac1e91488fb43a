import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { describe, it } from "mocha";
import { readAlgorithms } from "../spec/algorithms.ts";
import { chapterFiles } from "../spec/chapters.ts";
import { readCodeOfAlgorithms } from "../steps/code.ts";
import { trace } from "../trace/trace.ts";
import type { TracedTest } from "../trace/trace.ts";
import { furnish, PageDiffersError } from "./furnish.ts";
import { mapPage } from "./map.ts";
import { leadBack, sourceListing, splitHighlighted } from "./page.ts";
import { testIds } from "./steps.ts";
import type { Findings } from "./steps.ts";

const file = "impl/bread/bake.ts";
const code = `/** https://hybrid-ai-web.github.io/hybrid-ai/#bake-a-loaf */
export function bakeALoaf() {
  // 1. For each slice of dough:
  for (const slice of dough) {
    // 1.1. Heat slice’s <crust>.
    // NOTE: Heat makes bread.
    heat(slice);
  }

  // 2. Let loaf be 2^5.
  // 3. Return loaf.
  return 2 ** 5;
}
`;
const text = `<div algorithm>
  To <dfn>bake a loaf</dfn> of |dough|:

  1. For each |slice| of |dough|:
      1. Heat |slice|'s \`<crust>\`.

         Note: Heat makes bread.
  1. Let |loaf| be 2<sup>5</sup>.
  1. Return |loaf|.
</div>
`.replaceAll("<crust>", "&lt;crust>");

const plain = `<!doctype html><title>Bread</title><div class="algorithm">To <dfn id="bake-a-loaf">bake a loaf</dfn> of <var>dough</var>:
<ol><li><p>For each <var>slice</var> of <var>dough</var>:</p><ol><li><p>Heat <var>slice</var>’s <code>&lt;crust></code>.</p></ol>
<li><p>Let <var>loaf</var> be 2<sup>5</sup>. [BREAD]</p><li><p>Return <var>loaf</var>.</p></ol></div>`;

const aTest = (title: string, results: TracedTest["results"] = {}): TracedTest => ({
  title,
  file: "wpt/bread.js",
  results,
});
const tests = [
  aTest("bake a loaf, step 3: <b>bread</b>", {
    jsdom: "passed",
    firefox: "failed",
    webkit: "failed as expected",
  }),
];
const code3 = "bake-a-loaf 3";

/** The plain page furnished, with what the machine found out. */
function page(html: string, found: Partial<Findings> = {}, ofTests: readonly TracedTest[] = tests): Document {
  const traced = trace(
    readAlgorithms(text, "spec/bread.bs"),
    Map.groupBy(readCodeOfAlgorithms(code.replace("’", "'"), file), ({ id }) => id),
    ofTests,
    {},
  );
  const findings: Findings = {
    linesOf: () => code.split("\n"),
    idOf: () => "test-bread",
    mutants: new Map(),
    reached: new Map(),
    areRun: true,
    ...found,
  };
  return new JSDOM(furnish(html, traced, findings)).window.document;
}

const summary = (document: Document, step: string) =>
  document.querySelector(`#step-bake-a-loaf-${step} > details > summary`)!.textContent;

describe("the reading room", () => {
  it("puts the code of each step beside it, without the notes that the text has", () => {
    const codes = [...page(plain).querySelectorAll("li > details pre")].map((pre) => pre.textContent);
    assert.deepEqual(codes, [
      "for (const slice of dough) {",
      "heat(slice);",
      "return 2 ** 5;",
      "return 2 ** 5;",
    ]);
  });

  it("says with which step a step shares its code", () => {
    const document = page(plain, { mutants: new Map([[code3, { killed: 1, alive: [], hold: true }]]) });
    assert.match(document.getElementById("step-bake-a-loaf-2")!.textContent, /Together with step 3:/);
    assert.match(summary(document, "2"), /mutants ✓/, "and its mutants");
    assert.doesNotMatch(document.getElementById("step-bake-a-loaf-3")!.textContent, /Together/);
  });

  it("gives every step a fragment, and links it to its line", () => {
    const document = page(plain);
    const item = document.getElementById("step-bake-a-loaf-1-1")!;
    assert.equal(
      item.querySelector(".room-place a")!.getAttribute("href"),
      "room/impl/bread/bake.ts.html#L5",
    );
  });

  it("shows the tests with their results, and on which targets they did not run", () => {
    const document = page(plain);
    assert.equal(summary(document, "3"), "code · 1 test ✗ for step 3");
    assert.equal(
      document.querySelector("#step-bake-a-loaf-3 .room-tests")!.textContent,
      "bake a loaf, step 3: <b>bread</b> jsdom ✓ passes Chromium not run Firefox ✗ fails WebKit ✗ expected",
    );
  });

  it("calls a step untested only where all tests ran", () => {
    assert.match(summary(page(plain, { areRun: true }, []), "3"), /untested/);
    assert.doesNotMatch(summary(page(plain, { areRun: false }, []), "3"), /untested/);
    assert.equal(
      summary(page(plain, {}, [aTest("bake a loaf, step 3: bread")]), "3"),
      "code · 1 test for step 3",
    );
  });

  it("shows that a mutant lives, that all died, and what held before the last change", () => {
    const mutants = (alive: string[], hold = true) => ({
      mutants: new Map([[code3, { killed: 1, alive, hold }]]),
    });
    const lives = page(plain, mutants(["bake-a-loaf 3 remove"]));
    assert.match(summary(lives, "3"), /a mutant lives/);
    assert.match(lives.body.textContent, /Of 2 mutants one lives: bake-a-loaf 3 remove/);
    assert.match(summary(page(plain, mutants([])), "3"), /mutants ✓/);
    const stale = page(plain, mutants([], false));
    assert.doesNotMatch(summary(stale, "3"), /mutant/);
    assert.match(
      stale.body.textContent,
      /noticed by a test, before the code or the tests were last changed\./,
    );
  });

  it("shows which targets executed a step", () => {
    const document = page(plain, {
      reached: new Map([
        ["webkit", new Set([code3])],
        ["unit", new Set()],
      ]),
    });
    assert.match(document.getElementById("step-bake-a-loaf-3")!.textContent, /Executed in WebKit\./);
  });

  it("is the first that a keyboard reaches, and the last that it needs", () => {
    const [first] = page(plain).querySelectorAll("a[href], button, summary");
    assert.equal(first!.closest(".room-bar")?.getAttribute("aria-label"), "Reading room");
  });

  it("refuses a page that says something else than the source", () => {
    assert.throws(() => page(plain.replace("Heat", "Cool")), PageDiffersError);
    assert.throws(() => page(plain.replace(/<li><p>Return.*?<\/p>/, "")), PageDiffersError);
    assert.throws(() => page(plain.replace("</ol></div>", "<li><p>More.</p></ol></div>")), PageDiffersError);
    assert.throws(() => page(plain.replace("bake-a-loaf", "bake")), PageDiffersError);
  });

  it("gives each test of a file a fragment of its own", () => {
    const [one, two] = [aTest("step 1: a+b"), aTest("step 1: a-b")];
    assert.deepEqual([...testIds([one, two, one]).values()], ["test-step-1-a-b", "test-step-1-a-b--2"]);
  });

  it("leads from a step's comment and an anchor back to the text", () => {
    const codes = readCodeOfAlgorithms(code.replace("’", "'"), file);
    const { document } = new JSDOM(sourceListing(code, file, leadBack(file, codes))).window;
    const links = [...document.querySelectorAll(".line a:not([tabindex])")];
    assert.deepEqual(
      links.map((link) => link.getAttribute("href")),
      ["", "#step-bake-a-loaf-1", "#step-bake-a-loaf-1-1", "#step-bake-a-loaf-2", "#step-bake-a-loaf-3"].map(
        (step) => `../../../index.html${step || "#bake-a-loaf"}`,
      ),
    );
  });

  it("maps sections to code, tests and results", () => {
    const traced = trace(readAlgorithms(text, chapterFiles()[0]!), new Map(), tests, {});
    const { document } = new JSDOM(mapPage(traced)).window;
    const cells = [...document.querySelectorAll("tbody td")].map((cell) => cell.textContent);
    assert.deepEqual(cells, ["bake a loaf", "4", "", "bread.js", "", "1 ✓", "not run", "0 of 1 ✗", "0 of 1"]);
  });

  it("closes at the end of a line what is open there, and opens it again", () => {
    assert.deepEqual(splitHighlighted('<span class="a">1\n2</span>3'), [
      '<span class="a">1</span>',
      '<span class="a">2</span>3',
    ]);
  });

  it("lists a source with a fragment for each line", () => {
    const listing = new JSDOM(sourceListing("const a = 1;\nconst b = `<i>\n</i>`;\n", "a.ts")).window
      .document;
    assert.equal(listing.querySelectorAll(".line").length, 3);
    assert.match(listing.getElementById("L2")!.textContent, /^2const b = `<i>/);
  });
});
