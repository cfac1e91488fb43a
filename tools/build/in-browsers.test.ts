import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import puppeteer from "puppeteer-core";
import type { Browser, Page } from "puppeteer-core";
import { digestOf, fixtures } from "../fixtures/fixtures.ts";
import {
  browserLimits,
  chromiumArguments,
  chromiumExecutable,
  firefoxExecutable,
  root,
} from "../setup/where.mjs";

const model = fixtures["affine.onnx"]!;
const file = { digest: digestOf(model), size: model.byteLength, urls: ["affine.onnx"] };
const tensor = { dataType: "float32", shape: [3] };
const manifest = {
  name: "affine",
  version: "1.0.0",
  license: "CC0-1.0",
  inputs: { x: tensor },
  outputs: { y: tensor },
  variants: [
    {
      name: "exact",
      format: "onnx",
      precision: "float32",
      fidelity: 1,
      costs: { operations: 6, bytes: 200, memory: 400, features: [] },
      parts: [{ file, inputs: ["x"], outputs: ["y"] }],
    },
  ],
};

/** A function of a page's or a worker's: one run on the client, as text. */
const runOnce = `async (HybridModel) => {
  const model = await HybridModel.create({ manifest: "/manifest.json" });
  await model.clientReady;
  const data = Float32Array.of(1, 2, 3);
  const { outputs, receipt } = await model.run({ x: { dataType: "float32", shape: [3], data } });
  model.destroy();
  return [...outputs.y.data, receipt.placement].join(" ");
}`;

const worker = `importScripts("/dist/polyfill.js"); (${runOnce})(HybridModel).then(postMessage, (e) => postMessage(e.message));`;

const pages: Readonly<Record<string, [type: string, body: string | Uint8Array]>> = {
  "/polyfilled": ["text/html", '<!doctype html><script src="/dist/polyfill.js"></script>'],
  "/plain": ["text/html", "<!doctype html>"],
  "/manifest.json": ["application/json", JSON.stringify(manifest)],
  "/affine.onnx": ["application/octet-stream", model],
  "/worker.js": ["text/javascript", worker],
};

const typesOfBundles: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

const browsers = {
  chrome: { executablePath: chromiumExecutable(), args: chromiumArguments() },
  firefox: { executablePath: firefoxExecutable(), args: [] },
} as const;

for (const name of ["chrome", "firefox"] as const) {
  describe(`the bundles in ${name}, with onnxruntime-web`, function () {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      const url = request.url!;
      requests.push(url);
      void answer(url).then(
        ([type, body]) => {
          if (request.headers.host!.startsWith("isolated.")) {
            response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
            response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
          }
          response.writeHead(200, { "Content-Type": type }).end(body);
        },
        () => response.writeHead(404).end(),
      );
    });
    let browser: Browser;
    let page: Page;

    before(async function () {
      const { executablePath, args } = browsers[name];
      if (executablePath === null) {
        this.skip();
        return;
      }
      await new Promise<void>((resolve) => server.listen(0, resolve));
      browser = await puppeteer.launch({ ...browserLimits, browser: name, executablePath, args: [...args] });
      page = await browser.newPage();
    });

    after(async () => {
      await browser?.close();
      server.close();
    });

    async function open(host: string, url: string): Promise<void> {
      await page.goto(`http://${host}:${(server.address() as AddressInfo).port}${url}`);
      requests.length = 0;
    }

    for (const host of ["localhost", "isolated.localhost"]) {
      it(`polyfill: a window runs a model (${host})`, async () => {
        await open(host, "/polyfilled");
        assert.equal(await page.evaluate("crossOriginIsolated"), host !== "localhost");
        assert.equal(await page.evaluate(`(${runOnce})(HybridModel)`), "3 5 7 client");
        assert.ok(requests.includes("/affine.onnx"));
      });

      it(`polyfill: a worker runs it from the window's store (${host})`, async () => {
        await open(host, "/plain");
        const answer = await page.evaluate(`new Promise((resolve) => {
          const worker = new Worker("/worker.js");
          worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
          worker.onerror = ({ message }) => resolve(message);
        })`);
        assert.equal(answer, "3 5 7 client");
        assert.ok(!requests.includes("/affine.onnx"));
      });

      it(`polyfill: a module may import it, and it finds the runtime (${host})`, async () => {
        await open(host, "/plain");
        const answer = await page.evaluate(
          `import("/dist/polyfill.js").then(() => (${runOnce})(HybridModel))`,
        );
        assert.equal(answer, "3 5 7 client");
        assert.ok(requests.includes("/dist/onnxruntime/ort.wasm.min.mjs"));
      });

      it(`ponyfill: a window runs it with nothing on its global (${host})`, async () => {
        await open(host, "/plain");
        const answer = await page.evaluate(
          `import("/dist/ponyfill.js").then(({ HybridModel }) => (${runOnce})(HybridModel))`,
        );
        assert.equal(answer, "3 5 7 client");
        assert.equal(await page.evaluate('"HybridModel" in globalThis || "modelCache" in navigator'), false);
      });
    }
  });
}

async function answer(url: string): Promise<readonly [type: string, body: string | Uint8Array]> {
  const known = pages[url];
  if (known !== undefined) return known;
  if (!/^\/dist\/[\w./-]+$/.test(url)) throw new Error("There is no such page.");
  return [typesOfBundles[path.extname(url)] ?? "text/plain", await readFile(path.join(root, url))];
}
