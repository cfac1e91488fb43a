/**
 * Files whose digests are known, manifests of them, and tensors for them. tools/fixtures makes the files.
 * Each function returns a fresh object, which a test may change; its argument overrides members.
 */

const resourcesFolder = new URL("/hybrid-ai/resources/", location.href);

const knownFiles = {
  "affine.onnx": { size: 135, digest: "sha256-Qg6sjAYn4lwk5lupA1KNuE3yFm49yaEefwsexW9hNaA=" },
  "affine-double.onnx": { size: 106, digest: "sha256-RTxD5hYyIyHXs64uKidpybtxKnxVU3uzCEU8J4JoscQ=" },
  "affine-increment.onnx": { size: 109, digest: "sha256-Rh/fqKuugGFjMAHf3c5vqyroyNp+puCRaM5bUf7JIIY=" },
  "affine-rough.onnx": { size: 105, digest: "sha256-EmfWyCJAyKpgCsCuBPxZK+yR80RHdqQFein8aPmcEQg=" },
  "bytes.txt": { size: 11, digest: "sha256-9xbHRUkLYtntKTr9ZE9n0nOmAleeKwYQOs9o8VJFX10=" },
};

function knownFile(name, overrides) {
  return { ...knownFiles[name], urls: [new URL(name, resourcesFolder).href], ...overrides };
}

/** An ONNX model, y = 2x + 1; x and y are float32 of shape [3]. */
function affineModelFile(overrides) {
  return knownFile("affine.onnx", overrides);
}

/** The same model in two parts, cut at h = 2x. */
function affinePartFiles([first, second] = []) {
  return [knownFile("affine-double.onnx", first), knownFile("affine-increment.onnx", second)];
}

/** A rough version of the same model, y = 2x: its answers tell that it was the one that ran. */
function roughModelFile(overrides) {
  return knownFile("affine-rough.onnx", overrides);
}

/** Eleven bytes of text. */
function bytesFile(overrides) {
  return knownFile("bytes.txt", overrides);
}

/** A file of three chunks of 64 KiB, the last of them short: patternBytes(131172). Needs recorder.js for its URL. */
function chunkedFile(recorder, overrides) {
  return {
    size: 131172,
    digest: "sha256-F2U31St6mgwbSRGcQMEZrsZEr1bynV9gfzJH05ZyoA8=",
    urls: [recorder.url({ pattern: 131172 })],
    chunks: {
      digest: "sha256tree-fnQaRY/r30oF4XVpC1rWCnggnl0Po9SNfDdzTJ0OKE8=",
      size: 65536,
      urls: [recorder.url("chunked.table")],
    },
    ...overrides,
  };
}

/** The bytes that recorder.url({ pattern: size }) serves. */
function patternBytes(size) {
  return Uint8Array.from({ length: size }, (_, index) => index * 7 + (index >> 8) * 13 + (index >> 16));
}

/** A file that no test has ever stored, served by the recorder with these options. Gives its bytes too. */
async function freshFile(recorder, options) {
  const bytes = new TextEncoder().encode(`fresh ${crypto.randomUUID()}`);
  const file = {
    digest: await digestOf(bytes),
    size: bytes.byteLength,
    urls: [recorder.url(bytes, options)],
  };
  return { file, bytes };
}

/** The whole-file digest of bytes. */
async function digestOf(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha256-${btoa(Array.from(hash, (byte) => String.fromCharCode(byte)).join(""))}`;
}

/** A manifest with one variant in one part. */
function affineManifest(overrides) {
  return {
    name: "affine",
    version: "1.0.0",
    license: "CC0-1.0",
    inputs: { x: { dataType: "float32", shape: [3] } },
    outputs: { y: { dataType: "float32", shape: [3] } },
    variants: [affineVariant()],
    ...overrides,
  };
}

/** The same in two parts. */
function affinePartsManifest(overrides) {
  return affineManifest({ variants: [affinePartsVariant()], ...overrides });
}

/** A manifest whose second variant is rough, small and comparable with the first. */
function affineLadderManifest(overrides) {
  return affineManifest({
    variants: [affineVariant({ group: "affine" }), roughVariant({ group: "affine" })],
    ...overrides,
  });
}

function affineVariant(overrides) {
  return {
    name: "exact",
    format: "onnx",
    precision: "float32",
    fidelity: 1,
    costs: affineCosts(),
    parts: [{ file: affineModelFile(), inputs: ["x"], outputs: ["y"] }],
    ...overrides,
  };
}

function affinePartsVariant(overrides) {
  const [double, increment] = affinePartFiles();
  return affineVariant({
    name: "parts",
    parts: [
      { file: double, inputs: ["x"], outputs: ["h"] },
      { file: increment, inputs: ["h"], outputs: ["y"] },
    ],
    ...overrides,
  });
}

function roughVariant(overrides) {
  const parts = [{ file: roughModelFile(), inputs: ["x"], outputs: ["y"] }];
  return affineVariant({ name: "rough", fidelity: 0.5, parts, ...overrides });
}

/** The true costs, which every device can bear. */
function affineCosts(overrides) {
  return { operations: 6, bytes: 200, memory: 400, features: [], ...overrides };
}

/**
 * @param {object | string | Uint8Array} manifest - as an object or as the very bytes
 * @param {Recorder} recorder
 * @param {object} [options] - of recorder.url(); the type is that of manifests unless they say otherwise
 * @returns {string} a URL that answers with the manifest
 */
function serveManifest(manifest, recorder, options) {
  const json =
    typeof manifest === "object" && !ArrayBuffer.isView(manifest) ? JSON.stringify(manifest) : manifest;
  const bytes = typeof json === "string" ? new TextEncoder().encode(json) : json;
  return recorder.url(bytes, { type: "application/model-manifest+json", ...options });
}

/** The inputs of a run with these three elements. */
function affineInputs(...elements) {
  return { x: { dataType: "float32", shape: [3], data: new Float32Array(elements) } };
}

/** The elements that the model answers these with. */
function affineAnswer(...elements) {
  return elements.map((x) => 2 * x + 1);
}

/** Checks that a result of a run is the exact answer to these elements. */
function assertAffineResult(result, ...elements) {
  assert_array_equals(Object.keys(result.outputs), ["y"], "names of outputs");
  const { dataType, shape, data } = result.outputs.y;
  assert_equals(dataType, "float32", "data type of y");
  assert_array_equals(shape, [3], "shape of y");
  assert_array_equals([...data], affineAnswer(...elements), "data of y");
}
