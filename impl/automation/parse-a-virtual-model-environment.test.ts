import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isFailure } from "../infra/failure.ts";
import { deviceClassTable } from "../capability-query/device-class.ts";
import { parseAVirtualModelEnvironment } from "./parse-a-virtual-model-environment.ts";

const digest = `sha256-${"A".repeat(43)}=`;

describe("parse a virtual model environment", () => {
  it("steps 3.2, 4.2, 5.2, 6.2, 7.3, 8.2, 11.6 and 12: takes every member", () => {
    const { name } = deviceClassTable[0]!;
    const environment = parseAVirtualModelEnvironment({
      deviceClass: name,
      exposureLimit: "site",
      storageCapacity: 0,
      savesData: true,
      storageShare: 2,
      storagePressure: 3,
      memoryLimit: 4,
      pinnedFiles: [digest, digest],
      executors: { client: { outcome: "lose", latency: 5 }, remote: {} },
      somethingNewer: true,
    });
    assert.deepEqual(environment, {
      deviceClass: name,
      exposureLimit: "site",
      savesData: true,
      storageCapacity: 0,
      storageShare: 2,
      storagePressure: 3,
      memoryLimit: 4,
      pinnedFiles: new Set([digest]),
      executors: new Map([
        ["client", { outcome: "lose", latency: 5 }],
        ["remote", { outcome: "succeed", latency: 0 }],
      ]),
    });
  });

  it("steps 7.1 and 9: leaves out what is not given", () => {
    assert.deepEqual(parseAVirtualModelEnvironment({}), {
      deviceClass: null,
      exposureLimit: null,
      savesData: null,
      storageCapacity: null,
      storageShare: null,
      storagePressure: 0,
      memoryLimit: null,
      pinnedFiles: new Set(),
      executors: new Map(),
    });
  });

  const refused: Record<string, unknown> = {
    "step 1: a list": [],
    "step 1: null": null,
    "step 3.1: an unknown class": { deviceClass: "quantum" },
    "step 4.1: an unknown limit": { exposureLimit: "moon" },
    "step 5.1: a fraction of a byte": { storageCapacity: 0.5 },
    "step 5.1: a debt of bytes": { storageCapacity: -1 },
    "step 5.1: a word": { storageCapacity: "1" },
    "step 6.1: a word": { savesData: "yes" },
    "step 6.1: a number": { savesData: 1 },
    "step 7.2: a debt of bytes to each site": { storageShare: -1 },
    "step 7.2: a fraction of a byte to free": { storagePressure: 0.5 },
    "step 7.2: a word for how much memory": { memoryLimit: "much" },
    "step 8.1: a digest that is pinned alone": { pinnedFiles: digest },
    "step 8.1: a pin of what is not a digest": { pinnedFiles: [digest, "sha256-"] },
    "step 8.1: a pin of a number": { pinnedFiles: [1] },
    "step 10: a list of executors": { executors: [] },
    "step 11.1: an unknown executor": { executors: { moon: {} } },
    "step 11.1: an executor that is no object": { executors: { client: 1 } },
    "step 11.3: an unknown outcome": { executors: { client: { outcome: "explode" } } },
    "step 11.5: a latency below 0": { executors: { client: { latency: -1 } } },
    "step 11.5: an endless latency": { executors: { client: { latency: Infinity } } },
    "step 11.5: a latency in words": { executors: { client: { latency: "1" } } },
  };
  for (const [what, parameters] of Object.entries(refused)) {
    it(`${what} is failure`, () => {
      assert.ok(isFailure(parseAVirtualModelEnvironment(parameters)));
    });
  }
});
