import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { Browser, Page } from "puppeteer-core";
import { digestOf } from "../tools/fixtures/fixtures.ts";
import { browsers, engines, launchBrowser, serve, stop } from "./adapters/browsers.test.ts";
import type { Site } from "./adapters/browsers.test.ts";

/** Three pieces of what a hash is computed over at a time, the last of them short. */
const bytes = Uint8Array.from({ length: 2 ** 23 + 12345 }, (_, at) => (at * 31) ^ (at >> 8));
const digest = digestOf(bytes);
const description = { digest, size: bytes.length, urls: ["/file.bin"] };

const serviceWorker = `
  import { answerFromTheModelCache } from "/dist/service-worker.js";
  const files = { "/file.bin": { digest: "${digest}", size: ${bytes.length}, type: "text/x-weights" } };
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("fetch", answerFromTheModelCache(files));
`;

const register = `
  await navigator.serviceWorker.register("/sw.js", { type: "module" });
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => { navigator.serviceWorker.oncontrollerchange = resolve; });
  }
`;

/** A cross-origin storage as its draft describes it, with one file in it or none. */
const fakeStorage = `
  const stored = new Map();
  const calls = [];
  const getFileHandle = async (hash, options = {}) => {
    calls.push([hash.algorithm, options.create ?? false, options.origins ?? null]);
    if (!options.create && !stored.has(hash.value)) throw new DOMException("", "NotFoundError");
    return {
      getFile: async () => stored.get(hash.value),
      async createWritable() {
        const pieces = [];
        return new WritableStream({
          write: (piece) => { pieces.push(piece.slice()); },
          close: () => { stored.set(hash.value, new Blob(pieces)); },
        });
      },
    };
  };
`;

