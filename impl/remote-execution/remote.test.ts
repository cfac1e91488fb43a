import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isFailure } from "../infra/failure.ts";
import { createARemote, isOpen } from "./remote.ts";
import type { Remote } from "./remote.ts";
import { aHost, aRemote, base } from "./scripted-remote.test.ts";

const url = "https://b.example/v2/models/m";
const run = async () => ({});
const authorize = async () => ({});

describe("create a remote", () => {
  it("step 1: both or neither of a URL and a function are failure", () => {
    assert.ok(isFailure(createARemote({}, base)));
    assert.ok(isFailure(createARemote({ url, run }, base)));
  });

  it("step 2: authorize() for a function is failure", () => {
    assert.ok(isFailure(createARemote({ run, authorize }, base)));
  });

  it("step 3: no parts at all are failure", () => {
    assert.ok(isFailure(createARemote({ url, parts: [] }, base)));
  });

  it("steps 4 and 6: a function is a remote without a URL", () => {
    const remote = createARemote({ run, variant: "rough", parts: ["a"] }, base) as Remote;
    assert.deepEqual(remote, {
      url: null,
      authorizeCallback: null,
      runCallback: run,
      variantName: "rough",
      partDigests: ["a"],
      tensorEncoding: "unknown",
      refusals: 0,
      authorization: null,
      closedUntil: null,
    });
  });

  it("step 5.2: a URL of no server is failure", () => {
    for (const url of ["https://", "ftp://a.example/m", "data:,m"])
      assert.ok(isFailure(createARemote({ url }, base)), url);
  });

  it("steps 5.1 and 6: a server is a remote with its URL, from the page's", () => {
    const remote = createARemote({ url: "../v2/models/m", authorize }, base) as Remote;
    assert.equal(remote.url, "https://a.example/v2/models/m");
    assert.equal(remote.authorizeCallback, authorize);
    assert.equal(remote.runCallback, null);
  });
});

describe("a remote", () => {
  it("is open, unless it is closed until later", () => {
    const { host } = aHost();
    const remote = aRemote();
    for (const [closedUntil, open] of [
      [null, true],
      [999, true],
      [1000, true],
      [1001, false],
    ] as const) {
      remote.closedUntil = closedUntil;
      assert.equal(isOpen(host, remote), open, String(closedUntil));
    }
  });
});
