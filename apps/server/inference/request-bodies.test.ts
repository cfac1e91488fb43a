import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { ProtocolError } from "./protocol-error.ts";
import { RequestBodies } from "./request-bodies.ts";

describe("the bodies of requests", () => {
  const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
    new Request("http://localhost/", { method: "POST", headers, ...{ body, duplex: "half" } });

  const hasStatus = (status: number) => (error: unknown) =>
    error instanceof ProtocolError && error.status === status;

  /** A body that is sent by hand. */
  function slowBody() {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    return { body: readable, writer: writable.getWriter() };
  }

  const length = (body: Uint8Array) => Promise.resolve(body.length);

  it("come together from pieces of any size", async () => {
    const bodies = new RequestBodies(1000, 1000);
    const { body, writer } = slowBody();
    const held = bodies.hold(post(body), (bytes) => Promise.resolve([...bytes]));
    for (let byte = 0; byte < 100; byte += 1) await writer.write(Uint8Array.of(byte));
    await writer.write(new Uint8Array(900));
    await writer.close();
    assert.deepEqual(await held, [...Array(100).keys(), ...Array<number>(900).fill(0)]);
    assert.equal(await bodies.hold(post(null), length), 0);
  });

  it("are no larger than they may be, whatever they say of their length", async () => {
    const bodies = new RequestBodies(10, 100);
    assert.equal(await bodies.hold(post(new Uint8Array(10)), length), 10);
    await assert.rejects(bodies.hold(post(new Uint8Array(11)), length), hasStatus(413));
    await assert.rejects(bodies.hold(post(null, { "Content-Length": "11" }), length), hasStatus(413));
  });

  it("take place with what has come, not with what was promised, and until they are done with", async () => {
    const bodies = new RequestBodies(10, 20);
    const slow = Array.from({ length: 10 }, slowBody);
    const held = slow.map(({ body }) => bodies.hold(post(body, { "Content-Length": "10" }), length));
    for (const { writer } of slow) await writer.write(new Uint8Array(1));
    assert.equal(await bodies.hold(post(new Uint8Array(10)), length), 10);

    const { promise: done, resolve: finish } = Promise.withResolvers<undefined>();
    const { promise: isHeld, resolve: holds } = Promise.withResolvers<undefined>();
    const running = bodies.hold(post(new Uint8Array(10)), () => {
      holds(undefined);
      return done;
    });
    await isHeld;
    await assert.rejects(bodies.hold(post(new Uint8Array(1)), length), hasStatus(429));

    await slow[0]!.writer.close();
    assert.equal(await held[0], 1);
    assert.equal(await bodies.hold(post(new Uint8Array(1)), length), 1);
    finish(undefined);
    await running;
    assert.equal(await bodies.hold(post(new Uint8Array(10)), length), 10);
    for (const { writer } of slow.slice(1)) await writer.close();
    await Promise.all(held);
  });

  it("leave their place when they break off", async () => {
    const bodies = new RequestBodies(10, 10);
    const { body, writer } = slowBody();
    const held = bodies.hold(post(body), length);
    await writer.write(new Uint8Array(10));
    await writer.abort(new Error("gone"));
    await assert.rejects(held, /gone/);
    assert.equal(await bodies.hold(post(new Uint8Array(10)), length), 10);
  });
});
