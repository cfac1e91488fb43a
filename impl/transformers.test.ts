import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Browser, Page } from "puppeteer-core";
import { browsers, engines, launchBrowser, serve, stop } from "./adapters/browsers.test.ts";
import type { Site } from "./adapters/browsers.test.ts";
import { LookAlikeHub } from "./adapters/look-alike-hub.test.ts";
import { digestOf } from "../tools/fixtures/fixtures.ts";
import { filesOfTinyBert, idsOfHelloWorld } from "./adapters/tiny-bert.test.ts";

const runtime = "node_modules/@huggingface/transformers/node_modules/onnxruntime-web/dist";
/** Of a file that nobody has cut into others. */
const chunkSize = 2 ** 19;

const folders = {
  "/dist/": "dist",
  "/transformers/": "node_modules/@huggingface/transformers/dist",
  "/runtime/": runtime,
};

/** What a page of ours would do, in its three lines; and what makes it testable. */
const page = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { env, pipeline } from "/transformers/transformers.min.js";
  import { useModelCache } from "/dist/transformers.js";

  const { hub, runtime, adapted, lock } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  env.remoteHost = hub;
  env.backends.onnx.wasm.wasmPaths = {
    mjs: runtime + "ort-wasm-simd-threaded.mjs",
    wasm: runtime + "ort-wasm-simd-threaded.wasm",
  };
  env.backends.onnx.wasm.numThreads = 1;
  globalThis.loaded = 0;
  const progress = (url, loaded) => { if (url.endsWith(".onnx")) globalThis.loaded = loaded; };
  if (adapted) useModelCache(env, { lock, progress });
  globalThis.embed = async () => {
    const extract = await pipeline("feature-extraction", "tests/tiny-bert", { dtype: "fp32", device: "wasm" });
    return Array.from((await extract("Hello world", { pooling: "mean" })).data);
  };
  globalThis.isReady = true;
