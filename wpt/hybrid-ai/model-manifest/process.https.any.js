// META: title=Processing a model manifest
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js

"use strict";

const withVariant = (members) => affineManifest({ variants: [affineVariant(members)] });
const withCosts = (members) => withVariant({ costs: affineCosts(members) });
const part = (members) => ({ file: affineModelFile(), inputs: ["x"], outputs: ["y"], ...members });
const withParts = (...parts) => withVariant({ parts });
const withFile = (members) => withParts(part({ file: affineModelFile(members) }));
const withInput = (members) =>
  affineManifest({ inputs: { x: { dataType: "float32", shape: [3], ...members } } });
const many = (count) => Array.from({ length: count }, (_, index) => `n${index}`);
const mapOf = (names, value) => Object.fromEntries(names.map((name) => [name, value]));
const tensor = { dataType: "float32", shape: [3] };
const treeDigest = `sha256tree-${"A".repeat(43)}=`;
const otherTreeDigest = `sha256tree-${"B".repeat(42)}A=`;

const accepted = {
  "process a model manifest, step 15: the least that a manifest holds": affineManifest({
    license: undefined,
  }),
  "process an optional name, step 1: precision and group need not be there": withVariant({
    precision: undefined,
  }),
  "process a model manifest, step 15: members that are not known are passed over": {
    ...withVariant({ later: 1, parts: [part({ later: [], file: affineModelFile({ later: {} }) })] }),
    later: null,
  },
  "process a model manifest, step 10: 64 variants": affineManifest({
    variants: many(64).map((name) => affineVariant({ name })),
  }),
  "process a model manifest, step 13: assets": affineManifest({ assets: { words: bytesFile() } }),
  "process a name, step 2: 256 characters": affineManifest({ name: "😀".repeat(256) }),
  "process a list of names, step 1: 256 names": affineManifest({
    inputs: mapOf(["x", ...many(255)], tensor),
    variants: [affineVariant({ parts: [part({ inputs: ["x", ...many(255)] })] })],
  }),
  "process a tensor description, step 6: dimensions that are sizes or names": withInput({
    shape: ["batch", 0, 4294967295],
  }),
  "process a tensor description, steps 5 and 7: a scalar": withInput({ shape: [] }),
  "process a tensor description, step 5: 16 dimensions": withInput({ shape: Array(16).fill(1) }),
  "process a variant, step 8: precision and group": withVariant({ precision: "int8", group: "1" }),
  "process a variant, step 11: fidelity 0": withVariant({ fidelity: 0 }),
  "process costs, steps 2.2 and 5: costs of 0": withCosts({ operations: 0, bytes: 0, memory: 0 }),
  "process costs, step 3: features need not be there": withCosts({ features: undefined }),
  "process parts, steps 4.3, 4.5 and 6: a part takes outputs of any earlier part": withParts(
    part({ outputs: ["h"] }),
    part({ inputs: ["h"], outputs: ["i"] }),
    part({ inputs: ["x", "h", "i"] }),
  ),
  "process parts, step 1: 64 parts": withParts(...many(63).map((name) => part({ outputs: [name] })), part()),
  "process a file descriptor, step 5: an empty file": withFile({ size: 0 }),
  "process a file descriptor, step 10: a tebibyte": withFile({ size: 2 ** 40, chunks: { size: 2 ** 22 } }),
  "process a description of chunks, steps 9 and 10: chunks that have a digest": withFile({
    chunks: { digest: treeDigest, size: 65536, urls: ["table"] },
  }),
  "process a description of chunks, steps 2 and 7: chunks of the size that is usual, without a digest":
    withFile({ chunks: {} }),
  "process a list of URL strings, steps 1 and 3: 16 URLs": withFile({ urls: many(16) }),
  "parse a digest, step 7: a tree digest": withFile({ digest: treeDigest }),
  "parse a file URL, step 3: an absolute URL, and one that is relative": withFile({
    urls: ["https://example.com/", "a"],
  }),
  "create a file record, step 11: a file that is not cut into chunks": withFile({ chunks: undefined }),
  "create a file record, step 15: a file that is": withFile({ chunks: { size: 65536, urls: ["a", "b"] } }),
  "create a file record, step 10: as many chunks as there can be": withFile({
    size: 2 ** 34,
    chunks: { size: 65536 },
  }),
};

