import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Exchange } from "./exchange.ts";
import type { RunningServer } from "./server.ts";
import { createServer, projectFolders } from "./server.ts";

describe("the server's files", () => {
  const content = Uint8Array.from({ length: 700_000 }, (_, index) => index % 251);
  const exchanges: Exchange[] = [];
  let folder: string;
  let server: RunningServer;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "hybrid-ai-server-"));
    await mkdir(path.join(folder, "served/inner"), { recursive: true });
    await writeFile(path.join(folder, "secret.txt"), "secret");
    await symlink(path.join(folder, "secret.txt"), path.join(folder, "served/link.txt"));
    await writeFile(path.join(folder, "served/.hidden"), "hidden");
    await writeFile(path.join(folder, "served/weights.onnx"), content);
    await writeFile(path.join(folder, "served/empty.bin"), "");
    await writeFile(path.join(folder, "served/manifest.json"), "{}");
    await writeFile(path.join(folder, "served/page.mjs"), "export {};");
    await writeFile(path.join(folder, "served/inner/index.html"), "<!doctype html>");
    server = await createServer({
      folders: { "/files/": path.join(folder, "served") },
      models: null,
      isolated: true,
      onExchange: (exchange) => exchanges.push(exchange),
    });
  });

  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const get = (file: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(`${server.url}/files/${file}`, { headers, method, redirect: "manual" });

  it("sends a whole file, with its length, type and tag", async () => {
    const response = await get("weights.onnx");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("Content-Length"), "700000");
    assert.equal(response.headers.get("Content-Type"), "application/octet-stream");
    assert.equal(response.headers.get("Accept-Ranges"), "bytes");
    assert.match(response.headers.get("ETag") ?? "", /^"[^"]+"$/);
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), content);
  });

  for (const [range, contentRange, first, end] of [
    ["bytes=0-0", "bytes 0-0/700000", 0, 1],
    ["bytes=262143-524288", "bytes 262143-524288/700000", 262143, 524289],
    ["bytes=699999-", "bytes 699999-699999/700000", 699999, 700000],
    ["bytes=-1000", "bytes 699000-699999/700000", 699000, 700000],
    ["bytes=100-999999999", "bytes 100-699999/700000", 100, 700000],
  ] as const) {
    it(`sends ${range}`, async () => {
      const response = await get("weights.onnx", { Range: range });
      assert.equal(response.status, 206);
      assert.equal(response.headers.get("Content-Range"), contentRange);
      assert.equal(response.headers.get("Content-Length"), String(end - first));
      assert.deepEqual(new Uint8Array(await response.arrayBuffer()), content.slice(first, end));
    });
  }

  it("refuses a range beyond the end with 416 and the size", async () => {
    const response = await get("weights.onnx", { Range: "bytes=700000-" });
    assert.equal(response.status, 416);
    assert.equal(response.headers.get("Content-Range"), "bytes */700000");
    assert.equal((await response.arrayBuffer()).byteLength, 0);
  });

  it("sends an empty file", async () => {
    const response = await get("empty.bin");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("Content-Length"), "0");
    assert.equal((await get("empty.bin", { Range: "bytes=0-" })).status, 416);
  });

  it("answers 304 to the tag it gave, and the whole to another", async () => {
    const tag = (await get("weights.onnx", {}, "HEAD")).headers.get("ETag")!;
    assert.equal((await get("weights.onnx", { "If-None-Match": `"other", ${tag}` })).status, 304);
    assert.equal((await get("weights.onnx", { "If-None-Match": `"other"` })).status, 200);
    assert.equal((await get("weights.onnx", { Range: "bytes=0-1", "If-Range": tag })).status, 206);
    assert.equal((await get("weights.onnx", { Range: "bytes=0-1", "If-Range": `"other"` })).status, 200);
  });

  it("tags other content of the same size otherwise", async () => {
    const file = path.join(folder, "served/changing.txt");
    await writeFile(file, "one");
    const first = (await get("changing.txt")).headers.get("ETag");
    await writeFile(`${file}.new`, "two");
    await rename(`${file}.new`, file);
    assert.notEqual((await get("changing.txt")).headers.get("ETag"), first);
  });

  it("answers HEAD with the headers alone", async () => {
    const response = await get("weights.onnx", { Range: "bytes=0-9" }, "HEAD");
    assert.equal(response.status, 206);
    assert.equal(response.headers.get("Content-Length"), "10");
    assert.equal(await response.text(), "");
  });

  it("names the types that browsers insist on", async () => {
    assert.equal((await get("page.mjs")).headers.get("Content-Type"), "text/javascript; charset=utf-8");
    assert.equal((await get("manifest.json")).headers.get("Content-Type"), "application/model-manifest+json");
  });

  it("finds the page of a folder, and sends who forgot the slash there", async () => {
    assert.equal(await (await get("inner/")).text(), "<!doctype html>");
    const response = await get("inner?query");
    assert.equal(response.status, 301);
    assert.equal(response.headers.get("Location"), "/files/inner/?query");
  });

  it("lets every origin read, and tells pages what they may see", async () => {
    const { headers } = await get("weights.onnx", {
      Origin: "https://elsewhere.example",
      Range: "bytes=0-1",
    });
    assert.equal(headers.get("Access-Control-Allow-Origin"), "*");
    assert.match(headers.get("Access-Control-Expose-Headers") ?? "", /Content-Range/);
    assert.equal(headers.get("Cross-Origin-Resource-Policy"), "cross-origin");
    assert.equal(headers.get("Cross-Origin-Opener-Policy"), "same-origin");
    assert.equal(headers.get("Cross-Origin-Embedder-Policy"), "require-corp");
  });

  for (const target of [
    "../secret.txt",
    "%2e%2e/secret.txt",
    "..%2fsecret.txt",
    "..%5csecret.txt",
    "inner/..%2f..%2fsecret.txt",
    "link.txt",
    ".hidden",
    "weights.onnx/",
    "weights.onnx%00",
    "%",
    "/weights.onnx",
    "inner//index.html",
    "none",
  ]) {
    it(`has nothing at ${target}`, async () => {
      // By hand, because fetch() tidies paths up.
      const answer = await raw(
        server,
        `GET /files/${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 (404|400)/);
      assert.doesNotMatch(answer, /secret/);
    });
  }

  it("counts what it sends", async () => {
    await (await get("weights.onnx", { Range: "bytes=0-99" })).arrayBuffer();
    assert.deepEqual(exchanges.at(-1), {
      method: "GET",
      path: "/files/weights.onnx",
      range: "bytes=0-99",
      status: 206,
      bodySent: 100,
    });
  });

  it("reads no more than the network takes, and stops when the reader goes away", async () => {
    const size = 2 ** 32;
    await writeFile(path.join(folder, "served/huge.bin"), "");
    await truncate(path.join(folder, "served/huge.bin"), size);
    const response = await get("huge.bin");
    assert.equal(response.headers.get("Content-Length"), String(size));
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await get("empty.bin");
    assert.ok(exchanges.find((each) => each.path.endsWith("huge.bin"))!.bodySent < 2 ** 26);
  });

  it("sends the next piece of a file when its pace allows", async () => {
    const seen: Exchange[] = [];
    const { promise: go, resolve: release } = Promise.withResolvers<undefined>();
    const slow = await createServer({
      folders: { "/files/": path.join(folder, "served") },
      models: null,
      onExchange: (exchange) => seen.push(exchange),
      pace: async ({ bodySent }) => {
        if (bodySent > 0) await go;
      },
    });
    const reader = (await fetch(`${slow.url}/files/weights.onnx`)).body!.getReader();
    const { value } = await reader.read();
    assert.ok(value!.length > 0);
    const sent = seen[0]!.bodySent;
    assert.ok(sent < content.length);
    release(undefined);
    while (!(await reader.read()).done);
    assert.equal(seen[0]!.bodySent, content.length);
    await slow.close();
  });

  it("leads from a folder's name to the folder", async () => {
    const response = await fetch(`${server.url}/files?a=1`, { redirect: "manual" });
    assert.equal(response.status, 301);
    assert.equal(response.headers.get("Location"), "/files/?a=1");
    assert.equal((await fetch(`${server.url}/file`)).status, 404);
  });

  it("waits for a request no longer than it has patience", async () => {
    const impatient = await createServer({ folders: {}, models: folder, patience: 100 });
    const head = "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\n";
    const body = "Content-Type: application/json\r\nContent-Length: 9\r\n\r\nslow";
    for (const begun of [head, head + body]) assert.match(await raw(impatient, begun), /^HTTP\/1\.1 408/);
    await impatient.close();
  });

  it("rejects where the port is taken", async () => {
    const port = Number(new URL(server.url).port);
    await assert.rejects(createServer({ port, folders: {} }), { code: "EADDRINUSE" });
  });

  it("says how to make what is not made yet", async () => {
    const response = await fetch(`${server.url}/spec/`);
    assert.equal(response.status, 404);
    assert.match(await response.text(), /made by “npm run spec”/);
  });

  it("gives the text, what it leads to, and nothing that lies beside it", async () => {
    const built = path.join(folder, "build");
    await mkdir(path.join(built, "room"), { recursive: true });
    await mkdir(path.join(built, "unit"));
    for (const file of ["index.html", "plain.html", "room/code.html", "unit/report.json"]) {
      await writeFile(path.join(built, file), file);
    }
    const build = path.resolve(import.meta.dirname, "../../build");
    const folders: Record<string, string> = {};
    for (const [prefix, place] of Object.entries(projectFolders)) {
      folders[prefix] = path.join(built, path.relative(build, place));
    }
    const other = await createServer({ folders, models: null });
    const statuses = [
      "",
      "index.html",
      "room/code.html",
      "unit/report.json",
      "plain.html",
      "unit",
      "room/",
    ].map(async (file) => (await fetch(`${other.url}/spec/${file}`, { redirect: "manual" })).status);
    assert.deepEqual(await Promise.all(statuses), [200, 200, 200, 404, 404, 404, 404]);
    await other.close();
  });

  it("is gone after close()", async () => {
    const other = await createServer({ folders: {} });
    assert.equal((await fetch(other.url, { redirect: "manual" })).status, 302);
    await other.close();
    await assert.rejects(fetch(other.url));
  });
});

function raw({ url }: RunningServer, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(request))
      .on("data", (data) => (answer += data.toString("latin1")))
      .on("end", () => resolve(answer))
      .on("error", reject);
  });
}
