import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import type { Browser } from "puppeteer-core";
import { digestOf, fixtures } from "../tools/fixtures/fixtures.ts";
import { root } from "../tools/setup/where.mjs";
import { browsers, launchBrowser, serve, stop } from "./adapters/browsers.test.ts";
import type { Site } from "./adapters/browsers.test.ts";
import { LookAlikeHub } from "./adapters/look-alike-hub.test.ts";
import { filesOfTinyBert } from "./adapters/tiny-bert.test.ts";

/** The examples of the page for adopters, by the name after their language. */
const examples = new Map(
  [...readFileSync(path.join(root, "docs/adopt.md"), "utf8").matchAll(/^```js (\S+)\n([\s\S]*?)^```$/gm)].map(
    (match) => [match[1]!, match[2]!],
  ),
);

const model = fixtures["affine.onnx"]!;

/** What a bundler would make of the packages' names. */
const served: Readonly<Record<string, string>> = {
  "onnxruntime-web": "/runtime/ort.wasm.min.mjs",
  "@huggingface/transformers": "/transformers/transformers.min.js",
};

/** An example as a module: with what it takes for granted before it, and what is to be seen of it after. */
function moduleOf(name: string, given: string, seen: string): string {
  const lines = examples.get(name)!.split("\n");
  const resolved = (line: string) =>
    line.replace(/from "(.+)"/, (_match, from: string) => {
      return `from "${served[from] ?? from.replace("hybrid-ai/", "/dist/").concat(".js")}"`;
    });
  const imports = lines.filter((line) => line.startsWith("import ")).map(resolved);
  const others = lines.filter((line) => !line.startsWith("import "));
  const descriptor = `const digest = "${digestOf(model)}", size = ${model.length};`;
  return [...imports, descriptor, given, ...others, seen].join("\n");
}

const session = `const { Tensor } = await import("/runtime/ort.wasm.min.mjs");
  const { y } = await session.run({ x: new Tensor("float32", [1, 2, 3], [3]) });
  export const seen = [...y.data];`;

describe("the examples for adopters", function () {
  let site: Site;
  let hub: LookAlikeHub;
  let browser: Browser;

  before(async function () {
    if (browsers.Chromium.executablePath === null) return this.skip();
    hub = new LookAlikeHub({ files: filesOfTinyBert(), repository: "tests/tiny-bert", hasTrees: true });
    await hub.start();
    const wasm = `env.wasm.wasmPaths = "/runtime/"; env.wasm.numThreads = 1;`;
    const modules = {
      cache: moduleOf("cache", "", "export const seen = bytes.byteLength;"),
      "onnxruntime-web": `import { env } from "/runtime/ort.wasm.min.mjs";\n${moduleOf("onnxruntime-web", wasm, session)}`,
      transformers: moduleOf(
        "transformers",
        `env.remoteHost = "${hub.origin}"; env.backends.onnx.wasm.wasmPaths = {
          mjs: "/transformers-runtime/ort-wasm-simd-threaded.mjs",
          wasm: "/transformers-runtime/ort-wasm-simd-threaded.wasm" };`,
        'export const seen = (await extract("Hello world", { pooling: "mean" })).dims;',
      ),
      import: moduleOf(
        "import",
        'await (await caches.open("transformers-cache")).put("/older", new Response("older"));',
        "export const seen = [...files.keys(), file.size];",
      ),
      "cross-origin-storage": moduleOf("cross-origin-storage", "", "export const seen = file.size;"),
    };
    const worker = moduleOf(
      "service-worker",
      'addEventListener("activate", (event) => event.waitUntil(clients.claim()));',
      "",
    );
    site = await serve(
      {
        "/dist/": "dist",
        "/runtime/": "node_modules/onnxruntime-web/dist",
        "/transformers/": "node_modules/@huggingface/transformers/dist",
        "/transformers-runtime/": "node_modules/@huggingface/transformers/node_modules/onnxruntime-web/dist",
      },
      {
        "/models/text.onnx": model,
        "/service-worker.js": worker,
        ...Object.fromEntries(Object.entries(modules).map(([name, text]) => [`/examples/${name}.js`, text])),
      },
    );
    browser = await launchBrowser("Chromium");
  });
  after(async () => {
    await browser?.close();
    if (site !== undefined) stop(site);
    hub?.stop();
  });

  const expected: Readonly<Record<string, (origin: string) => unknown>> = {
    cache: () => model.length,
    "onnxruntime-web": () => [3, 5, 7],
    transformers: () => [1, 256],
    import: (origin) => [`${origin}/older`, 26],
    "cross-origin-storage": () => model.length,
  };
  for (const [name, seen] of Object.entries(expected)) {
    it(`${name}: does what it says`, async () => {
      const page = await browser.newPage();
      await page.goto(`${site.origin}/`);
      const answer = await page.evaluate(`import("/examples/${name}.js").then(({ seen }) => seen)`);
      assert.deepEqual(answer, seen(site.origin));
    });
  }

  it("service-worker: answers a page's fetch", async () => {
    const page = await browser.newPage();
    await page.goto(`${site.origin}/`);
    const size = await page.evaluate(`(async () => {
      const controlled = new Promise((resolve) => { navigator.serviceWorker.oncontrollerchange = resolve; });
      await navigator.serviceWorker.register("/service-worker.js", { type: "module" });
      await controlled;
      const { modelCache } = await import("/dist/cache.js");
      const response = await fetch("/models/text.onnx");
      await response.arrayBuffer();
      const [digest] = await modelCache.keys();
      return [response.headers.get("Content-Type"), digest !== undefined];
    })()`);
    assert.deepEqual(size, ["application/octet-stream", true]);
  });

  it("are all tried", () => {
    assert.deepEqual([...examples.keys()].sort(), [...Object.keys(expected), "service-worker"].sort());
  });
});