</script>`;

/** The mean of the model's answers, by another runtime. */
async function expected(model: Uint8Array): Promise<number[]> {
  const session = await InferenceSession.create(model);
  const { length } = idsOfHelloWorld;
  const tensor = (ids: readonly number[]) =>
    new Tensor("int64", BigInt64Array.from(ids, BigInt), [1, length]);
  const outputs = await session.run({
    input_ids: tensor(idsOfHelloWorld),
    attention_mask: tensor(idsOfHelloWorld.map(() => 1)),
    token_type_ids: tensor(idsOfHelloWorld.map(() => 0)),
  });
  const { data, dims } = outputs["last_hidden_state"]!;
  const width = dims[2]!;
  return Array.from({ length: width }, (_, at) => {
    const column = Array.from({ length }, (_each, row) => (data as Float32Array)[row * width + at]!);
    return column.reduce((sum, value) => sum + value, 0) / length;
  });
}

for (const name of engines) {
  describe(`transformers.js under the model cache, in ${name}`, function () {
    // On a machine that does much else at the same time.

    const files = filesOfTinyBert();
    const model = files["onnx/model.onnx"]!;
    let site: Site;
    let answer: number[];
    let profile: string;
    let browser: Browser;
    let hub: LookAlikeHub;

    before(async function () {
      if (browsers[name].executablePath === null) return this.skip();
      answer = await expected(model);
      profile = await mkdtemp(path.join(tmpdir(), "hybrid-ai-transformers-"));
      browser = await launchBrowser(name, profile);
    });
    after(async () => {
      await browser?.close();
      if (profile !== undefined) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    // Each test has an origin of its own, and so a store.
    beforeEach(async () => {
      site = await serve(folders, { "/page": page });
    });
    afterEach(async () => {
      for (const opened of await browser.pages()) if (opened.url() !== "about:blank") await opened.close();
      hub.stop();
      stop(site);
    });

    async function startAHub(hasTrees: boolean): Promise<void> {
      hub = new LookAlikeHub({ files, repository: "tests/tiny-bert", hasTrees });
      await hub.start();
    }

    async function open(settings: object = { adapted: true }): Promise<Page> {
      const opened = await browser.newPage();
      const all = { hub: hub.origin, runtime: `${site.origin}/runtime/`, ...settings };
      await opened.goto(`${site.origin}/page#${encodeURIComponent(JSON.stringify(all))}`);
      await opened.waitForFunction("globalThis.isReady");
      return opened;
    }

    const embed = (opened: Page) => opened.evaluate("embed()") as Promise<number[]>;

    function assertRight(numbers: readonly number[]): void {
      assert.equal(numbers.length, answer.length);
      numbers.forEach((value, at) => assert.ok(Math.abs(value - answer[at]!) < 1e-4, `at ${at}`));
    }

    it("takes a download up where it was cut, and needs no network after a restart of the browser", async () => {
      await startAHub(true);
      hub.stopsAfter = Math.floor(0.8 * model.length);
      const first = await open();
      await first.evaluate("void embed().catch(() => undefined)");
      await hub.stopped.promise;
      const loaded = async () => ((await first.evaluate("loaded")) as number) * model.length;
      const slack = 65536;
      while ((await loaded()) < hub.bytesSent - slack) hub.trickle(1024);
      const ranges = hub.requests.filter((line) => line.includes("/signed")).length;

      await first.reload();
      hub.stopsAfter = Infinity;
      await first.waitForFunction("globalThis.isReady");
      assertRight(await embed(first));
      // Of each range one chunk was coming, and another was being stored.
      const bound = model.length + 2 * ranges * chunkSize + slack;
      assert.ok(hub.bytesSent <= bound, `${hub.bytesSent} bytes are more than ${bound}`);
      assert.ok(!hub.requests.some((line) => line.startsWith("OPTIONS")));

      await browser.close();
      hub.stop();
      hub.requests.length = 0;
      site.requests.length = 0;
      browser = await launchBrowser(name, profile);
      assertRight(await embed(await open()));
      assert.deepEqual(hub.requests, []);
      assert.ok(!site.requests.some((url) => url.startsWith("/runtime/")), "the runtime is kept, too");
    });

    it("downloads once for two tabs", async () => {
      await startAHub(true);
      const [one, other] = [await open(), await open()];
      for (const numbers of await Promise.all([embed(one), embed(other)])) assertRight(numbers);
      assert.equal(hub.bytesSent, model.length);
    });

    // What follows does not depend on the engine.
    if (name !== "Chromium") return;

    it("keeps what came first where nobody lists the files: one download for two tabs, and then none", async () => {
      await startAHub(false);
      const [one, other] = [await open(), await open()];
      const answers = await Promise.all([embed(one), embed(other)]);
      for (const numbers of answers) assertRight(numbers);
      assert.equal(hub.bytesSent, model.length);
      hub.stop();
      hub.requests.length = 0;
      await one.reload();
      await one.waitForFunction("globalThis.isReady");
      assertRight(await embed(one));
    });

    it("moves over what the library has kept itself, and downloads nothing again", async () => {
      await startAHub(true);
      const before = await open({ adapted: false });
      assertRight(await embed(before));
      assert.equal(hub.bytesSent, model.length);
      await before.close();
      const afterwards = await open();
      assertRight(await embed(afterwards));
      assert.equal(hub.bytesSent, model.length);
      assert.deepEqual(
        await afterwards.evaluate(
          "caches.open('transformers-cache').then((c) => c.keys()).then((k) => k.length)",
        ),
        0,
      );
    });

    it("gives nothing for a URL whose bytes are not those that were locked", async () => {
      await startAHub(true);
      const url = `${hub.origin}tests/tiny-bert/resolve/main/onnx/model.onnx`;
      const digest = digestOf(Uint8Array.of(1));
      const opened = await open({ adapted: true, lock: { [url]: { digest, size: model.length } } });
      const failure = await opened.evaluate("embed().then(() => 'an answer', (error) => error.name)");
      assert.equal(failure, "DataError");
    });
  });
}
