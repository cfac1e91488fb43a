import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { AnySchemaObject } from "ajv/dist/2020.js";
import { Random, damage } from "../../tools/faults/random.ts";
import type { FileRecord } from "../concepts/file-record.ts";
import type { Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { parseJSONBytesToAnInfraValue } from "../infra/json.ts";
import { fetchAModelManifest } from "./fetch-a-model-manifest.ts";
import type { ModelManifest } from "./manifest.ts";
import { processAModelManifest } from "./process-a-model-manifest.ts";

/** One case of the fuzzer of manifests: bytes made from a seed, and what becomes of them. */

const schema = new URL("../../spec/model-manifest.schema.json", import.meta.url);
const satisfiesTheSchema = new Ajv2020().compile(JSON.parse(readFileSync(schema, "utf8")) as AnySchemaObject);
const url = new URL("https://example.com/models/manifest.json");

export async function fuzzCase(seed: number): Promise<"accepted" | "refused"> {
  const bytes = randomManifest(new Random(seed));
  const json = parseJSONBytesToAnInfraValue(bytes);
  const manifest = isFailure(json) ? json : processAModelManifest(json, url);
  await fetched(bytes, isFailure(manifest) ? null : manifest);
  if (isFailure(manifest)) {
    assert.notEqual(manifest.message, "");
    return "refused";
  }
  assert.ok(satisfiesTheSchema(json), JSON.stringify(satisfiesTheSchema.errors));
  // Where every variant asks for what nobody knows, none is left.
  if (manifest.variants.length === 0) return "accepted";
  const again = parseJSONBytesToAnInfraValue(new TextEncoder().encode(JSON.stringify(written(manifest))));
  assert.ok(!isFailure(again));
  assert.deepEqual(processAModelManifest(again, url), manifest);
  return "accepted";
}

/** A server sends the same bytes: they come to the same manifest, or to an error of the two that there are. */
async function fetched(bytes: Uint8Array<ArrayBuffer>, expected: ModelManifest | null): Promise<void> {
  const host = {
    now: () => 0,
    wait: () => new Promise(() => undefined),
    stallTime: 30_000,
    fetch: async () => ({
      status: 200,
      url: url.href,
      header: () => "application/json",
      body: {
        async *[Symbol.asyncIterator]() {
          yield bytes;
        },
      },
    }),
  } as unknown as Host;
  const fetching = fetchAModelManifest(host, { url, integrityMetadata: null }, null);
  if (bytes.length > 65536) await assert.rejects(fetching, { name: "NetworkError" });
  else if (expected === null) await assert.rejects(fetching, { name: "DataError" });
  else assert.deepEqual(await fetching, expected);
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function randomManifest(random: Random): Uint8Array<ArrayBuffer> {
  if (random.chance(0.02)) return oddity(random);
  const manifest = validManifest(random);
  const edits = random.below(4);
  for (let edit = 0; edit < edits; edit += 1) editOne(manifest, random);
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  return random.chance(0.2) ? damage(bytes, random) : bytes;
}

function validManifest(random: Random): Json {
  const tensor = (): Json => ({
    dataType: random.pick(["float32", "float16", "int64", "uint8"]),
    shape: Array.from({ length: random.below(4) }, () => random.pick<Json>([1, 3, 224, "batch", "width"])),
  });
  const digest = (kind: string): string => `${kind}-${Buffer.from(random.bytes(32)).toString("base64")}`;
  const file = (): Json => ({
    digest: digest("sha256"),
    size: random.below(2 ** 31),
    urls: random.pick([["a.onnx"], ["a.onnx", "https://mirror.example/a?b#c"], ["../a%20b"]]),
    ...(random.chance(0.3) && {
      chunks: { digest: digest("sha256tree"), size: random.pick([65536, 4194304]), urls: ["chunks/a"] },
    }),
  });
  const variant = (name: string): Json => ({
    name,
    format: "onnx",
    fidelity: random.below(101) / 100,
    costs: { operations: random.below(1e9), bytes: random.below(1e9), memory: random.below(1e9) },
    parts: random.chance(0.5)
      ? [{ file: file(), inputs: ["x"], outputs: ["y"] }]
      : [
          { file: file(), inputs: ["x"], outputs: ["h"] },
          { file: file(), inputs: ["h"], outputs: ["y"] },
        ],
    ...(random.chance(0.3) && { group: "g", precision: "int8", requires: [] }),
  });
  return {
    name: "a model",
    version: "1.0.0",
    inputs: { x: tensor() },
    outputs: { y: tensor() },
    variants: Array.from({ length: 1 + random.below(3) }, (_, index) => variant(`v${index}`)),
    ...(random.chance(0.3) && { license: "MIT", assets: { words: file() } }),
  };
}

const strange = (random: Random): Json =>
  random.pick<() => Json>([
    () => null,
    () => random.chance(0.5),
    () => random.pick([-1, 0, 0.5, -0, 2 ** 53, 2 ** 40 + 1, 1e308, 2 ** 18 * 65536]),
    () =>
      random.pick(["", "x", "y", "\ud800", "\0", "a".repeat(257), "__proto__", "constructor", "sha256-AA=="]),
    () => random.pick(["file:///a", "https://user@example.com/", "//", "http://[", "data:,", "%"]),
    () => random.pick<Json>([[], {}, [null], ["x", "x"], [[]], { x: {} }, { length: 3 }]),
  ])();

/** Changes one member, anywhere. */
function editOne(value: Json, random: Random): void {
  const places: [{ [key: string]: Json }, string][] = [];
  const visit = (each: Json): void => {
    if (typeof each !== "object" || each === null) return;
    for (const key of Object.keys(each)) {
      places.push([each as { [key: string]: Json }, key]);
      visit((each as { [key: string]: Json })[key]!);
    }
  };
  visit(value);
  if (places.length === 0) return;
  const [parent, key] = random.pick(places);
  const [otherParent, otherKey] = random.pick(places);
  const edit = random.below(5);
  if (edit === 0) parent[key] = strange(random);
  else if (edit === 1) Reflect.deleteProperty(parent, key);
  else if (edit === 2 && !Array.isArray(parent))
    parent[random.pick(["later", "", "__proto__x", "toString"])] = strange(random);
  else if (edit === 3 && Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)] as Json));
  else parent[key] = structuredClone(otherParent[otherKey]!);
}

