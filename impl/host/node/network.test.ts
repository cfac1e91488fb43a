import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "mocha";
import { fetchAsAPage } from "./network.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const networkError = () => new DOMException("The request failed.", "NetworkError");

describe("fetch as a page", () => {
  const servers: Server[] = [];
  let here: string;
  let there: string;
  let answers: Map<string, Answer>;
  let seen: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[];

  async function listen(): Promise<string> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const { method, url, headers } = request;
        seen.push({ method: method!, url: url!, headers, body: Buffer.concat(pieces).toString() });
        const answer = answers.get(`${method} ${url}`) ?? answers.get(url!);
        if (answer !== undefined) answer(request, response);
        else response.writeHead(404).end();
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  before(async () => {
    here = await listen();
    there = await listen();
  });
  beforeEach(() => {
    answers = new Map();
    seen = [];
  });
  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  const says =
    (text: string, headers: Record<string, string> = {}, status = 200): Answer =>
    (_request, response) =>
      response.writeHead(status, headers).end(text);
  const redirects =
    (location: string, headers: Record<string, string> = {}, status = 302): Answer =>
    (_request, response) =>
      response.writeHead(status, { location, ...headers }).end();
  const forAll = { "access-control-allow-origin": "*" };

  async function text(
    url: string,
    request: Partial<Parameters<typeof fetchAsAPage>[1]> = {},
    origin: string | null = here,
  ): Promise<string> {
    const response = await fetchAsAPage(origin, { url, ...request }, networkError);
    let result = "";
    for await (const piece of response.body) result += Buffer.from(piece).toString();
    return result;
  }
  const refused = { name: "NetworkError" };

  it("reads a response of its own origin", async () => {
    answers.set("/a", says("hello"));
    assert.equal(await text(`${here}/a`), "hello");
    assert.equal(seen[0]!.headers.origin, undefined);
    assert.equal(seen[0]!.headers.referer, undefined);
  });

  it("reads a blob of this program's", async () => {
    const url = URL.createObjectURL(new Blob(["hello"]));
    assert.equal(await text(url), "hello");
    URL.revokeObjectURL(url);
    await assert.rejects(text(url), refused);
  });

  it("reads one of another origin only with its leave", async () => {
    answers.set("/a", says("hello"));
    answers.set("/b", says("hello", forAll));
    answers.set("/c", says("hello", { "access-control-allow-origin": here }));
    answers.set("/d", says("hello", { "access-control-allow-origin": there }));
    await assert.rejects(text(`${there}/a`), refused);
    assert.equal(await text(`${there}/b`), "hello");
    assert.equal(await text(`${there}/c`), "hello");
    await assert.rejects(text(`${there}/d`), refused);
    assert.equal(seen[0]!.headers.origin, here);
  });

  it("reads everything where there is no page", async () => {
    answers.set("/a", says("hello"));
    assert.equal(await text(`${there}/a`, {}, null), "hello");
  });

  it("asks each server on the way of a redirect", async () => {
    answers.set("/to-there", redirects(`${there}/end`));
    answers.set("/to-there-with-leave", redirects(`${there}/end-with-leave`));
    answers.set("/end", says("no"));
    answers.set("/end-with-leave", says("hello", forAll));
    await assert.rejects(text(`${here}/to-there`), refused);
    assert.equal(await text(`${here}/to-there-with-leave`), "hello");
    answers.set("/back", redirects(`${here}/end`, forAll));
    await assert.rejects(text(`${there}/back`), refused);
    assert.equal(seen.at(-1)!.headers.origin, "null");
    answers.set("/back-without-leave", redirects(`${here}/end-with-leave`));
    await assert.rejects(text(`${there}/back-without-leave`), refused);
  });

  it("tells where a redirect ended, and follows none where it is told so", async () => {
    answers.set("/a", redirects("/b"));
    answers.set("/b", says("hello"));
    const { url } = await fetchAsAPage(here, { url: `${here}/a` }, networkError);
    assert.equal(url, `${here}/b`);
    await assert.rejects(text(`${here}/a`, { redirect: "error" }), refused);
    answers.set("/round", redirects("/round"));
    await assert.rejects(text(`${here}/round`), refused);
  });

  it("sends a body on after 307, and not after 303", async () => {
    const body = [Uint8Array.from([97]), Uint8Array.from([98, 99])];
    answers.set("/a", redirects("/b", {}, 307));
    answers.set("/b", redirects("/c", {}, 303));
    answers.set("/c", says("hello"));
    assert.equal(await text(`${here}/a`, { method: "POST", body }), "hello");
    assert.deepEqual(
      seen.map((each) => [each.method, each.body]),
      [
        ["POST", "abc"],
        ["POST", "abc"],
        ["GET", ""],
      ],
    );
  });

  it("asks before it sends a header that needs leave", async () => {
    const headers = { Range: "bytes=0-3", "X-B": "1", Authorization: "Bearer 1" };
    answers.set("GET /a", says("hello", forAll));
    await assert.rejects(text(`${there}/a`, { headers }), refused);
    assert.deepEqual(
      seen.map(({ method }) => method),
      ["OPTIONS"],
    );
    assert.equal(seen[0]!.headers["access-control-request-headers"], "authorization,x-b");

    answers.set("OPTIONS /a", says("", { ...forAll, "access-control-allow-headers": "*" }, 204));
    await assert.rejects(text(`${there}/a`, { headers }), refused, "a star is no leave for Authorization");

    answers.set(
      "OPTIONS /a",
      says("", { ...forAll, "access-control-allow-headers": "*, Authorization" }, 204),
    );
    assert.equal(await text(`${there}/a`, { headers }), "hello");
    assert.equal(seen.at(-1)!.headers["x-b"], "1");

    answers.set(
      "OPTIONS /a",
      says("", { ...forAll, "access-control-allow-headers": "X-B, Authorization" }, 403),
    );
    await assert.rejects(text(`${there}/a`, { headers }), refused);
  });

  it("sends a simple range without asking", async () => {
    answers.set("/a", says("hell", { ...forAll, "content-range": "bytes 0-3/5" }, 206));
    const response = await fetchAsAPage(
      here,
      { url: `${there}/a`, headers: { Range: "bytes=0-3" } },
      networkError,
    );
    assert.equal(response.status, 206);
    assert.equal(seen.length, 1);
    assert.equal(seen[0]!.headers.range, "bytes=0-3");
    assert.equal(response.header("Content-Range"), null, "it is not exposed");
    assert.equal(response.header("Cache-Control"), null);
  });

  it("lets headers be read that are exposed", async () => {
    answers.set(
      "/a",
      says("", { ...forAll, "access-control-expose-headers": "X-A", "x-a": "1", "x-b": "2", expires: "0" }),
    );
    const header = async (origin: string, name: string) =>
      (await fetchAsAPage(origin, { url: `${there}/a` }, networkError)).header(name);
    assert.equal(await header(here, "x-a"), "1");
    assert.equal(await header(here, "X-B"), null);
    assert.equal(await header(here, "Expires"), "0");
    assert.equal(await header(there, "X-B"), "2");
  });

  it("rejects with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const arrived = new Promise<void>((resolve) => answers.set("/a", () => resolve()));
    const rejected = assert.rejects(text(`${here}/a`, { signal: controller.signal }), reason);
    await arrived;
    controller.abort(reason);
    await rejected;
    await assert.rejects(text(`${here}/b`, { signal: controller.signal }), reason);
    assert.equal(seen.length, 1);
  });

  it("ends the request when the body is left, begun or not", async () => {
    for (const begun of [false, true]) {
      const closed = Promise.withResolvers<undefined>();
      answers.set("/a", (_request, response) => {
        response.on("close", () => closed.resolve(undefined));
        response.writeHead(200);
        response.write("hello");
      });
      const { body } = await fetchAsAPage(here, { url: `${here}/a` }, networkError);
      const iterator = body[Symbol.asyncIterator]();
      if (begun) assert.equal(Buffer.from((await iterator.next()).value).toString(), "hello");
      await iterator.return!();
      await closed.promise;
    }
  });

  it("fails where the body breaks off", async () => {
    answers.set("/a", (_request, response) => {
      response.writeHead(200, { "content-length": "10" });
      response.write("hello");
      setImmediate(() => response.destroy());
    });
    await assert.rejects(text(`${here}/a`));
  });

  it("refuses mixed content and servers that are not there", async () => {
    await assert.rejects(text("http://example.invalid/", {}, "https://example.com"), refused);
    await assert.rejects(text("http://127.0.0.1:1/"), refused);
    await assert.rejects(text("nonsense"), refused);
  });
});