for (const [name, manifest] of Object.entries(accepted)) {
  promise_test(async (t) => {
    await virtualEnvironment(t, { deviceClass: "class-8" });
    const fit = await navigator.modelCapabilities.query({
      manifest: serveManifest(manifest, new Recorder()),
    });
    assert_true(fit.supported, JSON.stringify(fit));
  }, name);
}

const refused = {
  "process a model manifest, step 1: a list": [],
  "process a model manifest, step 1: null": "null",
  "process a model manifest, step 1: a string": '"manifest"',
  "process a model manifest, step 7: no name": affineManifest({ name: undefined }),
  "process a model manifest, step 7: a version that is a number": affineManifest({ version: 1 }),
  "process a model manifest, step 7: a license that is null": affineManifest({ license: null }),
  "process a model manifest, step 7: no inputs": affineManifest({ inputs: undefined }),
  "process a model manifest, step 7: no outputs": affineManifest({ outputs: undefined }),
  "process a model manifest, step 8: an output with the name of an input": affineManifest({
    outputs: { x: tensor, y: tensor },
  }),
  "process a model manifest, step 10: no variants": affineManifest({ variants: undefined }),
  "process a model manifest, step 10: an empty list of variants": affineManifest({ variants: [] }),
  "process a model manifest, step 10: 65 variants": affineManifest({
    variants: many(65).map((name) => affineVariant({ name, parts: [part()] })),
  }),
  "process a model manifest, step 10: 10,000 variants": affineManifest({ variants: Array(10000).fill(0) }),
  "process a model manifest, step 12.2: a wrong variant after a right one": affineManifest({
    variants: [affineVariant(), {}],
  }),
  "process a model manifest, step 12.4: two variants of one name": affineManifest({
    variants: [affineVariant(), affineVariant()],
  }),
  "process a model manifest, step 14: assets that are a list": affineManifest({ assets: [] }),

  "process a name, step 1: a number": withVariant({ name: 1 }),
  "process a name, step 2: an empty name": affineManifest({ name: "" }),
  "process a name, step 2: 257 characters": affineManifest({ name: "a".repeat(257) }),
  "process a name, step 3: a control": affineManifest({ name: "a\nb" }),
  "process a name, step 3: a surrogate": affineManifest({ name: "\ud800" }),
  "process an optional name, step 2: a precision that is a number": withVariant({ precision: 32 }),
  "process an optional name, step 2: a group that is a list": withVariant({ group: [] }),
  "process a list of names, step 1: a string": withVariant({ requires: "a" }),
  "process a list of names, step 1: 257 names": withCosts({ features: many(257) }),
  "process a list of names, step 2.1: a number": withCosts({ features: [1] }),
  "process a list of names, step 3: a name twice": withCosts({ features: ["int8", "int8"] }),

  "process tensor descriptions, step 1: a list": affineManifest({ inputs: [tensor] }),
  "process tensor descriptions, step 1: none": affineManifest({ outputs: {} }),
  "process tensor descriptions, step 1: 257": affineManifest({ inputs: mapOf(["x", ...many(256)], tensor) }),
  "process tensor descriptions, step 3.1: an empty name": affineManifest({
    inputs: { x: tensor, "": tensor },
  }),
  "process a tensor description, step 1: null": affineManifest({ inputs: { x: null } }),
  "process a tensor description, step 3: a type that is not known": withInput({ dataType: "float64" }),
  "process tensor descriptions, step 3.3: a tensor without a type": withInput({ dataType: undefined }),
  "process a tensor description, step 5: a shape that is a number": withInput({ shape: 3 }),
  "process a tensor description, step 5: 17 dimensions": withInput({ shape: Array(17).fill(1) }),
  "process a tensor description, step 6.1: -1": withInput({ shape: [-1] }),
  "process a tensor description, step 6.1: half": withInput({ shape: [0.5] }),
  "process a tensor description, step 6.1: 2³²": withInput({ shape: [4294967296] }),
  "process a tensor description, step 6.2: a dimension with an empty name": withInput({ shape: [""] }),

  "process a variant, step 1: null": affineManifest({ variants: [null] }),
  "process a variant, step 3: requires that is no list": withVariant({ requires: {} }),
  "process a variant, step 9: no name": withVariant({ name: undefined }),
  "process a variant, step 9: no format": withVariant({ format: undefined }),
  "process a variant, step 11: no fidelity": withVariant({ fidelity: undefined }),
  "process a variant, step 11: a negative fidelity": withVariant({ fidelity: -0.1 }),
  "process a variant, step 11: a fidelity above 1": withVariant({ fidelity: 1.1 }),
  "process a variant, step 11: a fidelity that is a string": withVariant({ fidelity: "1" }),
  "process a variant, step 14: no costs": withVariant({ costs: undefined }),
  "process a variant, step 14: no parts": withVariant({ parts: undefined }),

  "process costs, step 1: a number": withVariant({ costs: 1 }),
  "process costs, step 2.2: no operations": withCosts({ operations: undefined }),
  "process costs, step 2.2: negative bytes": withCosts({ bytes: -1 }),
  "process costs, step 2.2: memory that is a string": withCosts({ memory: "1" }),
  "process costs, step 2.2: 1e999 operations": JSON.stringify(withCosts({ operations: 77 })).replace(
    "77",
    "1e999",
  ),
  "process costs, step 4: features that are a string": withCosts({ features: "int8" }),

  "process parts, step 1: none": withParts(),
  "process parts, step 1: 65": withParts(...Array(65).fill(part())),
  "process a part, step 1: null": withParts(null),
  "process parts, step 4.2: a wrong part after a right one": withParts(part(), {}),
  "process parts, step 4.3: an input that nothing gives": withParts(part({ inputs: ["z"] })),
  "process parts, step 4.3: an input that only a later part gives": withParts(
    part({ inputs: ["h"] }),
    part({ outputs: ["h"] }),
  ),
  "process parts, step 4.4: an output twice": withParts(part(), part()),
  "process parts, step 4.4: an output that is an input of the model": withParts(
    part({ outputs: ["x", "y"] }),
  ),
  "process parts, step 5: an output of the model that no part gives": withParts(part({ outputs: ["h"] })),
  "process a part, step 5: no file": withParts(part({ file: undefined })),
  "process a part, step 5: no inputs": withParts(part({ inputs: undefined })),
  "process a part, step 6: an empty list of inputs": withParts(part({ inputs: [] })),
  "process a part, step 6: an empty list of outputs": withParts(part({ outputs: [] }), part()),

  "process assets, step 1: 257": affineManifest({
    assets: mapOf(many(257), { ...bytesFile(), urls: ["a"] }),
  }),
  "process assets, step 3.1: an empty name": affineManifest({ assets: { "": bytesFile() } }),
  "process assets, step 3.3: a wrong file": affineManifest({ assets: { words: {} } }),

  "process a file descriptor, step 1: a URL": withParts(part({ file: "affine.onnx" })),
  "process a description of chunks, step 1: a list": withFile({ chunks: [] }),
  "process a file descriptor, step 3: no digest": withFile({ digest: undefined }),
  "process a file descriptor, step 5: no size": withFile({ size: undefined }),
  "process a file descriptor, step 5: a negative size": withFile({ size: -1 }),
  "process a file descriptor, step 5: half a byte": withFile({ size: 0.5 }),
  "process a file descriptor, step 7: one URL that is no list": withFile({ urls: "affine.onnx" }),
  "process a file descriptor, step 9.2: chunks that are null": withFile({ chunks: null }),
  "process a description of chunks, step 3: a size that is a string": withFile({ chunks: { size: "65536" } }),
  "process a description of chunks, step 5: URLs that are no list": withFile({ chunks: { urls: "table" } }),
  "process a description of chunks, step 8: a digest that is null": withFile({ chunks: { digest: null } }),
  "process a list of URL strings, step 1: 17 URLs": withFile({ urls: many(17) }),
  "process a list of URL strings, step 2.1: null": withFile({ urls: [null] }),

  "parse a digest, step 3: another algorithm": withFile({ digest: `sha512-${"A".repeat(43)}=` }),
  "parse a digest, step 5: a hash that is too short": withFile({ digest: "sha256-AAAA" }),
  "create a file record, step 2: no digest at all": withFile({ digest: "" }),
  "parse a digest, step 6: no padding": withFile({ digest: `sha256-${"A".repeat(43)}` }),
  "create a file record, step 3: more than a tebibyte": withFile({ size: 2 ** 40 + 1 }),
  "create a file record, step 3: an absurd size": withFile({ size: 1e300 }),
  "create a file record, step 4: no URL": withFile({ urls: [] }),
  "create a file record, step 6.2: a wrong URL after a right one": withFile({ urls: ["a", "https://"] }),
  "process a file descriptor, step 9.3; create a file record, step 9: chunks of a wrong size": withFile({
    chunks: { size: 65537 },
  }),
  "create a file record, step 10: one chunk too many": withFile({
    size: 2 ** 34 + 1,
    chunks: { size: 65536 },
  }),
  "create a file record, step 13.2: chunks that are named by no tree digest": withFile({
    chunks: { digest: affineModelFile().digest },
  }),
  "create a file record, step 13.3: two tree digests": withFile({
    digest: treeDigest,
    chunks: { digest: otherTreeDigest },
  }),
  "create a file record, step 14.2: a chunk table of another scheme": withFile({
    chunks: { urls: ["data:,"] },
  }),
  "parse a file URL, step 2: another scheme": withFile({ urls: ["file:///affine.onnx"] }),
  "parse a file URL, step 2: a user name": withFile({ urls: ["https://user@example.com/affine.onnx"] }),
};

