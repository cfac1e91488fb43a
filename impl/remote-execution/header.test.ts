import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { isFailure } from "../infra/failure.ts";
import { createAuthorizationHeaders } from "./authorize.ts";

describe("create authorization headers", () => {
  it("steps 2.5 and 3: the page's own headers are taken, in order", () => {
    const record = { Authorization: "Bearer 1", "X-API-Key": "secret", "api-key": "", Proxy: "", Secret: "" };
    assert.deepEqual(createAuthorizationHeaders(record), Object.entries(record));
    assert.deepEqual(createAuthorizationHeaders({ "X-HTTP-Method": "POST" }), [["X-HTTP-Method", "POST"]]);
    assert.deepEqual(createAuthorizationHeaders({ "X-Latin-1": "\u00e9" }), [["X-Latin-1", "\u00e9"]]);
    assert.deepEqual(createAuthorizationHeaders({}), []);
  });

  it("step 2.1: without the space around a value", () => {
    assert.deepEqual(createAuthorizationHeaders({ a: " \t value \r\n" }), [["a", "value"]]);
  });

  it("step 2.1: in time that grows with the value", () => {
    const value = `a${" ".repeat(1_000_000)}b`;
    assert.deepEqual(createAuthorizationHeaders({ a: ` ${value} ` }), [["a", value]]);
  });

  /** Each is refused, also behind one that is taken. */
  function refuses(headers: readonly [name: string, value: string][], why: RegExp): void {
    for (const [name, value] of headers) {
      const created = createAuthorizationHeaders({ Authorization: "Bearer 1", [name]: value });
      assert.ok(isFailure(created), `${JSON.stringify(name)}: ${JSON.stringify(value)} is taken`);
      assert.match(created.message, why);
    }
  }

  it("step 2.2: a name or a value that is none is failure", () => {
    const none: [name: string, value: string][] = [
      ["", "empty name"],
      ["a b", "a space in the name"],
      ["a:", "a colon in the name"],
      ["X-Split", "a\r\nCookie: b"],
      ["X-Zero", "a\0b"],
      ["X-Wide", "\u2603"],
    ];
    refuses(none, /no header/);
  });

  it("step 2.3: a header that no page may set is failure", () => {
    const forbidden: [name: string, value: string][] = [
      ["Cookie", "a=1"],
      ["Host", "example.com"],
      ["Origin", "https://example.com"],
      ["Referer", "https://example.com/"],
      ["content-length", "1"],
      ["Transfer-Encoding", "chunked"],
      ["Access-Control-Request-Method", "GET"],
      ["Proxy-Authorization", "Basic YTpi"],
      ["sec-fetch-site", "same-origin"],
      ["X-HTTP-Method-Override", "POST, Trace"],
    ];
    refuses(forbidden, /user agent's/);
  });

  it("step 2.4: a header that says what the body or the user agent is is failure", () => {
    const own: [name: string, value: string][] = [
      ["Content-Type", "text/plain"],
      ["INFERENCE-HEADER-CONTENT-LENGTH", "0"],
      ["Accept", "*/*"],
      ["accept-language", "de"],
      ["Content-Language", "de"],
      ["Range", "bytes=0-1"],
      ["User-Agent", "x"],
    ];
    refuses(own, /user agent's/);
  });
});
