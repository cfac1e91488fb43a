import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { loadedBy } from "./files.ts";

describe("the files that a file loads", () => {
  it("are those that it imports and those that they import, but for types", () => {
    const files = loadedBy("impl/model-cache/visibility.test.ts");
    assert.equal(files[0], "impl/model-cache/visibility.test.ts");
    assert.ok(files.includes("impl/model-cache/visibility.ts"));
    assert.ok(!files.includes("impl/host/host.ts"), "nothing but types");
  });

  it("are the scripts of a page", () => {
    const files = loadedBy("wpt/hybrid-ai/model-cache/fetch.https.any.js");
    assert.ok(files.includes("wpt/hybrid-ai/resources/files.js"));
  });
});
