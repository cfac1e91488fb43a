import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Host } from "../host/host.ts";
import { hostWhenNeeded } from "./host-when-needed.ts";

describe("a host when needed", () => {
  it("is created once, when something is first asked of it", () => {
    let created = 0;
    const host = hostWhenNeeded(() => {
      created += 1;
      return { origin: "https://example.com", now: () => 7 } as Host;
    });
    assert.equal(created, 0);
    assert.equal(host.origin, "https://example.com");
    assert.equal(host.now(), 7);
    assert.equal(created, 1);
  });

  it("is none without a secure context, which is said when something is asked of it", () => {
    const host = hostWhenNeeded(() => assert.fail("It is created."), { isSecureContext: false });
    assert.throws(() => host.origin, { name: "SecurityError", message: /https/ });
  });
});
