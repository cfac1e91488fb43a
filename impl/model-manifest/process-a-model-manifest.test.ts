import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { isFailure } from "../infra/failure.ts";
import type { JSONValue } from "../infra/json.ts";
import { processAModelManifest } from "./process-a-model-manifest.ts";

const baseURL = new URL("https://example.com/models/manifest.json");
const digest = `sha256-${"A".repeat(43)}=`;

const file = (members = {}) => ({ digest, size: 3, urls: ["file.onnx"], ...members });
const part = (members = {}) => ({ file: file(), inputs: ["x"], outputs: ["y"], ...members });
const costs = (members = {}) => ({ operations: 6, bytes: 24, memory: 400, ...members });
const tensor = (members = {}) => ({ dataType: "float32", shape: [3], ...members });
const variant = (members = {}) => ({
  name: "exact",
  format: "onnx",
  fidelity: 1,
  costs: costs(),
  parts: [part()],
  ...members,
});
const manifest = (members = {}) => ({
  name: "affine",
  version: "1",
  inputs: { x: tensor() },
  outputs: { y: tensor() },
  variants: [variant()],
  ...members,
});

const withVariant = (members: object) => manifest({ variants: [variant(members)] });
const withCosts = (members: object) => withVariant({ costs: costs(members) });
const withParts = (...parts: object[]) => withVariant({ parts });
const withFile = (members: object) => withParts(part({ file: file(members) }));
const withTensor = (members: object) => manifest({ inputs: { x: tensor(members) } });
const without = (key: string, map: object) =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

const process = (value: object | string) => {
  const json = typeof value === "string" ? value : JSON.stringify(value);
  return processAModelManifest(JSON.parse(json) as JSONValue, baseURL);
};

function processed(value: object | string) {
  const result = process(value);
  assert.ok(!isFailure(result), isFailure(result) ? result.message : "");
  return result;
}

