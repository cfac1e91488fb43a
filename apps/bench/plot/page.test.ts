import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { describe, it } from "mocha";
import type { Report } from "../harness/benchmark.ts";
import { niceScale } from "./chart.ts";
import { drawPage } from "./page.ts";

const report: Report = {
  name: "example",
  browser: "Browser/1",
  seed: 7,
  rounds: 3,
  figures: [{ name: "P1a", what: "a < b", unit: "", goal: 1, spread: { median: 2, min: 1, max: 3 } }],
  tables: [
    {
      title: "Times",
      unit: "ms",
      note: "How.",
      columns: ["cold", "warm"],
      rows: [
        { name: "another", ours: false, cells: [{ median: 50, min: 40, max: 100 }, null] },
        {
          name: "ours",
          ours: true,
          cells: [
            { median: 25, min: 25, max: 25 },
            { median: 5, min: 4, max: 6 },
          ],
        },
      ],
    },
  ],
  failures: [],
};

describe("the page of a benchmark", () => {
  const { document } = new JSDOM(
    drawPage("which is <quicker>", [report, { ...report, browser: "Browser/2" }]),
  ).window;

  it("needs nothing but itself", () => {
    const loads = [...document.querySelectorAll("[src], link[href]")].map((each) => each.outerHTML);
    assert.deepEqual(loads, ['<link rel="icon" href="data:,">']);
  });

  it("has a section for each browser, and takes text as text", () => {
    assert.deepEqual(
      [...document.querySelectorAll("h2")].map((each) => each.textContent),
      ["Browser/1", "Browser/2"],
    );
    assert.match(document.querySelector("header")!.textContent, /which is <quicker>/);
    assert.match(document.querySelector("table")!.textContent, /a < b/);
    assert.equal(document.querySelector(".missed")!.textContent, "not met");
  });

  it("draws each column: bars that end at the median, of the arms that have one", () => {
    const [cold, warm] = [...document.querySelectorAll("svg")];
    assert.match(cold!.getAttribute("aria-label")!, /Times: cold, in ms/);
    const widths = [...cold!.querySelectorAll("rect")].map((bar) => Number(bar.getAttribute("width")));
    assert.equal(widths.length, 2);
    assert.ok(Math.abs(widths[0]! / widths[1]! - 2) < 0.01, String(widths));
    assert.equal(warm!.querySelectorAll("rect").length, 1);
    assert.equal(cold!.querySelectorAll(".ours rect").length, 1);
  });

  it("has all numbers in tables that a keyboard reaches", () => {
    const regions = [...document.querySelectorAll('section:first-of-type [role="region"]')];
    assert.ok(
      regions.every((each) => each.getAttribute("tabindex") === "0" && each.hasAttribute("aria-label")),
    );
    const cells = [...regions[1]!.querySelectorAll("tbody td")].map((each) => each.textContent);
    assert.deepEqual(cells, ["50, 40–100", "–", "25", "5, 4–6"]);
  });
});

describe("a scale", () => {
  it("has round steps, and an end that nothing passes", () => {
    for (const most of [0.3, 1, 7, 99, 101, 1234, 5e8]) {
      const { end, step } = niceScale(most);
      assert.ok(end >= most && end - step < most, `${most}: ${end}, ${step}`);
      assert.ok(
        [1, 2, 5].includes(Number((step / 10 ** Math.floor(Math.log10(step) + 1e-9)).toFixed(6))),
        `${step}`,
      );
      assert.ok(end / step <= 6);
    }
    assert.deepEqual(niceScale(0), { end: 1, step: 0.5 });
  });
});
