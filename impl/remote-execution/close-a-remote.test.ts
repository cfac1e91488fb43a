import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { closeARemote } from "./close-a-remote.ts";
import { aHost, aRemote, aResponse } from "./scripted-remote.test.ts";

describe("close a remote", () => {
  const closedUntil = (headers: Record<string, string>) => {
    const remote = aRemote();
    remote.closedUntil = 500;
    closeARemote(aHost().host, remote, aResponse({ status: 503, headers }));
    return remote.closedUntil;
  };

  it("step 4: nothing changes unless the server says when to come back", () => {
    assert.equal(closedUntil({}), 500);
    assert.equal(closedUntil({ "Retry-After": "soon" }), 500);
  });

  it("step 5: it is closed for as long as the server says", () => {
    assert.equal(closedUntil({ "Retry-After": "3" }), 4000);
  });
});