/** Wrong manifests, each with the step that refuses it and what the message says. */
export const refused: [what: string, value: object | string, message: RegExp][] = [
  ["step 1: a list", [], /^it is not a JSON object/],
  ["step 1: null", "null", /^it is not a JSON object/],
  ["step 1: a string", '"{}"', /^it is not a JSON object/],
  ["step 7: no name", without("name", manifest()), /^name: it is not a string/],
  ["step 7: no version", without("version", manifest()), /^version: /],
  ["step 7: a version that is a number", manifest({ version: 1 }), /^version: it is not a string/],
  ["step 7: a license that is null", manifest({ license: null }), /^license: /],
  ["step 7: no inputs", without("inputs", manifest()), /^inputs: /],
  ["step 7: no outputs", without("outputs", manifest()), /^outputs: /],
  [
    "step 8: an output with the name of an input",
    manifest({ outputs: { x: tensor(), y: tensor() } }),
    /^outputs: "x" is the name of an input/,
  ],
  ["step 10: no variants", without("variants", manifest()), /^variants: /],
  ["step 10: an empty list of variants", manifest({ variants: [] }), /^variants: /],
  ["step 10: 65 variants", manifest({ variants: many(65).map((name) => variant({ name })) }), /^variants: /],
  ["step 10: 10,000 variants", manifest({ variants: Array(10000).fill({}) }), /^variants: /],
  ["process a variant, step 1: null", manifest({ variants: [null] }), /^variants\[0\]: it is not an object/],
  [
    "step 12.2: one wrong variant after a right one",
    manifest({ variants: [variant(), {}] }),
    /^variants\[1\]: name: /,
  ],
  [
    "step 12.4: two variants of one name",
    manifest({ variants: [variant(), variant()] }),
    /^variants\[1\]: an earlier variant has the same name/,
  ],
  ["step 14: wrong assets", manifest({ assets: { words: {} } }), /^assets: words: digest: /],

  ["process a name, step 2: an empty name", manifest({ name: "" }), /^name: /],
  ["process a name, step 2: 257 characters", manifest({ name: "a".repeat(257) }), /^name: /],
  ["process a name, step 3: a control", manifest({ name: "a\nb" }), /^name: /],
  ["process a name, step 3: a surrogate", manifest({ name: "\ud800" }), /^name: /],
  ["process a list of names, step 1: a string", withVariant({ requires: "a" }), /^variants\[0\]: requires: /],
  ["process a list of names, step 1: 257 names", withCosts({ features: many(257) }), /costs: features: /],
  ["process a list of names, step 2.1: a number", withCosts({ features: ["a", 1] }), /features\[1\]: /],
  ["process a list of names, step 3: a name twice", withCosts({ features: ["a", "a"] }), /features: .*twice/],

  ["process tensor descriptions, step 1: a list", manifest({ inputs: [tensor()] }), /^inputs: /],
  ["process tensor descriptions, step 1: none", manifest({ outputs: {} }), /^outputs: /],
  [
    "process tensor descriptions, step 1: 257",
    manifest({ inputs: Object.fromEntries(["x", ...many(256)].map((name) => [name, tensor()])) }),
    /^inputs: /,
  ],
  [
    "process tensor descriptions, step 3.1: no name",
    manifest({ inputs: { x: tensor(), "": tensor() } }),
    /^inputs: the name/,
  ],
  ["process a tensor description, step 1: null", manifest({ inputs: { x: null } }), /^inputs: x: /],
  ["process a tensor description, step 3: float64", withTensor({ dataType: "float64" }), /x: dataType: /],
  ["process a tensor description, step 5: no shape", withTensor({ shape: 3 }), /x: shape: /],
  [
    "process a tensor description, step 5: 17 dimensions",
    withTensor({ shape: Array(17).fill(1) }),
    /shape: /,
  ],
  ...[-1, 1.5, 4294967296, null, "", [1]].map((dimension): [string, object, RegExp] => [
    `process a tensor description, step 6: a dimension ${JSON.stringify(dimension)}`,
    withTensor({ shape: [1, dimension] }),
    /^inputs: x: shape\[1\]: /,
  ]),

  ["process a variant, step 3: a wrong token", withVariant({ requires: [1] }), /requires\[0\]: /],
  ["process a variant, step 9: no format", withVariant({ format: null }), /^variants\[0\]: format: /],
  ["process a variant, step 9: a wrong precision", withVariant({ precision: 32 }), /precision: /],
  ["process a variant, step 9: a wrong group", withVariant({ group: [] }), /group: /],
  ...[undefined, -0.1, 1.1, "1", null].map((fidelity): [string, object, RegExp] => [
    `process a variant, step 11: fidelity ${JSON.stringify(fidelity)}`,
    withVariant({ fidelity }),
    /^variants\[0\]: fidelity: /,
  ]),
  ["process a variant, step 14: no costs", withVariant({ costs: undefined }), /^variants\[0\]: costs: /],
  ["process a variant, step 14: no parts", withVariant({ parts: undefined }), /^variants\[0\]: parts: /],

  ...(["operations", "bytes", "memory"] as const).flatMap((member) =>
    [undefined, -1, "1", null].map((cost): [string, object, RegExp] => [
      `process costs, step 2.2: ${member} ${JSON.stringify(cost)}`,
      withCosts({ [member]: cost }),
      new RegExp(`costs: ${member}: `),
    ]),
  ),
  [
    "process costs, step 2.2: 1e999",
    JSON.stringify(manifest()).replace('"memory":400', '"memory":1e999'),
    /costs: memory: /,
  ],
  ["process costs, step 4: wrong features", withCosts({ features: {} }), /costs: features: /],

  ["process parts, step 1: none", withParts(), /^variants\[0\]: parts: /],
  ["process parts, step 1: 65", withParts(...Array<object>(65).fill(part())), /^variants\[0\]: parts: /],
  ["process parts, step 4.2: a wrong part", withParts(part(), {}), /^variants\[0\]: parts\[1\]: file: /],
  [
    "process parts, step 4.3: an input that nothing gives",
    withParts(part({ inputs: ["z"] })),
    /^variants\[0\]: parts\[0\]: inputs: "z"/,
  ],
  [
    "process parts, step 4.3: an input that only a later part gives",
    withParts(part({ inputs: ["h"] }), part({ outputs: ["h"] })),
    /parts\[0\]: inputs: "h"/,
  ],
  [
    "process parts, step 4.4: an output that is an input of the model",
    withParts(part({ outputs: ["x", "y"] })),
    /parts\[0\]: outputs: "x"/,
  ],
  ["process parts, step 4.4: an output twice", withParts(part(), part()), /parts\[1\]: outputs: "y"/],
  [
    "process parts, step 5: an output of the model that no part gives",
    withParts(part({ outputs: ["h"] })),
    /parts: none has the output "y"/,
  ],
  [
    "process a part, step 1: a string",
    withVariant({ parts: ["file.onnx"] }),
    /parts\[0\]: it is not an object/,
  ],
  ["process a part, step 5: no inputs", withParts(part({ inputs: undefined })), /parts\[0\]: inputs: /],
  ["process a part, step 6: an empty list of inputs", withParts(part({ inputs: [] })), /inputs: it is empty/],
  [
    "process a part, step 6: an empty list of outputs",
    withParts(part({ outputs: [] })),
    /outputs: it is empty/,
  ],

  ["process assets, step 1: a list", manifest({ assets: [file()] }), /^assets: /],
  [
    "process assets, step 1: 257",
    manifest({ assets: Object.fromEntries(many(257).map((name) => [name, file()])) }),
    /^assets: /,
  ],
  ["process assets, step 3.1: no name", manifest({ assets: { "": file() } }), /^assets: the name/],

  ["process a file descriptor, step 1: a URL", withParts(part({ file: "file.onnx" })), /file: it is not/],
  ["process a file descriptor, step 3: no digest", withFile({ digest: undefined }), /file: digest: /],
  [
    "process a file descriptor, step 10: a wrong digest",
    withFile({ digest: "sha256-AA==" }),
    /file: a digest/,
  ],
  ...[undefined, -1, 1.5, "3", null].map((size): [string, object, RegExp] => [
    `process a file descriptor, step 5: size ${JSON.stringify(size)}`,
    withFile({ size }),
    /file: size: /,
  ]),
  [
    "process a file descriptor, step 10: a size of 2⁴⁰ + 1",
    withFile({ size: 2 ** 40 + 1 }),
    /file: the size/,
  ],
  ["process a file descriptor, step 10: an absurd size", withFile({ size: 1e300 }), /file: the size/],
  ["process a file descriptor, step 7: one URL that is no list", withFile({ urls: "a" }), /file: urls: /],
  ["process a file descriptor, step 7: 17 URLs", withFile({ urls: many(17) }), /file: urls: /],
  ["process a file descriptor, step 10: no URL", withFile({ urls: [] }), /file: a file needs/],
  ["process a file descriptor, step 10: another scheme", withFile({ urls: ["file:///a"] }), /https: nor/],
  ["process a list of URL strings, step 2.1: null", withFile({ urls: ["a", null] }), /urls\[1\]: /],
  ["process a description of chunks, step 1: null", withFile({ chunks: null }), /file: chunks: it is not/],
  [
    "process a description of chunks, step 3: a string",
    withFile({ chunks: { size: "65536" } }),
    /chunks: size: /,
  ],
  [
    "process a description of chunks, step 5: wrong URLs",
    withFile({ chunks: { urls: [1] } }),
    /chunks: urls\[0\]/,
  ],
  [
    "process a description of chunks, step 8: null",
    withFile({ chunks: { digest: null } }),
    /chunks: digest: /,
  ],
  ["process a file descriptor, step 10: a wrong chunk size", withFile({ chunks: { size: 65537 } }), /chunk/],
];

