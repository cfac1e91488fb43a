import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Failure, isFailure } from "../infra/failure.ts";
import { parseARetryDelay } from "./parse-a-retry-delay.ts";

const now = Date.UTC(2026, 10, 23);
const host = { wallClock: () => now };
const inSeconds = (seconds: number) => new Date(now + seconds * 1000).toUTCString();
const parse = (value: string | null, date: string | null = null) => parseARetryDelay(host, value, date);

describe("parse a retry delay", () => {
  it("step 2: takes seconds, an hour at most", () => {
    assert.equal(parse("0"), 0);
    assert.equal(parse("0120"), 120);
    assert.equal(parse("3600"), 3600);
    assert.equal(parse("3601"), 3600);
    assert.equal(parse("9".repeat(400)), 3600);
  });

  it("step 4: takes a date by the server's clock, however wrong the user's is, and an hour at most", () => {
    for (const wrong of [-7200, -120, 0, 120, 7200]) {
      assert.equal(parse(inSeconds(wrong + 5), inSeconds(wrong)), 5);
      assert.equal(parse(inSeconds(wrong - 5), inSeconds(wrong)), 0);
      assert.equal(parse(inSeconds(wrong + 1e7), inSeconds(wrong)), 3600);
    }
  });

  it("step 7: takes a date by the user's clock where the server's is not to be read", () => {
    for (const date of [null, "", "today"]) {
      assert.equal(parse(inSeconds(60), date), 60);
      assert.equal(parse(inSeconds(-60), date), 0);
    }
  });

  it("step 6: a date that is far off by the user's clock is failure", () => {
    assert.ok(isFailure(parse(inSeconds(61))));
    assert.ok(isFailure(parse(inSeconds(1e7))));
  });

  it("step 1: nothing is failure", () => {
    assert.deepEqual(parse(null), new Failure("there is no Retry-After"));
  });

  it("step 3: what is neither seconds nor a date is failure", () => {
    for (const value of ["", "-1", "1.5", "soon", "1 s", "2026-11-23", "Mon, 99 Nov 2026 25:00:00 GMT"])
      assert.ok(isFailure(parse(value)), value);
  });
});