for (const [name, manifest] of Object.entries(refused)) {
  promise_test(async (t) => {
    await virtualEnvironment(t, { deviceClass: "class-8" });
    const recorder = new Recorder();
    const source = { manifest: serveManifest(manifest, recorder) };
    await promise_rejects_dom(t, "DataError", navigator.modelCapabilities.query(source));
    assert_equals((await recorder.requests()).length, 1, "requests");
    assert_array_equals(await navigator.modelCache.keys(), [], "what is stored");
  }, name);
}

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-8" });
  const variants = [{ requires: ["a token of the future"], name: 7 }, affineVariant({ name: "second" })];
  const manifest = serveManifest(affineManifest({ variants }), new Recorder());
  const fit = await navigator.modelCapabilities.query({ manifest });
  assert_equals(fit.variant, "second");
}, "process a variant, step 4: a token that is not understood skips that variant alone");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-8" });
  const manifest = serveManifest(withVariant({ requires: ["a token of the future"] }), new Recorder());
  const fit = await navigator.modelCapabilities.query({ manifest });
  assert_equals(fit.supported, false);
  assert_equals(fit.reason, "format");
}, "process a variant, step 4: where no variant is left, none is supported");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-8" });
  const json = JSON.stringify(affineManifest()).slice(0, -1);
  const manifest = `${json},"later":${"[".repeat(10000)}${"]".repeat(10000)}}`;
  const fit = await navigator.modelCapabilities.query({ manifest: serveManifest(manifest, new Recorder()) });
  assert_true(fit.supported);
}, "process a model manifest, step 15: a manifest that is deep in what is not known");

promise_test(async (t) => {
  await virtualEnvironment(t, { deviceClass: "class-8" });
  const json = JSON.stringify(affineManifest({ name: undefined })).slice(1);
  const manifest = `{"__proto__":{"name":"affine"},${json}`;
  const source = { manifest: serveManifest(manifest, new Recorder()) };
  await promise_rejects_dom(t, "DataError", navigator.modelCapabilities.query(source));
}, "process a model manifest, step 2: __proto__ is a member like any other");