/** Bytes that are hard on a parser. */
function oddity(random: Random): Uint8Array<ArrayBuffer> {
  const text = random.pick<() => string>([
    () => "[".repeat(32768) + "]".repeat(32768),
    () => `{"variants":${"[".repeat(30000)}${"]".repeat(30000)}}`,
    () => '{"a":'.repeat(10000) + "1" + "}".repeat(10000),
    () => `{"__proto__":{"name":"a"},"name":"a"}`,
    () => `{"name":${"9".repeat(60000)}}`,
    () => `"${"\\u0000".repeat(10000)}"`,
    () => `{"inputs":{${Array.from({ length: 8000 }, (_, index) => `"${index}":0`).join()}}}`,
    () => " ".repeat(65536) + "x",
  ])();
  return random.chance(0.2) ? random.bytes(random.below(300)) : new TextEncoder().encode(text);
}

function written({ inputs, outputs, variants, assets, license, ...rest }: ModelManifest): object {
  return {
    ...rest,
    ...(license !== null && { license }),
    inputs: entriesOf(inputs),
    outputs: entriesOf(outputs),
    variants: variants.map(({ precision, group, parts, ...each }) => ({
      ...each,
      ...(precision !== null && { precision }),
      ...(group !== null && { group }),
      parts: parts.map(({ file, ...part }) => ({ ...part, file: descriptorOf(file) })),
    })),
    assets: entriesOf(new Map([...assets].map(([name, file]) => [name, descriptorOf(file)]))),
  };
}

/** NB: As JSON has it: `__proto__` is a name like any other. */
function entriesOf(map: ReadonlyMap<string, unknown>): object {
  return Object.fromEntries(map);
}

function descriptorOf({ digest, size, urls, treeDigest, chunkSize, chunkTableURLs }: FileRecord): object {
  return {
    digest,
    size,
    urls,
    chunks: { size: chunkSize, urls: chunkTableURLs, ...(treeDigest !== null && { digest: treeDigest }) },
  };
}
