import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Host } from "../host/host.ts";
import { locateAManifest } from "./locate-a-manifest.ts";

const host = { baseURL: () => "https://example.com/page/" } as Host;

describe("locate a manifest", () => {
  it("step 3: has no integrity metadata where none is asked for", () => {
    const location = locateAManifest(host, { manifest: "../m.json" });
    assert.deepEqual(location, { url: new URL("https://example.com/m.json"), integrityMetadata: null });
  });

  it("step 5: has the integrity metadata that is asked for", () => {
    const integrity = "sha256-YQ== sha1-Yg==";
    assert.equal(locateAManifest(host, { manifest: "m.json", integrity }).integrityMetadata, integrity);
  });

  for (const manifest of [
    "https://",
    "data:application/json,{}",
    "file:///m.json",
    "https://a:b@example.com/",
  ]) {
    it(`step 2: throws for ${manifest}`, () => {
      assert.throws(() => locateAManifest(host, { manifest }), TypeError);
    });
  }

  for (const integrity of ["", " ", "md5-YQ==", "256-YQ=="]) {
    it(`step 4: throws for the integrity "${integrity}", which would check nothing`, () => {
      assert.throws(() => locateAManifest(host, { manifest: "m.json", integrity }), TypeError);
    });
  }
});
