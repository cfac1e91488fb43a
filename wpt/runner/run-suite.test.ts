import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Page, PageResult } from "./results.ts";
import { isSelected, runSuite } from "./run-suite.ts";
import type { Suite } from "./run-suite.ts";
import type { Target } from "./target.ts";

const page = (path: string, kind: Page["kind"] = "window"): Page => ({
  file: `hybrid-ai/${path}.any.js`,
  url: `/hybrid-ai/${path}.any.html`,
  kind,
  timeout: 10_000,
});

class FakeTarget implements Target {
  readonly version = "Fake 1";
  readonly kinds: readonly Page["kind"][] = ["window"];
  readonly runs: [url: string, timeout: number][] = [];
  async run(url: string, timeout: number): Promise<PageResult> {
    this.runs.push([url, timeout]);
    const status = url.includes("bad") ? "FAIL" : "PASS";
    return { status: "OK", message: "", tests: [{ name: "it", status, message: "" }], errors: [] };
  }
  async close(): Promise<void> {}
}

const suite = (pages: Page[], overrides?: Partial<Suite>): Suite => ({
  origin: "http://localhost:1",
  pages,
  control: false,
  reasons: {},
  grace: 5000,
  ...overrides,
});

describe("runSuite", () => {
  it("runs each page and adds the judgements up", async () => {
    const target = new FakeTarget();
    const report = await runSuite(target, suite([page("good"), page("bad")]));
    assert.deepEqual(target.runs, [
      ["http://localhost:1/hybrid-ai/good.any.html", 15_000],
      ["http://localhost:1/hybrid-ai/bad.any.html", 15_000],
    ]);
    assert.equal(report.passed, 1);
    assert.deepEqual(
      report.failures.map(({ url }) => url),
      ["/hybrid-ai/bad.any.html"],
    );
    assert.equal(report.pages.length, 2);
  });

  it("counts pages that the target cannot have as not applicable", async () => {
    const target = new FakeTarget();
    const report = await runSuite(target, suite([page("worker", "dedicatedworker")]));
    assert.equal(report.notApplicable, 1);
    assert.equal(target.runs.length, 0);
  });

  it("judges a control run the other way round", async () => {
    const report = await runSuite(new FakeTarget(), suite([page("good"), page("bad")], { control: true }));
    assert.equal(report.passed, 1);
    assert.deepEqual(
      report.failures.map(({ url }) => url),
      ["/hybrid-ai/good.any.html"],
    );
  });

  it("looks a page's reasons up by its URL", async () => {
    const reasons = { "/hybrid-ai/bad.any.html": { it: "a known fault" } };
    const report = await runSuite(new FakeTarget(), suite([page("bad")], { reasons }));
    assert.equal(report.skipped, 1);
    assert.equal(report.failures.length, 0);
  });
});

describe("isSelected", () => {
  const file = page("model-cache/fetch.https");

  for (const path of [
    "wpt/hybrid-ai/model-cache/fetch.https.any.js",
    "./wpt/hybrid-ai/model-cache/",
    "hybrid-ai/model-cache",
    "model-cache",
    "model-cache/fetch.https.any.js",
    "model-cache/fetch",
    "wpt/hybrid-ai",
  ]) {
    it(`takes ${path}`, () => {
      assert.equal(isSelected(file, [path], ""), true);
    });
  }

  it("takes everything when nothing is named", () => {
    assert.equal(isSelected(file, [], ""), true);
  });

  it("leaves out other paths, and names that only begin alike", () => {
    assert.equal(isSelected(file, ["model-manifest"], ""), false);
    assert.equal(isSelected(file, ["model-cach", "model-cache/fet"], ""), false);
  });

  it("filters by a part of the URL", () => {
    assert.equal(isSelected(file, [], "fetch"), true);
    assert.equal(isSelected(file, ["model-cache"], "delete"), false);
  });
});
