import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { digestOf } from "../../tools/fixtures/fixtures.ts";
import { digestOfHexadecimal, fetchATree, gitNameOf, placeOf } from "./hub.ts";

const layout = { remoteHost: "https://hub.example/", remotePathTemplate: "{model}/resolve/{revision}/" };
const tree = "https://hub.example/api/models/a/b/tree/main?recursive=true";
const hash = "ab".repeat(32);

/** A `fetch()` that answers from a table. */
function answering(table: Readonly<Record<string, Response | (() => Response)>>) {
  return async (url: string): Promise<Response> => {
    const answer = table[url] ?? new Response(null, { status: 404 });
    return typeof answer === "function" ? answer() : answer;
  };
}

describe("the place of a file on a hub", () => {
  it("is the list of its repository, and its path", () => {
    assert.deepEqual(
      placeOf("https://hub.example/a/b/resolve/main/onnx/model%20a.onnx?download=true", layout),
      {
        tree,
        path: "onnx/model a.onnx",
      },
    );
    assert.equal(
      placeOf("https://hub.example/b/resolve/refs%2Fpr%2F1/x", layout)?.tree,
      "https://hub.example/api/models/b/tree/refs%2Fpr%2F1?recursive=true",
    );
  });

  it("is none for other URLs, and where the library's URLs say nothing of a repository", () => {
    for (const url of [
      "https://else.example/a/b/resolve/main/x",
      "https://hub.example/a/b/raw/main/x",
      "x",
    ]) {
      assert.equal(placeOf(url, layout), null, url);
    }
    const flat = { remoteHost: "https://hub.example/", remotePathTemplate: "{model}/" };
    assert.equal(placeOf("https://hub.example/a/b/x", flat), null);
  });
});

describe("fetching a hub's list of files", () => {
  it("has digests of large files, git's names of others, and all pages", async () => {
    const first = [
      { type: "directory", path: "onnx", oid: "0", size: 0 },
      { type: "file", path: "a.json", oid: "cd".repeat(20), size: 3 },
    ];
    const second = [
      { type: "file", path: "onnx/m.onnx", oid: "x", size: 1, lfs: { oid: hash, size: 9 } },
      { type: "file", path: "odd", oid: "x", size: 4 },
    ];
    const link = { headers: { Link: '</next?cursor=1>; rel="next"' } };
    const fetch = answering({
      [tree]: Response.json(first, link),
      "https://hub.example/next?cursor=1": Response.json(second),
    });
    assert.deepEqual(await fetchATree(fetch, tree), {
      "a.json": { size: 3, gitName: "cd".repeat(20) },
      "onnx/m.onnx": { size: 9, digest: digestOfHexadecimal(hash) },
      odd: { size: 4 },
    });
  });

  it("is null where a server has none", async () => {
    assert.equal(await fetchATree(answering({}), tree), null);
  });

  it("rejects where something else comes, the list breaks off, or never comes to an end", async () => {
    const next = (url: string) => Response.json([], { headers: { Link: `<${url}>; rel="next"` } });
    const answers = [
      new Response("<html>"),
      Response.json({}),
      Response.json([], { status: 203 }),
      new Response(null, { status: 401 }),
      new Response(null, { status: 500 }),
      next("/nothing"),
      () => next(tree),
    ];
    for (const answer of answers) {
      await assert.rejects(fetchATree(answering({ [tree]: answer }), tree), {
        name: "NetworkError",
        message: /Try again/,
      });
    }
  });

  it("believes no line that makes no sense", async () => {
    const lines = [
      { type: "file", path: 1, size: 1 },
      { type: "file", path: "a", size: -1 },
      { type: "file", path: "b", size: 1, lfs: { oid: "../x", size: 1 } },
      { type: "file", path: "c", size: 1, lfs: { oid: hash, size: "1" } },
    ];
    const fetch = answering({ [tree]: Response.json(lines) });
    assert.deepEqual(await fetchATree(fetch, tree), { b: { size: 1 }, c: { size: 1 } });
  });
});

describe("names of bytes", () => {
  it("from hexadecimal to a digest", () => {
    const bytes = new TextEncoder().encode("eleven byte");
    const hexadecimal = Buffer.from(digestOf(bytes).slice(7), "base64").toString("hex");
    assert.equal(digestOfHexadecimal(hexadecimal), digestOf(bytes));
  });

  it("git's: that of a file with a line of text", async () => {
    assert.equal(await gitNameOf(new Blob(["hello\n"])), "ce013625030ba8dba906f756967f9e9ca394464a");
  });
});
