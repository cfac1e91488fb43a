import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Implementations } from "../../idl/contracts.ts";
import { ModelCapabilitiesImplementation } from "../capability-query/ModelCapabilities-impl.ts";
import { ModelMonitorImplementation } from "../concepts/ModelMonitor-impl.ts";
import { interfaces } from "../generated/bindings.js";
import { HybridModelImplementation } from "../hybrid-dispatch/HybridModel-impl.ts";
import { ModelRunErrorImplementation } from "../hybrid-dispatch/ModelRunError-impl.ts";
import { ModelCacheImplementation } from "../model-cache/ModelCache-impl.ts";
import { ModelFileImplementation } from "../model-cache/ModelFile-impl.ts";

/** The compiler holds the classes to what the bindings ask of them. */
const implementations: Implementations = {
  ModelMonitor: ModelMonitorImplementation,
  ModelCapabilities: ModelCapabilitiesImplementation,
  ModelCache: ModelCacheImplementation,
  ModelFile: ModelFileImplementation,
  HybridModel: HybridModelImplementation,
  ModelRunError: ModelRunErrorImplementation,
};

describe("the implementations", () => {
  it("are those of the interfaces that install installs", () => {
    assert.deepEqual(interfaces.map(({ name }) => name).sort(), Object.keys(implementations).sort());
  });
});
