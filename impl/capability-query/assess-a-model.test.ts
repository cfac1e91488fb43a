import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { ModelManifest, Variant } from "../model-manifest/manifest.ts";
import { assessAModel, assessAVariant } from "./assess-a-model.ts";
import type { Requirements, Verdict } from "./assess-a-model.ts";
import { deviceClassTable } from "./device-class.ts";
import type { DeviceClass } from "./device-class.ts";
import { estimateTheLatency, latencyTiers } from "./estimate-the-latency.ts";

const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);

const middle: DeviceClass = {
  name: "middle",
  operationsPerSecond: 1000,
  bytesPerSecond: 100,
  memory: 50,
  features: ["int8"],
};

function variant({
  costs,
  ...members
}: Partial<Omit<Variant, "costs">> & { costs?: Partial<Variant["costs"]> } = {}): Variant {
  return {
    name: "exact",
    format: "onnx",
    precision: null,
    fidelity: 0.9,
    group: null,
    parts: [],
    costs: { operations: 0, bytes: 0, memory: 0, features: [], ...costs },
    ...members,
  };
}

const assess = (requirements: Requirements, ...variants: Variant[]): Verdict =>
  assessAModel({ variants } as unknown as ModelManifest, middle, requirements);

const wanting = {
  format: variant({ format: "gguf" }),
  feature: variant({ costs: { features: ["int8", "float16"] } }),
  memory: variant({ costs: { memory: 51 } }),
  latency: variant({ costs: { operations: 17 } }),
  fidelity: variant({ fidelity: 0.1 }),
};
const requirements = { maxLatency: 16, minFidelity: 0.5 };

describe("estimate the latency", () => {
  const times: [what: string, operations: number, bytes: number, tier: number][] = [
    ["nothing takes the first tier", 0, 0, 16],
    ["arithmetic, at the bound", 16, 0, 16],
    ["arithmetic, beyond the bound", 16.1, 0, 100],
    ["memory, at the bound", 0, 10, 100],
    ["memory, beyond the bound", 0, 10.1, 1000],
    ["the greater of both, not the sum", 100, 10, 100],
    ["30 seconds", 30000, 0, 30000],
    ["a minute", 30001, 0, 60000],
    ["more than a minute", 60001, 0, Infinity],
    ["for ever", 1e308, 1e308, Infinity],
  ];
  for (const [what, operations, bytes, tier] of times) {
    it(`step 4: ${what}`, () => {
      assert.equal(estimateTheLatency({ operations, bytes, memory: 0, features: [] }, middle), tier);
    });
  }
});

describe("assess a variant", () => {
  for (const [reason, each] of Object.entries(wanting)) {
    it(`gives "${reason}"`, () => assert.equal(assessAVariant(each, middle, requirements), reason));
  }

  it("step 8: gives the tier of one that fits at every bound", () => {
    const each = variant({ fidelity: 0.5, costs: { operations: 16, memory: 50, features: ["int8"] } });
    assert.equal(assessAVariant(each, middle, requirements), 16);
  });

  it("step 6: judges by the tier, which the page is told, not by the estimate", () => {
    assert.equal(assessAVariant(wanting.latency, middle, { maxLatency: 99 }), "latency");
    assert.equal(assessAVariant(wanting.latency, middle, { maxLatency: 100 }), 100);
    assert.equal(assessAVariant(variant({ costs: { operations: 1e9 } }), middle, {}), Infinity);
  });
});

describe("assess a model", () => {
  it("step 2.2: gives the first that fits", () => {
    const [first, second] = [variant({ name: "first" }), variant({ name: "second" })];
    const verdict = assess(requirements, wanting.memory, first, second);
    assert.deepEqual(verdict, { variant: first, latency: 16, reason: null });
  });

  it("step 1: where no variant is understood, the reason is the format", () => {
    assert.deepEqual(assess({}), { variant: null, latency: null, reason: "format" });
  });

  it("step 2.3: the reason is that of the variant that came furthest", () => {
    const reasons = Object.keys(wanting) as (keyof typeof wanting)[];
    for (const [index, reason] of reasons.entries()) {
      for (const earlier of reasons.slice(0, index)) {
        assert.equal(assess(requirements, wanting[reason], wanting[earlier]).reason, reason);
        assert.equal(assess(requirements, wanting[earlier], wanting[reason]).reason, reason);
      }
    }
  });
});

describe(`the leak of verdicts (seed ${seed})`, () => {
  const cost = fc.oneof(
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    fc.nat(),
    fc.constantFrom(1e9, 1e12),
  );
  const anyVariant = fc
    .record({
      fidelity: fc.double({ min: 0, max: 1, noNaN: true }),
      costs: fc.record({
        operations: cost,
        bytes: cost,
        memory: cost,
        features: fc.subarray(["int8", "float16", "accelerator", "unknown"]),
      }),
    })
    .map(variant);
  const anyRequirements = fc.record(
    { maxLatency: fc.constantFrom(...latencyTiers), minFidelity: fc.double({ min: 0, max: 1, noNaN: true }) },
    { requiredKeys: [] },
  );

  it("a variant that fits a class fits all that follow, no slower", () => {
    fc.assert(
      fc.property(anyVariant, anyRequirements, (each, asked) => {
        let slowest: number | null = null;
        for (const deviceClass of deviceClassTable) {
          const result = assessAVariant(each, deviceClass, asked);
          if (slowest !== null) assert.ok(typeof result === "number" && result <= slowest);
          if (typeof result === "number") slowest = result;
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});
