import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isFailure } from "./failure.ts";
import { extractAMIMEType, isAJSONMIMEType } from "./mime-type.ts";

describe("extract a MIME type", () => {
  const types: Record<string, string> = {
    "application/json": "application/json",
    " Application/JSON ; charset=utf-8": "application/json",
    "text/html, application/json": "application/json",
    "application/json, nonsense": "application/json",
    "application/json, */*": "application/json",
    'application/json;a="b,text/html"': "application/json",
  };
  for (const [header, type] of Object.entries(types)) {
    it(header, () => assert.equal(extractAMIMEType(header), type));
  }

  for (const header of [null, "", "json", "application/", "/json", "a b/c", "*/*"]) {
    it(`${header ?? "no header"} is failure`, () => assert.ok(isFailure(extractAMIMEType(header))));
  }
});

describe("JSON MIME type", () => {
  it("is application/json, text/json, or one whose subtype ends with +json", () => {
    for (const type of ["application/json", "text/json", "application/model-manifest+json"]) {
      assert.ok(isAJSONMIMEType(type), type);
    }
    for (const type of [
      "text/html",
      "application/jsonp",
      "application/json5",
      "text/javascript",
      "json/text",
    ]) {
      assert.ok(!isAJSONMIMEType(type), type);
    }
  });
});
