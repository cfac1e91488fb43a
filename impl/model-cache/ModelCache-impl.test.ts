import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { GlobalObject } from "../../idl/contracts.ts";
import { setHostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { ModelCacheImplementation } from "./ModelCache-impl.ts";

/** A ModelCache in a world that forbids, and what that world was asked for. */
function modelCache(members: Partial<Host>) {
  const asked: string[] = [];
  const notThere = (what: string) => () => {
    asked.push(what);
    throw new Error(what);
  };
  const host = {
    baseURL: () => "https://example.com/",
    isFullyActive: () => true,
    isAllowedToUse: notThere("policy"),
    folder: notThere("storage"),
    fetch: notThere("network"),
    ...members,
  } as unknown as Host;
  const globalObject = {} as GlobalObject;
  setHostOf(globalObject, host);
  return { asked, cache: new ModelCacheImplementation(globalObject) };
}

const digest = `sha256-${Buffer.alloc(32).toString("base64")}`;
const file = { digest, size: 1, urls: ["a"] };
const calls = {
  fetch: [
    (cache: ModelCacheImplementation) => cache.fetch(file, {}),
    (cache: ModelCacheImplementation) => cache.fetch({ ...file, digest: "" }, {}),
  ],
  match: [
    (cache: ModelCacheImplementation) => cache.match(digest),
    (cache: ModelCacheImplementation) => cache.match(""),
  ],
  keys: [(cache: ModelCacheImplementation) => cache.keys()],
  delete: [
    (cache: ModelCacheImplementation) => cache.delete(digest),
    (cache: ModelCacheImplementation) => cache.delete(""),
  ],
} as const;

for (const [name, [call, callWithNoDigest]] of Object.entries(calls)) {
  describe(`ModelCache.${name}()`, () => {
    it("rejects in a document that is not fully active, whatever it is asked", () => {
      const { asked, cache } = modelCache({ isFullyActive: () => false });
      assert.throws(() => call(cache), { name: "InvalidStateError" });
      if (callWithNoDigest !== undefined)
        assert.throws(() => callWithNoDigest(cache), { name: "InvalidStateError" });
      assert.deepEqual(asked, []);
    });

    it("rejects where the policy does not allow it, and touches neither storage nor network", () => {
      const features: string[] = [];
      const { asked, cache } = modelCache({
        isAllowedToUse(feature) {
          features.push(feature);
          return false;
        },
      });
      assert.throws(() => call(cache), { name: "NotAllowedError" });
      assert.deepEqual([features, asked], [["model-cache"], []]);
    });

    if (callWithNoDigest !== undefined) {
      it("looks at what it is asked before it looks at the policy", () => {
        const { asked, cache } = modelCache({});
        assert.throws(() => callWithNoDigest(cache), TypeError);
        assert.deepEqual(asked, []);
      });
    }
  });
}
