import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createANodeHost } from "../host/node/node-host.ts";
import type { TopLevelTraversable } from "./commands.ts";
import { deleteVirtualModelEnvironment, setVirtualModelEnvironment, WebDriverError } from "./commands.ts";

const host = createANodeHost(globalThis);
const open = (): TopLevelTraversable => ({ isOpen: true, host, virtualModelEnvironment: null });
const closed = (): TopLevelTraversable => ({ isOpen: false, host, virtualModelEnvironment: null });

const isA = (code: WebDriverError["code"]) => (error: unknown) =>
  error instanceof WebDriverError && error.code === code;

describe("virtual model environment commands", () => {
  it("set virtual model environment, step 2: parameters that are not one are an invalid argument", async () => {
    const traversable = open();
    await assert.rejects(
      setVirtualModelEnvironment(traversable, { exposureLimit: 7 }),
      isA("invalid argument"),
    );
    assert.equal(traversable.virtualModelEnvironment, null);
  });

  it("set virtual model environment, step 3: a closed window is no such window", async () => {
    await assert.rejects(setVirtualModelEnvironment(closed(), {}), isA("no such window"));
  });

  it("set virtual model environment, steps 4 and 7: the environment is set", async () => {
    const traversable = open();
    assert.equal(await setVirtualModelEnvironment(traversable, { exposureLimit: "device" }), null);
    assert.equal(traversable.virtualModelEnvironment?.exposureLimit, "device");
  });

  it("delete virtual model environment, step 1: a closed window is no such window", () => {
    assert.throws(() => deleteVirtualModelEnvironment(closed()), isA("no such window"));
  });

  it("delete virtual model environment, steps 2 and 3: the environment is null", async () => {
    const traversable = open();
    await setVirtualModelEnvironment(traversable, {});
    assert.equal(deleteVirtualModelEnvironment(traversable), null);
    assert.equal(traversable.virtualModelEnvironment, null);
  });
});
