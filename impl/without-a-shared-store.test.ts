import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Host } from "./host/host.ts";
import type { OpenEntry } from "./model-cache/open-entry.ts";
import { takeWhatIsShared } from "./model-cache/take-what-is-shared.ts";
import { settleTheVisibility } from "./model-cache/visibility.ts";

/** An object of which nothing but these members may be asked. */
function only<Type extends object>(members: Partial<Type>): Type {
  return new Proxy(members, {
    get(target, name) {
      assert.ok(name in target, `${String(name)} is asked for`);
      return Reflect.get(target, name) as unknown;
    },
  }) as Type;
}

describe("a bundle without a shared store", () => {
  it("(tools/build/without-a-shared-store.ts) lacks only what does nothing where a host has none", async () => {
    const host = only<Host>({ crossSite: null });
    await takeWhatIsShared(host, only<OpenEntry>({ digest: "sha256-A" }), only<AbortSignal>({}));
    await settleTheVisibility(host, "sha256-A");
  });
});
