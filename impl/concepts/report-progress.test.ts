import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { setHostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { platformObject } from "../infra/platform-object.ts";
import { createAProgressReporter, reportProgress } from "./report-progress.ts";

class FakeProgressEvent extends Event {
  readonly loaded: number;
  readonly total: number;
  readonly lengthComputable: boolean;
  constructor(type: string, init: { loaded: number; total: number; lengthComputable: boolean }) {
    super(type);
    this.loaded = init.loaded;
    this.total = init.total;
    this.lengthComputable = init.lengthComputable;
  }
}

/** A monitor whose events are noted, and a clock that stands still until it is set. */
function scene() {
  const globalObject = { ProgressEvent: FakeProgressEvent } as unknown as typeof globalThis;
  const clock = { now: 0 };
  const tasks: (() => void)[] = [];
  const host: Pick<Host, "now" | "queueATask"> = {
    now: () => clock.now,
    queueATask: (steps) => void tasks.push(steps),
  };
  setHostOf(globalObject, host as Host);

  const events: FakeProgressEvent[] = [];
  const reporter = createAProgressReporter((monitor) => {
    const target = new EventTarget();
    Object.defineProperty(monitor, platformObject, { value: target });
    target.addEventListener("downloadprogress", (event) => {
      if (event instanceof FakeProgressEvent) events.push(event);
    });
  }, globalObject);
  const values = () => {
    for (const task of tasks.splice(0)) task();
    return events.map(({ loaded }) => loaded);
  };
  return { clock, reporter, events, values };
}

describe("create a progress reporter", () => {
  it("step 2: lets through what the callback throws", () => {
    const callback = () => {
      throw new RangeError("from the page");
    };
    assert.throws(() => createAProgressReporter(callback, globalThis), RangeError);
  });
});

describe("report progress", () => {
  it("reports fractions of 1, as ProgressEvents, in tasks of their own", () => {
    const { reporter, events, values } = scene();
    reportProgress(0, 10, reporter);
    assert.equal(events.length, 0);
    assert.deepEqual(values(), [0]);
    assert.ok(events[0] instanceof FakeProgressEvent);
    assert.equal(events[0].total, 1);
    assert.equal(events[0].lengthComputable, true);
  });

  it("step 1: rounds down to a 65536th, so that the size of a file does not show", () => {
    const { reporter, values } = scene();
    reportProgress(1, 3, reporter);
    assert.deepEqual(values(), [0, 21845 / 65536]);
  });

  it("step 1: an empty file is whole at once", () => {
    const { reporter, values } = scene();
    reportProgress(0, 0, reporter);
    assert.deepEqual(values(), [0, 1]);
  });

  it("step 3: never goes back, and says nothing twice", () => {
    const { clock, reporter, values } = scene();
    for (const loaded of [0, 5, 5, 4, 10, 10]) {
      clock.now += 1000;
      reportProgress(loaded, 10, reporter);
    }
    assert.deepEqual(values(), [0, 0.5, 1]);
  });

  it("step 4: leaves 50 milliseconds between two events, except for the last", () => {
    const { clock, reporter, values } = scene();
    reportProgress(0, 100, reporter);
    clock.now = 49;
    reportProgress(25, 100, reporter);
    clock.now = 50;
    reportProgress(50, 100, reporter);
    clock.now = 51;
    reportProgress(75, 100, reporter);
    reportProgress(100, 100, reporter);
    assert.deepEqual(values(), [0, 0.5, 1]);
  });

  it("step 5: begins with 0, wherever the download begins", () => {
    const { reporter, values } = scene();
    reportProgress(10, 10, reporter);
    assert.deepEqual(values(), [0, 1]);
  });
});

describe("ModelMonitor", () => {
  it("has an event handler for downloadprogress", () => {
    const { reporter, values } = scene();
    const { monitor } = reporter;
    const seen: unknown[] = [];
    const handler = (event: Event) => seen.push(event.type);
    assert.equal(monitor.ondownloadprogress, null);
    monitor.ondownloadprogress = handler;
    assert.equal(monitor.ondownloadprogress, handler);
    reportProgress(0, 1, reporter);
    values();
    assert.deepEqual(seen, ["downloadprogress"]);
  });
});
