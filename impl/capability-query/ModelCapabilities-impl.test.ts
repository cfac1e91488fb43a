import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { GlobalObject } from "../../idl/contracts.ts";
import { setHostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { ModelCapabilitiesImplementation } from "./ModelCapabilities-impl.ts";

/** A ModelCapabilities in a world that is as it should be but for these members, and what happened in it. */
function capabilitiesOf(members: Partial<Host> = {}) {
  const world = { requests: 0, tasks: [] as (() => void)[] };
  const host = {
    now: () => 0,
    wait: () => new Promise(() => undefined),
    stallTime: 30_000,
    baseURL: () => "https://example.com/",
    isFullyActive: () => true,
    isAllowedToUse: () => true,
    deviceClass: async () => "class-1",
    queueATask: (steps: () => void) => void world.tasks.push(steps),
    async fetch() {
      world.requests += 1;
      throw new DOMException("", "NetworkError");
    },
    ...members,
  } as unknown as Host;
  const globalObject = {} as GlobalObject;
  setHostOf(globalObject, host);
  return { world, capabilities: new ModelCapabilitiesImplementation(globalObject) };
}

const model = { manifest: "m.json" };

describe("ModelCapabilities.query()", () => {
  it("step 2: rejects in a document that is not fully active, whatever it is asked", async () => {
    const { world, capabilities } = capabilitiesOf({ isFullyActive: () => false });
    assert.throws(() => capabilities.query({ manifest: "https://" }), { name: "InvalidStateError" });
    assert.equal(world.requests, 0);
  });

  it("step 5: rejects where the policy does not allow it, after what is asked was looked at", async () => {
    const features: string[] = [];
    const { world, capabilities } = capabilitiesOf({
      isAllowedToUse(feature) {
        features.push(feature);
        return false;
      },
    });
    assert.throws(() => capabilities.query({ manifest: "https://" }), TypeError);
    assert.throws(() => capabilities.query({ ...model, maxLatency: -1 }), RangeError);
    assert.deepEqual(features, []);
    assert.throws(() => capabilities.query(model), { name: "NotAllowedError" });
    assert.deepEqual([features, world.requests], [["model-capabilities"], 0]);
  });

  it("step 7.1: rejects in a task", async () => {
    const { world, capabilities } = capabilitiesOf();
    let settled = false;
    const promise = capabilities.query(model).finally(() => (settled = true));
    while (world.tasks.length === 0) await new Promise(setImmediate);
    assert.equal(settled, false);
    world.tasks[0]!();
    await assert.rejects(promise, { name: "NetworkError" });
  });

  it("step 7.3: resolves in a task", async () => {
    const manifest = {
      name: "affine",
      version: "1",
      inputs: { x: { dataType: "float32", shape: [3] } },
      outputs: { y: { dataType: "float32", shape: [3] } },
      variants: [{ requires: ["later"] }],
    };
    const { world, capabilities } = capabilitiesOf({
      async fetch({ url }) {
        return {
          url,
          status: 200,
          header: () => "application/json",
          body: (async function* () {
            yield new TextEncoder().encode(JSON.stringify(manifest));
          })(),
        };
      },
    });
    let settled = false;
    const promise = capabilities.query(model).finally(() => (settled = true));
    while (world.tasks.length === 0) await new Promise(setImmediate);
    assert.equal(settled, false);
    world.tasks[0]!();
    assert.deepEqual(await promise, { supported: false, reason: "format" });
  });
});
