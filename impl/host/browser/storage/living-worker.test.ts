import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { LockManager } from "./agents.ts";
import { sayThatThisWorkerIsReady, startAWorker } from "./living-worker.ts";

/** A worker whose code begins when it is told to, and the locks that it holds until it is ended. */
function fakeWorker() {
  const life = Promise.withResolvers<undefined>();
  const { locks: real } = navigator as unknown as { locks: LockManager };
  const locks: LockManager = {
    request: (name, options, steps) =>
      real.request(name, options, (lock) => Promise.race([steps(lock), life.promise as Promise<never>])),
  };
  const worker = {
    onmessage: null as unknown,
    onmessageerror: null as unknown,
    onerror: null as unknown,
    terminated: 0,
    terminate() {
      worker.terminated += 1;
    },
    say: (data: string | null) => (worker.onmessage as (event: { data: string | null }) => void)({ data }),
  };
  return { worker, locks, real, end: () => life.resolve(undefined) };
}

/** A clock that stands still: nothing is late. */
const never = () => () => undefined;

const goesOffAtOnce = (steps: () => void) => {
  queueMicrotask(steps);
  return () => undefined;
};

describe("a worker of ours", () => {
  it("lives as long as the lock that it names", async () => {
    const { worker, locks, real, end } = fakeWorker();
    const starting = startAWorker(() => worker, real, never);
    await sayThatThisWorkerIsReady(worker.say, locks);
    const started = (await starting)!;
    let hasEnded = false;
    void started.end.then(() => (hasEnded = true));
    await new Promise(setImmediate);
    assert.equal(hasEnded, false);
    end();
    await started.end;
    assert.equal(worker.terminated, 1);
  });

  for (const event of ["onerror", "onmessageerror"] as const) {
    it(`has ended where it fails later (${event})`, async () => {
      const { worker, locks, real, end } = fakeWorker();
      const starting = startAWorker(() => worker, real, never);
      await sayThatThisWorkerIsReady(worker.say, locks);
      const started = (await starting)!;
      (worker[event] as () => void)();
      await started.end;
      assert.equal(worker.terminated, 1);
      end();
    });
  }

  it("is ready also where there are no locks, or none for it", async () => {
    const refused = { request: () => Promise.reject(new Error("no")) };
    for (const locks of [undefined, refused]) {
      const { worker } = fakeWorker();
      const starting = startAWorker(() => worker, locks, never);
      await sayThatThisWorkerIsReady(worker.say, locks);
      assert.equal(await starting, worker);
    }
  });

  it("is null where it does not start", async () => {
    const { worker, real } = fakeWorker();
    const starting = startAWorker(() => worker, real, never);
    (worker.onerror as () => void)();
    assert.equal(await starting, null);
    const refusing = () => {
      throw new Error("no");
    };
    assert.equal(await startAWorker(refusing, real, never), null);
  });

  it("is null, and ended, where it does not say in time that it runs", async () => {
    const { worker, real } = fakeWorker();
    assert.equal(await startAWorker(() => worker, real, goesOffAtOnce), null);
    assert.equal(worker.terminated, 1);
  });

  it("is not ended for the time that it took where it did say so", async () => {
    const { worker, real } = fakeWorker();
    const alarms = new Set<() => void>();
    const alarm = (steps: () => void) => {
      alarms.add(steps);
      return () => alarms.delete(steps);
    };
    const starting = startAWorker(() => worker, real, alarm);
    worker.say(null);
    assert.equal(await starting, worker);
    assert.equal(alarms.size, 0);
  });
});
