import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ReadableStream } from "node:stream/web";
import { gzipSync } from "node:zlib";
import { after, before, beforeEach, describe, it } from "mocha";
import { askAServer } from "./ask-a-server.ts";
import { farAddress, withAFarAddress } from "./far-address.test.ts";
import { LockError } from "./lock-error.ts";
import { nearness } from "./nearness.ts";

describe("a question to a server", () => {
  let server: Server;
  let port: number;
  let answer: RequestListener;
  const asked: string[] = [];
  before(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.headers.host!.split(":")[0]!}${request.url!}`);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    ({ port } = server.address() as AddressInfo);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked.length = 0;
    answer = (_request, response) => response.end("words");
  });

  const { publicNetwork, privateNetwork, thisMachine } = nearness;
  const at = (host: string, path = "/") => `http://${host}:${port}${path}`;
  const textOf = (body: unknown) => text(body as ReadableStream);
  const says = (words: RegExp) => (error: unknown) => error instanceof LockError && words.test(error.message);

  const redirect = (steps: Record<string, string>) => {
    answer = (request, response) => {
      const location = steps[request.url!];
      if (location === undefined) response.end("words");
      else response.writeHead(302, { Location: location }).end();
    };
  };

  it("goes to this machine for its user alone", async () => {
    for (const host of ["127.0.0.1", "localhost", "0.0.0.0", "127.1", "2130706433", "[::ffff:127.0.0.1]"]) {
      for (const nearest of [publicNetwork, privateNetwork]) {
        await assert.rejects(askAServer(at(host), {}, nearest), says(/leads to .*nearer to this machine/));
      }
    }
    assert.deepEqual(asked, []);
    const { body, from } = await askAServer(at("localhost"), {}, thisMachine);
    assert.equal(await textOf(body), "words");
    assert.equal(from, thisMachine);
  });

  it("follows redirects, and no endless ones", async () => {
    redirect({ "/a": "b", "/b": "/c" });
    assert.equal(await textOf((await askAServer(at("127.0.0.1", "/a"), {}, thisMachine)).body), "words");
    assert.equal(asked.length, 3);
    redirect({ "/": "/" });
    await assert.rejects(askAServer(at("127.0.0.1"), {}, thisMachine), says(/more than 20 times/));
    redirect({ "/": "file:///etc/hosts" });
    await assert.rejects(askAServer(at("127.0.0.1"), {}, thisMachine), says(/no http or https URL/));
  });

  it("unpacks what is packed, and gives what came before a connection broke", async () => {
    answer = (_request, response) => response.setHeader("Content-Encoding", "gzip").end(gzipSync("words"));
    assert.equal(await textOf((await askAServer(at("127.0.0.1"), {}, thisMachine)).body), "words");

    answer = (_request, response) => {
      response.setHeader("Content-Length", 300_000);
      response.write(new Uint8Array(150_000), () => response.destroy());
    };
    const { body } = await askAServer(at("127.0.0.1"), {}, thisMachine);
    let length = 0;
    await assert.rejects(async () => {
      for await (const piece of body as unknown as AsyncIterable<Uint8Array>) length += piece.length;
    });
    assert.ok(length > 0);
  });

  describe("of the public network", () => {
    withAFarAddress();

    it("is led nowhere nearer by a redirect", async () => {
      redirect({ "/": at("127.0.0.1", "/admin"), "/name": at("localhost", "/admin"), "/far": "/" });
      for (const path of ["/", "/name", "/far"]) {
        const question = askAServer(at(farAddress, path), {}, thisMachine);
        await assert.rejects(question, says(/nearer to this machine/));
      }
      assert.ok(asked.every((each) => each.startsWith(farAddress)));
    });

    it("tells that the answer is from there, though it was asked for from here", async () => {
      redirect({ "/away": at(farAddress) });
      const { body, from } = await askAServer(at("127.0.0.1", "/away"), {}, thisMachine);
      await body.cancel();
      assert.equal(from, publicNetwork);
    });
  });
});
