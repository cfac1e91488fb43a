import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { AnySchemaObject } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, it } from "mocha";
import { isFailure } from "../infra/failure.ts";
import { parseJSONBytesToAnInfraValue } from "../infra/json.ts";
import type { JSONValue } from "../infra/json.ts";
import { refused } from "./process-a-model-manifest.test.ts";
import { processAModelManifest } from "./process-a-model-manifest.ts";

const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
const schema = JSON.parse(
  readFileSync(new URL("../../spec/model-manifest.schema.json", import.meta.url), "utf8"),
) as AnySchemaObject;
const satisfiesTheSchema = new Ajv2020().compile(schema);
const baseURL = new URL("https://example.com/models/manifest.json");

/** What no schema can say, as its description lists it. */
const beyondTheSchema =
  /neither an input|already an input|has the output|the same name|the name of an input|not a URL|https: nor|no user name|same digest|at most 262144 chunks/;

const name = fc.oneof(fc.constantFrom("x", "y", "h", "a", "😀"), fc.string({ minLength: 1, maxLength: 8 }));
const digest = fc
  .tuple(fc.constantFrom("sha256-", "sha256tree-"), fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map(([prefix, hash]) => prefix + Buffer.from(hash).toString("base64"));
const tree = digest.map((value) => value.replace("sha256-", "sha256tree-"));
const url = fc.oneof(fc.constantFrom("a.onnx", "https://cdn.example/b"), fc.webUrl());
const size = fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 40));
const file = fc.record(
  {
    digest,
    size,
    urls: fc.array(url, { minLength: 1, maxLength: 3 }),
    chunks: fc.record(
      { digest: tree, size: fc.constantFrom(65536, 4194304), urls: fc.array(url, { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["digest", "size", "urls"] },
);
const names = fc.uniqueArray(name, { maxLength: 3 });
const someNames = fc.uniqueArray(name, { minLength: 1, maxLength: 2 });
const part = fc.record({ file, inputs: someNames, outputs: someNames });
const connected = fc.tuple(file, file).map(([first, second]) => [
  { file: first, inputs: ["x"], outputs: ["h"] },
  { file: second, inputs: ["x", "h"], outputs: ["y"] },
]);
const cost = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const variant = fc.record(
  {
    name,
    format: name,
    precision: name,
    group: name,
    requires: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: names }),
    fidelity: fc.double({ min: 0, max: 1, noNaN: true }),
    costs: fc.record(
      { operations: cost, bytes: cost, memory: cost, features: names },
      { requiredKeys: ["operations", "bytes", "memory"] },
    ),
    parts: fc.oneof(
      { weight: 5, arbitrary: connected },
      { weight: 1, arbitrary: fc.array(part, { minLength: 1, maxLength: 2 }) },
    ),
  },
  { requiredKeys: ["name", "format", "fidelity", "costs", "parts"] },
);
const tensor = fc.record({
  dataType: fc.constantFrom("float32", "int64", "uint8"),
  shape: fc.array(fc.oneof(fc.nat(), name), { maxLength: 4 }),
});
const manifest = fc.record(
  {
    name,
    version: name,
    license: name,
    inputs: tensor.map((x) => ({ x })),
    outputs: tensor.map((y) => ({ y })),
    variants: fc.uniqueArray(variant, { minLength: 1, maxLength: 3, selector: (each) => each.name }),
    assets: fc.dictionary(name, file, { maxKeys: 2 }),
  },
  { requiredKeys: ["name", "version", "inputs", "outputs", "variants"] },
);

const wrong = fc.oneof(
  fc.constantFrom<JSONValue>(
    null,
    "",
    "\ud800",
    "x",
    -1,
    0.5,
    2 ** 40 + 1,
    1e300,
    true,
    [],
    {},
    ["x", "x"],
    [null],
  ),
  fc.constantFrom("file:///a", "https://user@example.com/", "a".repeat(257), "sha256-AA=="),
  fc.jsonValue(),
);

type Edit = {
  readonly place: number;
  readonly edit: "replace" | "remove" | "add" | "double";
  readonly value: JSONValue;
};
const edits = fc.array(
  fc.record({
    place: fc.nat(),
    edit: fc.constantFrom("replace", "remove", "add", "double"),
    value: wrong,
  }) as fc.Arbitrary<Edit>,
  { maxLength: 2 },
);

/** A copy of a JSON value in which members, found by number, are changed. */
function edited(original: unknown, changes: readonly Edit[]): JSONValue {
  const copy = JSON.parse(JSON.stringify({ original })) as Record<string, unknown>;
  for (const { place, edit, value } of changes) {
    const places = placesIn(copy);
    const [parent, key] = places[place % places.length]!;
    if (edit === "replace") parent[key] = value;
    else if (edit === "double" && Array.isArray(parent)) parent.push(parent[Number(key)]);
    else if (edit === "remove" && Array.isArray(parent)) parent.splice(Number(key), 1);
    else if (edit === "remove" && parent !== copy) Reflect.deleteProperty(parent, key);
    else if (edit === "add" && !Array.isArray(parent) && parent !== copy) parent["later"] = value;
  }
  return copy["original"] as JSONValue;
}

function placesIn(value: unknown): [parent: Record<string, unknown>, key: string][] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [
    [parent, key] as [typeof parent, string],
    ...placesIn(parent[key]),
  ]);
}

describe(`the schema of manifests (seed ${seed})`, () => {
  it("agrees with the algorithm, but for what no schema can say", () => {
    fc.assert(
      fc.property(manifest, edits, (original, changes) => {
        const json = edited(original, changes);
        const result = processAModelManifest(json, baseURL);
        const valid = satisfiesTheSchema(json);
        if (!isFailure(result)) {
          assert.ok(valid, JSON.stringify(satisfiesTheSchema.errors));
        } else if (valid) assert.match(result.message, beyondTheSchema);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("refuses every wrong manifest that the algorithm's own tests know", () => {
    for (const [what, value] of refused) {
      const json = JSON.parse(typeof value === "string" ? value : JSON.stringify(value)) as JSONValue;
      const result = processAModelManifest(json, baseURL);
      assert.ok(isFailure(result), what);
      assert.equal(satisfiesTheSchema(json), beyondTheSchema.test(result.message), what);
    }
  });

  it("sees both answers often, with one seed that stays", () => {
    const answers = fc
      .sample(fc.tuple(manifest, edits), { seed: 1, numRuns: 500 })
      .map(([original, changes]) => isFailure(processAModelManifest(edited(original, changes), baseURL)));
    const refusals = answers.filter(Boolean).length;
    assert.ok(refusals > 50 && answers.length - refusals > 50, `${refusals} of ${answers.length}`);
  });
});

describe(`a hostile manifest (seed ${seed})`, () => {
  it("is failure, and never an exception, whatever its bytes are", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.json().map((json) => new TextEncoder().encode(json)),
    );
    fc.assert(
      fc.property(bytes, (value) => {
        const json = parseJSONBytesToAnInfraValue(value);
        assert.ok(isFailure(json) || isFailure(processAModelManifest(json, baseURL)));
      }),
      { seed, numRuns: 300 },
    );
  });
});
