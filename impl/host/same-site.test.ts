import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { isSurelySameSite } from "./same-site.ts";

describe("is surely same site", () => {
  const cases: [site: string, url: string, answer: boolean, why: string][] = [
    ["https://example.com", "https://example.com/v2/models/m", true, "the same host"],
    ["https://example.com", "https://example.com:8443/", true, "a port is no part of a site"],
    ["https://example.com", "https://api.example.com/", false, "the site's host may be a public suffix"],
    ["https://co.uk", "https://evil.co.uk/", false, "the site's host is one"],
    ["https://example.com", "http://example.com/", false, "another scheme"],
    ["https://example.com", "https://badexample.com/", false, "a suffix that is no label"],
    ["https://www.example.com", "https://api.example.com/", false, "a shared suffix that may be public"],
    ["https://a.example", "https://example/", false, "a parent that may be public"],
    ["http://127.0.0.1", "http://127.0.0.1:8000/", true, "one address"],
    ["http://0.0.1", "http://127.0.0.1/", false, "addresses have no subdomains"],
    ["http://localhost", "http://a.localhost/", false, "a name of one label may be a suffix"],
    ["null", "https://example.com/", false, "an opaque origin has no site"],
    ["https://example.com", "nonsense", false, "not a URL"],
  ];
  for (const [site, url, answer, why] of cases) {
    it(`${site}, ${url}: ${why}`, () => {
      assert.equal(isSurelySameSite(site, url), answer);
    });
  }
});
