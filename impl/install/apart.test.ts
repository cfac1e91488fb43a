import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasHost } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { makeObjectsApart } from "./apart.ts";

describe("the objects apart from any global", () => {
  it("leave the global as it is", () => {
    const before = Reflect.ownKeys(globalThis);
    makeObjectsApart(globalThis, {} as Host);
    assert.deepEqual(Reflect.ownKeys(globalThis), before);
    assert.equal(hasHost(globalThis), false);
  });

  it("are of their interfaces, and check what they are given", async () => {
    const { HybridModel, ModelRunError, modelCache, modelCapabilities } = makeObjectsApart(
      globalThis,
      {} as Host,
    );
    assert.equal(Object.prototype.toString.call(modelCache), "[object ModelCache]");
    assert.equal(Object.prototype.toString.call(modelCapabilities), "[object ModelCapabilities]");
    assert.equal(Object.getPrototypeOf(ModelRunError), DOMException);
    await assert.rejects(HybridModel.create({} as never), TypeError);
  });

  it("are made anew each time", () => {
    const [one, other] = [makeObjectsApart(globalThis, {} as Host), makeObjectsApart(globalThis, {} as Host)];
    assert.notEqual(one.modelCache, other.modelCache);
    assert.notEqual(one.HybridModel, other.HybridModel);
  });
});
