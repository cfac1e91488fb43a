import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import { after, before, describe, it } from "mocha";
import { StringStringEntryProtoSchema, TensorProto_DataLocation } from "onnx-buf";
import type { Browser } from "puppeteer-core";
import { writeOnnxModel } from "../apps/cli/onnx/model-file.ts";
import {
  constantTensor,
  DataType,
  onnxModel,
  operator,
  tensorDeclaration,
} from "../apps/cli/onnx/onnx-parts.ts";
import { digestOf } from "../tools/fixtures/fixtures.ts";
import { browsers, engines, launchBrowser, serve, stop } from "./adapters/browsers.test.ts";
import type { Site } from "./adapters/browsers.test.ts";

/** y = x + w, with w in a file of its own. */
const weights = new Uint8Array(Float32Array.of(0.5, 1.5, 2.5).buffer);

function modelWithExternalData(): Uint8Array {
  const w = constantTensor("w", DataType.FLOAT, [3], weights);
  w.rawData = new Uint8Array(0);
  w.dataLocation = TensorProto_DataLocation.EXTERNAL;
  const entries = { location: "weights.bin", offset: "0", length: `${weights.length}` };
  w.externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
  return writeOnnxModel(
    onnxModel({
      name: "with-external-data",
      operatorSet: 17,
      operators: [operator("Add", ["x", "w"], ["y"])],
      constants: [w],
      inputs: [tensorDeclaration("x", DataType.FLOAT, [3])],
      outputs: [tensorDeclaration("y", DataType.FLOAT, [3])],
    }),
  );
}

const model = modelWithExternalData();
const describeFile = (bytes: Uint8Array, url: string) => ({
  digest: digestOf(bytes),
  size: bytes.length,
  urls: [url],
});
const files = {
  model: describeFile(model, "/model.onnx"),
  externalData: { "weights.bin": describeFile(weights, "/weights.bin") },
};

const page = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import * as ort from "/runtime/ort.wasm.min.mjs";
  import { sessionArguments } from "/dist/onnxruntime-web.js";

  ort.env.wasm.wasmPaths = "/runtime/";
  ort.env.wasm.numThreads = 1;
  globalThis.run = async (files, options) => {
    const session = await ort.InferenceSession.create(...(await sessionArguments(files, options)));
    const { y } = await session.run({ x: new ort.Tensor("float32", [1, 2, 3], [3]) });
    return [...y.data];
  };
  globalThis.isReady = true;
</script>`;

for (const name of engines) {
  describe(`onnxruntime-web with files of the model cache, in ${name}`, function () {
    let site: Site;
    let browser: Browser;

    before(async function () {
      if (browsers[name].executablePath === null) return this.skip();
      const folders = { "/dist/": "dist", "/runtime/": "node_modules/onnxruntime-web/dist" };
      site = await serve(folders, { "/page": page, "/model.onnx": model, "/weights.bin": weights });
      browser = await launchBrowser(name);
    });
    after(async () => {
      if (site !== undefined) stop(site);
      await browser?.close();
    });

    it("runs a model whose weights are in a file of their own; from then on without a download", async () => {
      const opened = await browser.newPage();
      for (const expected of [["/model.onnx", "/weights.bin"], []]) {
        await opened.goto(`${site.origin}/page`);
        await opened.waitForFunction("globalThis.isReady");
        site.requests.length = 0;
        const run = `run(${JSON.stringify(files)}, { session: { logSeverityLevel: 3 } })`;
        assert.deepEqual(await opened.evaluate(run), [1.5, 3.5, 5.5]);
        assert.deepEqual(site.requests.filter((url) => !url.startsWith("/runtime/")).sort(), expected);
      }
    });

    it("rejects for a file that is not the one that was named", async () => {
      const opened = await browser.newPage();
      await opened.goto(`${site.origin}/page`);
      await opened.waitForFunction("globalThis.isReady");
      const wrong = describeFile(Uint8Array.of(1), "/weights.bin");
      const others = { ...files, externalData: { "weights.bin": wrong } };
      const run = `run(${JSON.stringify(others)}).then(() => "an answer", (error) => error.name)`;
      assert.equal(await opened.evaluate(run), "DataError");
    });
  });
}
