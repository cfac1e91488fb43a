import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { VirtualTime } from "./virtual-time.ts";

const virtualTime = () => new VirtualTime((steps) => setImmediate(steps));

describe("VirtualTime", () => {
  it("jumps to the earliest moment that somebody waits for", async () => {
    const time = virtualTime();
    const order: string[] = [];
    const waiting = [
      time.wait(60_000).then(() => order.push(`minute ${time.now()}`)),
      time.wait(10).then(() => order.push(`ten ${time.now()}`)),
    ];
    await Promise.all(waiting);
    assert.deepEqual(order, ["ten 10", "minute 60000"]);
  });

  it("wakes in order of asking those who wait for one moment", async () => {
    const time = virtualTime();
    const order: string[] = [];
    await Promise.all(["a", "b", "c"].map((name) => time.wait(5).then(() => order.push(name))));
    assert.deepEqual(order, ["a", "b", "c"]);
  });

  it("stands still while work is under way", async () => {
    const time = virtualTime();
    const work = Promise.withResolvers<undefined>();
    let woke = false;
    const waiting = time.wait(1).then(() => {
      woke = true;
    });
    const working = time.during(() => work.promise);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(woke, false);
    assert.equal(time.now(), 0);
    work.resolve(undefined);
    await Promise.all([working, waiting]);
    assert.equal(time.now(), 1);
  });

  it("moves on after work that failed", async () => {
    const time = virtualTime();
    await assert.rejects(
      time.during(() => Promise.reject(new Error("no"))),
      /no/,
    );
    await time.wait(7);
    assert.equal(time.now(), 7);
  });

  it("rejects with the signal's reason, and does not wait for it any more", async () => {
    const time = virtualTime();
    const controller = new AbortController();
    const waiting = time.wait(1000, controller.signal);
    controller.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
    await time.wait(3);
    assert.equal(time.now(), 3);
    await assert.rejects(time.wait(1, controller.signal), /enough/);
  });

  it("wakes all when it begins anew", async () => {
    const time = virtualTime();
    const hold = time.during(() => new Promise<never>(() => undefined));
    const waiting = time.wait(1000);
    time.restart();
    await waiting;
    void hold;
  });
});
