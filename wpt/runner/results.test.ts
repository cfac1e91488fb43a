import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { judge, judgeControl, withoutResults } from "./results.ts";
import type { PageResult, TestStatus } from "./results.ts";

const page = { file: "f.any.js", url: "/f.any.html", kind: "window", timeout: 10_000 } as const;

const ran = (...statuses: TestStatus[]): PageResult => ({
  status: "OK",
  message: "",
  tests: statuses.map((status, index) => ({ name: `test ${index}`, status, message: "" })),
  errors: [],
});

const names = (failures: readonly { test: string }[]) => failures.map(({ test }) => test);

describe("judge", () => {
  it("passes a page whose tests pass", () => {
    assert.deepEqual(judge(page, ran("PASS", "PASS"), {}), { passed: 2, skipped: 0, failures: [] });
  });

  it("fails each test that does not", () => {
    const { passed, failures } = judge(page, ran("PASS", "FAIL", "TIMEOUT", "NOTRUN"), {});
    assert.equal(passed, 1);
    assert.deepEqual(names(failures), ["test 1", "test 2", "test 3"]);
  });

  it("fails a page that ran no test", () => {
    assert.match(judge(page, ran(), {}).failures[0]!.message, /without a test/);
  });

  for (const status of ["ERROR", "TIMEOUT", "CRASH", "MISSING"] as const) {
    it(`fails a page whose status is ${status}, with its message`, () => {
      const { failures } = judge(page, withoutResults(status, "why"), {});
      assert.deepEqual(names(failures), [""]);
      assert.match(failures[0]!.message, /: why$/);
    });
  }

  it("fails a page with an error even if its tests pass", () => {
    const { passed, failures } = judge(page, { ...ran("PASS"), status: "ERROR" }, {});
    assert.equal(passed, 1);
    assert.deepEqual(names(failures), [""]);
  });

  it("skips what is expected to fail, and what has no precondition", () => {
    const judgement = judge(page, ran("FAIL", "PRECONDITION_FAILED"), { "test 0": "a known fault" });
    assert.deepEqual(judgement, { passed: 0, skipped: 2, failures: [] });
  });

  it("fails an expected failure that passes", () => {
    const { failures } = judge(page, ran("PASS"), { "test 0": "a known fault" });
    assert.match(failures[0]!.message, /remove the line/);
  });

  it("takes a star in a name for any words", () => {
    const expected = { "te*t*": "a known fault" };
    assert.deepEqual(judge(page, ran("PASS", "FAIL"), expected), { passed: 1, skipped: 1, failures: [] });
    assert.deepEqual(names(judge(page, ran("FAIL"), { "*0*x": "why", "s*": "why" }).failures), [
      "test 0",
      "*0*x",
      "s*",
    ]);
    assert.deepEqual(names(judge(page, ran("FAIL"), { "test 0*0": "no letter twice" }).failures), [
      "test 0",
      "test 0*0",
    ]);
  });

  it("fails an expected failure that is no test", () => {
    const { failures } = judge(page, ran("PASS"), { "test 9": "a known fault" });
    assert.deepEqual(names(failures), ["test 9"]);
  });

  it("skips whatever a page that is expected to fail holds", () => {
    assert.deepEqual(judge(page, ran("PASS", "FAIL"), { "*": "why" }), {
      passed: 1,
      skipped: 1,
      failures: [],
    });
    const crashed = judge(page, withoutResults("CRASH", ""), { "*": "why" });
    assert.deepEqual(crashed, { passed: 0, skipped: 1, failures: [] });
  });

  it("fails a page that is expected to fail and passes", () => {
    assert.match(judge(page, ran("PASS"), { "*": "why" }).failures[0]!.message, /nothing of that name fails/);
  });
});

describe("judgeControl", () => {
  it("wants every test to fail", () => {
    assert.deepEqual(judgeControl(page, ran("FAIL", "TIMEOUT"), {}), { passed: 2, skipped: 0, failures: [] });
  });

  it("fails a test that passes without the API", () => {
    const { failures } = judgeControl(page, ran("FAIL", "PASS"), {});
    assert.deepEqual(names(failures), ["test 1"]);
    assert.match(failures[0]!.message, /passes without the API/);
  });

  it("fails a test that does not run, because it proves nothing", () => {
    const { passed, failures } = judgeControl(page, ran("FAIL", "NOTRUN"), {});
    assert.equal(passed, 1);
    assert.deepEqual(names(failures), ["test 1"]);
    assert.match(failures[0]!.message, /does not run without the API/);
  });

  it("skips one that is excepted", () => {
    const judgement = judgeControl(page, ran("PASS"), { "test 0": "tests the harness" });
    assert.deepEqual(judgement, { passed: 0, skipped: 1, failures: [] });
  });

  it("fails an exception that is not needed, or that is no test", () => {
    const { failures } = judgeControl(page, ran("FAIL"), { "test 0": "why", "test 9": "why" });
    assert.deepEqual(names(failures), ["test 0", "test 9"]);
  });

  it("takes a page that cannot even start as failing", () => {
    assert.equal(judgeControl(page, withoutResults("ERROR", ""), {}).failures.length, 0);
  });

  it("does not take a page without its harness as failing", () => {
    assert.deepEqual(names(judgeControl(page, withoutResults("MISSING", "404"), {}).failures), [""]);
    assert.deepEqual(names(judgeControl(page, withoutResults("CRASH", ""), {}).failures), [""]);
  });
});
