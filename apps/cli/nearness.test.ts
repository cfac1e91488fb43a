import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { nearness, nearnessOf } from "./nearness.ts";

describe("how near an address is", () => {
  const cases = {
    thisMachine: ["127.0.0.1", "127.255.0.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1"],
    privateNetwork: [
      ...["10.0.0.1", "100.64.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
      ...["fd00::1", "fe80::1", "::ffff:10.0.0.1"],
    ],
    publicNetwork: ["9.9.9.9", "172.32.0.1", "100.128.0.1", "2001:db8::1", "::ffff:9.9.9.9"],
  };
  for (const [name, addresses] of Object.entries(cases)) {
    it(`is ${name} for ${addresses.join(", ")}`, () => {
      for (const address of addresses) {
        assert.equal(nearnessOf(address), nearness[name as keyof typeof nearness], address);
      }
    });
  }
});
