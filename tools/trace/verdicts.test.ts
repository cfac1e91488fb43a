import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { restsOn } from "./verdicts.ts";

// Files that there are: one that is gone kills nobody any more.
const unitTest = "impl/concepts/digest.test.ts";
const page = "wpt/hybrid-ai/model-cache/fetch.https.any.js";
const project = { code: ["impl/a.ts", "impl/b.ts"], tests: [unitTest, page] };
const loads = (file: string) => [file, `${file}'s`];

describe("a verdict on a mutant", () => {
  it("by a unit test rests on the mutant's file and what the test loads", () => {
    assert.deepEqual(restsOn("impl/a.ts", unitTest, project, loads), [
      "impl/a.ts",
      unitTest,
      `${unitTest}'s`,
    ]);
  });

  it("by a page rests on the page and the whole bundle", () => {
    assert.deepEqual(restsOn("impl/a.ts", page, project, loads), [
      "impl/a.ts",
      "impl/b.ts",
      page,
      `${page}'s`,
    ]);
  });

  it("that it lives rests on everything", () => {
    assert.deepEqual(restsOn("impl/a.ts", null, project, loads), ["impl/a.ts", "impl/b.ts", unitTest, page]);
  });
});