describe("process a model manifest", () => {
  it("step 15: gives what the manifest holds, and what it leaves out as null or empty", () => {
    const record = {
      digest,
      size: 3,
      urls: [new URL("https://example.com/models/file.onnx")],
      treeDigest: null,
      chunkSize: 524288,
      chunkTableURLs: [],
    };
    assert.deepEqual(processed(manifest()), {
      name: "affine",
      version: "1",
      license: null,
      inputs: new Map([["x", tensor()]]),
      outputs: new Map([["y", tensor()]]),
      variants: [
        {
          name: "exact",
          format: "onnx",
          precision: null,
          fidelity: 1,
          group: null,
          costs: { operations: 6, bytes: 24, memory: 400, features: [] },
          parts: [{ file: record, inputs: ["x"], outputs: ["y"] }],
        },
      ],
      assets: new Map(),
    });
  });

  it("process assets, steps 3.4 and 4: gives the members that need not be there", () => {
    const result = processed({
      ...withVariant({
        precision: "int8",
        group: "1",
        requires: [],
        costs: costs({ features: ["float16"] }),
      }),
      license: "CC0-1.0",
      assets: { words: file() },
    });
    const [first] = result.variants;
    assert.deepEqual([result.license, [...result.assets.keys()]], ["CC0-1.0", ["words"]]);
    assert.deepEqual([first!.precision, first!.group, first!.costs.features], ["int8", "1", ["float16"]]);
  });

  it("accepts the example of the text", () => {
    const text = readFileSync(new URL("../../spec/model-manifest.bs", import.meta.url), "utf8");
    const example = /<xmp highlight="json">(.*?)<\/xmp>/su.exec(text)![1]!;
    assert.equal(processed(example).variants[0]!.parts.length, 2);
  });

  it("passes over members that it does not know, wherever they are", () => {
    const unknown = { later: [{}] };
    assert.deepEqual(
      processed({
        ...manifest(unknown),
        inputs: { x: tensor(unknown) },
        variants: [
          variant({ ...unknown, costs: costs(unknown), parts: [part({ ...unknown, file: file(unknown) })] }),
        ],
      }),
      processed(manifest()),
    );
  });

  it("takes no member from a prototype", () => {
    const json = JSON.stringify(without("name", manifest())).replace("{", '{"__proto__":{"name":"affine"},');
    assert.ok(isFailure(process(json)));
  });

  it("step 12.5: keeps the order of variants, which is best first", () => {
    const variants = [variant({ name: "b" }), variant({ name: "a" })];
    assert.deepEqual(
      processed(manifest({ variants })).variants.map(({ name }) => name),
      ["b", "a"],
    );
  });

  it("process a variant, step 4: a token that is not understood skips that variant alone, unseen", () => {
    const variants = [{ requires: ["sparse"], name: 7 }, variant()];
    assert.deepEqual(
      processed(manifest({ variants })).variants.map(({ name }) => name),
      ["exact"],
    );
    assert.deepEqual(processed(manifest({ variants: [{ requires: ["sparse"] }] })).variants, []);
  });

  it("process tensor descriptions, steps 3.4 and 4; process a tensor description, steps 6 and 7: dimensions are sizes or names", () => {
    const shape = ["batch", 0, 4294967295];
    assert.deepEqual(processed(withTensor({ shape })).inputs.get("x")!.shape, shape);
    assert.deepEqual(processed(withTensor({ shape: [] })).inputs.get("x")!.shape, []);
  });

  it("process parts, steps 4.3, 4.6 and 6; process a part, step 7: a part takes inputs of the model and outputs of any earlier part", () => {
    const { variants } = processed(
      withParts(
        part({ outputs: ["h"] }),
        part({ inputs: ["h"], outputs: ["i"] }),
        part({ inputs: ["x", "h", "i"] }),
      ),
    );
    assert.equal(variants[0]!.parts.length, 3);
  });

  it("process costs, step 2.2: costs may be 0, and more than any device could bear", () => {
    const { costs: result } = processed(withCosts({ operations: 0, bytes: 1e300, memory: 0.5 })).variants[0]!;
    assert.deepEqual(result, { operations: 0, bytes: 1e300, memory: 0.5, features: [] });
  });

  it("process a name, step 2: counts characters, not code units", () => {
    assert.equal(processed(manifest({ name: "😀".repeat(256) })).name.length, 512);
  });

  it("process a file descriptor, step 9: takes chunks", () => {
    const treeDigest = digest.replace("sha256", "sha256tree");
    const chunks = { digest: treeDigest, size: 65536, urls: ["file.chunks"] };
    const { file: record } = processed(withFile({ chunks })).variants[0]!.parts[0]!;
    assert.deepEqual(
      [record.treeDigest, record.chunkSize, record.chunkTableURLs.map(String)],
      [treeDigest, 65536, ["https://example.com/models/file.chunks"]],
    );
    assert.equal(processed(withFile({ chunks: {} })).variants[0]!.parts[0]!.file.chunkSize, 524288);
  });

  it("accepts as much as the limits allow", () => {
    processed(
      manifest({
        inputs: Object.fromEntries(
          ["x", ...many(255)].map((name) => [name, tensor({ shape: Array(16).fill(1) })]),
        ),
        variants: many(64).map((name) => variant({ name })),
        assets: Object.fromEntries(many(256).map((name) => [name, file({ urls: Array(16).fill("a") })])),
      }),
    );
    processed(withParts(...many(63).map((name) => part({ outputs: [name] })), part()));
  });

  for (const [what, value, message] of refused) {
    it(`${what} is failure, and says where`, () => {
      const result = process(value);
      assert.ok(isFailure(result));
      assert.match(result.message, message);
    });
  }

  it("costs little for a deep manifest", () => {
    const depth = 20000;
    const json = `${JSON.stringify(manifest()).slice(0, -1)},"later":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    assert.equal(processed(json).name, "affine");
  });
});