for (const name of engines) {
  describe(`the cache under what a page has already, in ${name}`, function () {
    let site: Site;
    let browser: Browser;
    let page: Page;

    before(async function () {
      if (browsers[name].executablePath === null) return this.skip();
      site = await serve({ "/dist/": "dist" }, { "/file.bin": bytes, "/sw.js": serviceWorker });
      browser = await launchBrowser(name);
    });
    after(async () => {
      if (site !== undefined) stop(site);
      await browser?.close();
    });
    beforeEach(async () => {
      page = await browser.newPage();
      await page.goto(`${site.origin}/`);
      await page.evaluate(`import("/dist/cache.js").then(async ({ modelCache }) => {
        for (const digest of await modelCache.keys()) await modelCache.delete(digest);
      })`);
      site.requests.length = 0;
    });

    // A service worker that was unregistered is gone when its last page is.
    afterEach(async () => {
      await page?.close();
    });

    const evaluate = (script: string) => page.evaluate(`(async () => { ${script} })()`);
    const downloads = () => site.requests.filter((url) => url === "/file.bin").length;

    it("importModelFile: brings a response, a blob and a stream in under the digest that they have", async () => {
      const digests = await evaluate(`
        const { importModelFile } = await import("/dist/import.js");
        const { modelCache } = await import("/dist/cache.js");
        const response = await fetch("/file.bin");
        const blob = await response.clone().blob();
        const files = [];
        for (const source of [response, blob, blob.stream(), new Blob([])]) files.push(await importModelFile(source));
        const { size } = await (await modelCache.match("${digest}")).blob();
        return [...files.map(({ digest }) => digest), size];
      `);
      assert.deepEqual(digests, [digest, digest, digest, digestOf(new Uint8Array()), bytes.length]);
      assert.equal(downloads(), 1);
    });

    it("importCacheStorage: takes over what an older cache has; a page that asks for it downloads nothing", async () => {
      const [urls, left, size] = (await evaluate(`
        const { importCacheStorage } = await import("/dist/import.js");
        const { modelCache } = await import("/dist/cache.js");
        const older = await caches.open("older");
        await older.add("/file.bin");
        await older.put("/missing", new Response("no", { status: 404 }));
        const options = { move: true, filter: (url) => !url.endsWith("/other") };
        await older.put("/other", new Response("left"));
        const files = await importCacheStorage("older", options);
        const left = (await older.keys()).map(({ url }) => new URL(url).pathname);
        const file = await modelCache.fetch(${JSON.stringify(description)});
        return [[...files.keys()], left, file.size];
      `)) as [string[], string[], number];
      assert.deepEqual(urls, [`${site.origin}/file.bin`]);
      assert.deepEqual(left, ["/missing", "/other"]);
      assert.equal(size, bytes.length);
      assert.equal(downloads(), 1);
    });

    it("answerFromTheModelCache: a service worker answers whole and in parts, after one download", async () => {
      const answers = await evaluate(`
        ${register}
        const answers = [];
        for (const range of [null, "bytes=5-8388610", "bytes=-2", "bytes=99999999-", "bytes=0-0,2-2"]) {
          const response = await fetch("/file.bin", { headers: range === null ? {} : { Range: range } });
          const { status, headers } = response;
          const data = new Uint8Array(await response.arrayBuffer());
          answers.push([status, data.length, data[0] ?? null, headers.get("Content-Range"), headers.get("Content-Type")]);
        }
        return answers;
      `);
      const { length } = bytes;
      const type = "text/x-weights";
      assert.deepEqual(answers, [
        [200, length, bytes[0], null, type],
        [206, 2 ** 23 - 2, bytes[5], `bytes 5-8388610/${length}`, type],
        [206, 2, bytes[length - 2], `bytes ${length - 2}-${length - 1}/${length}`, type],
        [416, 0, null, `bytes */${length}`, null],
        [200, length, bytes[0], null, type],
      ]);
      assert.equal(downloads(), 1);

      // The page has the same store; its own downloads pass the service worker by.
      const here = await evaluate(`
        const { modelCache } = await import("/dist/cache.js");
        const there = (await modelCache.match("${digest}")) !== null;
        await modelCache.delete("${digest}");
        await modelCache.fetch(${JSON.stringify(description)});
        await (await navigator.serviceWorker.ready).unregister();
        return there;
      `);
      assert.equal(here, true);
      assert.equal(downloads(), 2);
    });

    // Only Chromium can be told to.
    if (name === "Chromium") {
      it("answerFromTheModelCache: an answer that its service worker does not live to end fails, and the next has the file", async () => {
        await evaluate(`
          ${register}
          const reader = (await fetch("/file.bin")).body.getReader();
          await reader.read();
          globalThis.readOn = async () => {
            for (;;) if ((await reader.read()).done) return "whole";
          };
        `);
        const session = await page.createCDPSession();
        await session.send("ServiceWorker.enable");
        await session.send("ServiceWorker.stopAllWorkers");
        assert.equal(await evaluate("return readOn().catch((error) => error.name)"), "TypeError");
        const answer = await evaluate(`
          const response = await fetch("/file.bin");
          const hash = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
          await (await navigator.serviceWorker.ready).unregister();
          return [response.headers.get("Content-Type"), "sha256-" + btoa(String.fromCharCode(...new Uint8Array(hash)))];
        `);
        assert.deepEqual(answer, ["text/x-weights", digest]);
        assert.equal(downloads(), 1);
      });
    }

    for (const getter of ["getFileHandle", "requestFileHandle"]) {
      it(`withCrossOriginStorage: takes from it and gives to it (${getter})`, async () => {
        const [calls, one, other] = (await evaluate(`
          ${fakeStorage}
          Object.defineProperty(navigator, "crossOriginStorage", { value: { ${getter}: getFileHandle } });
          const { withCrossOriginStorage } = await import("/dist/cross-origin-storage.js");
          const modelCache = withCrossOriginStorage({ origins: "*" });
          const one = await modelCache.fetch(${JSON.stringify(description)});
          while (stored.size === 0) await new Promise((resolve) => { setTimeout(resolve); });
          await modelCache.delete("${digest}");
          const other = await modelCache.fetch(${JSON.stringify(description)});
          await modelCache.fetch(${JSON.stringify(description)});
          return [calls, one.size, other.size];
        `)) as [unknown[], number, number];
        assert.deepEqual(calls, [
          ["SHA-256", false, null],
          ["SHA-256", true, "*"],
          ["SHA-256", false, null],
        ]);
        assert.deepEqual([one, other], [bytes.length, bytes.length]);
        assert.equal(downloads(), 1);
      });
    }

    it("withCrossOriginStorage: trusts nothing that comes out of it, and gives nothing unasked", async () => {
      const [size, calls] = (await evaluate(`
        ${fakeStorage}
        Object.defineProperty(navigator, "crossOriginStorage", { value: { getFileHandle } });
        const hexadecimal = Array.from(atob("${digest.slice(7)}"), (c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
        stored.set(hexadecimal, new Blob([new Uint8Array(${bytes.length})]));
        const { withCrossOriginStorage } = await import("/dist/cross-origin-storage.js");
        const modelCache = withCrossOriginStorage();
        const file = await modelCache.fetch(${JSON.stringify(description)});
        const data = new Uint8Array(await file.arrayBuffer());
        return [data[1] === ${bytes[1]} && file.size, calls];
      `)) as [number, unknown[]];
      assert.equal(size, bytes.length);
      assert.deepEqual(calls, [["SHA-256", false, null]]);
      assert.equal(downloads(), 1);
    });

    it("withCrossOriginStorage: is the cache itself where the browser has no such storage", async () => {
      const same = await evaluate(`
        const { withCrossOriginStorage } = await import("/dist/cross-origin-storage.js");
        const { modelCache } = await import("/dist/cache.js");
        return withCrossOriginStorage() === modelCache;
      `);
      assert.equal(same, true);
    });
  });
}
