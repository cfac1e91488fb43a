import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Host, HostBuffer } from "../host.ts";
import type { VirtualExecutor } from "../virtual-model-environment.ts";
import { VirtualHost } from "./virtual-host.ts";

const below = {
  now: () => 5,
  queueATask: (steps: () => void) => setImmediate(steps),
  backends: [],
} as unknown as Host;

function virtualHost(client?: VirtualExecutor): VirtualHost {
  const host = new VirtualHost(below);
  host.environment = {
    deviceClass: null,
    exposureLimit: null,
    savesData: null,
    storageCapacity: null,
    storageShare: null,
    storagePressure: 0,
    memoryLimit: null,
    pinnedFiles: new Set(),
    executors: new Map(client === undefined ? [] : [["client", client]]),
  };
  return host;
}

const { signal } = new AbortController();

describe("a virtual host", () => {
  const real = { ...below, savesData: () => true, parallelLimit: 6, rangeLength: 7, stallTime: 8 } as Host;
  const line = ({ parallelLimit, rangeLength, stallTime }: Host) => [parallelLimit, rangeLength, stallTime];

  it("says of the line what the text says, while there is an environment", () => {
    const host = new VirtualHost(real);
    assert.deepEqual(line(host), [6, 7, 8]);
    host.environment = virtualHost().environment;
    assert.deepEqual(line(host), [3, 1048576, 30_000]);
  });

  it("says whether the user saves data as the environment does, if it does", () => {
    const host = new VirtualHost(real);
    assert.equal(host.savesData(), true);
    const environment = virtualHost().environment!;
    host.environment = environment;
    assert.equal(host.savesData(), true);
    host.environment = { ...environment, savesData: false };
    assert.equal(host.savesData(), false);
  });

  it("holds the time still for work that began before its environment was set, in an earlier one or in none", async () => {
    for (const earlier of [null, virtualHost().environment]) {
      const work = Promise.withResolvers<HostBuffer>();
      const host = new VirtualHost({ ...below, makeABuffer: () => work.promise });
      host.environment = earlier;
      const working = host.makeABuffer(1);
      host.environment = virtualHost().environment;
      let woke = false;
      const waiting = host.wait(1).then(() => (woke = true));
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(woke, false);
      assert.equal(host.now(), 0);
      work.resolve({} as HostBuffer);
      await Promise.all([working, waiting]);
    }
  });

  it("says when the user's word may have changed: with the environment, and with the host below", () => {
    const ofTheHost: (() => void)[] = [];
    const whenTheUserDecides = (steps: () => void) => {
      ofTheHost.push(steps);
      return () => ofTheHost.splice(0);
    };
    const host = new VirtualHost({ ...below, whenTheUserDecides });
    let runs = 0;
    const forget = host.whenTheUserDecides(() => {
      runs += 1;
    });
    host.environment = virtualHost().environment;
    ofTheHost[0]!();
    assert.equal(runs, 2);
    forget();
    host.environment = null;
    assert.deepEqual([runs, ofTheHost], [2, []]);
  });
});

describe("consult an executor", () => {
  it("step 2: without an environment, or an executor in it, it succeeds at once", async () => {
    assert.equal(await new VirtualHost(below).consultAnExecutor("client", signal), "succeed");
    const host = virtualHost();
    assert.equal(await host.consultAnExecutor("client", signal), "succeed");
    assert.equal(host.now(), 0);
  });

  it("step 4: a stalled one answers only when aborted", async () => {
    const controller = new AbortController();
    const host = virtualHost({ outcome: "stall", latency: 0 });
    let settled = false;
    const consulting = host.consultAnExecutor("client", controller.signal).finally(() => (settled = true));
    const rejected = assert.rejects(consulting, /enough/);
    await host.wait(60_000);
    assert.equal(settled, false);
    controller.abort(new Error("enough"));
    await rejected;
  });

  it("steps 5 and 7: another one answers after its latency, with its outcome", async () => {
    for (const outcome of ["succeed", "fail", "lose"] as const) {
      const host = virtualHost({ outcome, latency: 70 });
      assert.equal(await host.consultAnExecutor("client", signal), outcome);
      assert.equal(host.now(), 70);
    }
  });

  it("step 6: aborted meanwhile, it throws the signal's reason", async () => {
    const controller = new AbortController();
    const host = virtualHost({ outcome: "succeed", latency: 70 });
    const consulting = host.consultAnExecutor("client", controller.signal);
    controller.abort(new Error("enough"));
    await assert.rejects(consulting, /enough/);
  });
});
