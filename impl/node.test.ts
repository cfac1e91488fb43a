import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { digestOf, fixtures } from "../tools/fixtures/fixtures.ts";
import { createHybridAI } from "./node.ts";

const model = fixtures["affine.onnx"]!;
const digest = digestOf(model);

const manifest = {
  name: "affine",
  version: "1.0.0",
  license: "CC0-1.0",
  inputs: { x: { dataType: "float32", shape: [3] } },
  outputs: { y: { dataType: "float32", shape: [3] } },
  variants: [
    {
      name: "exact",
      format: "onnx",
      precision: "float32",
      fidelity: 1,
      costs: { operations: 6, bytes: 200, memory: 400, features: [] },
      parts: [
        { file: { digest, size: model.byteLength, urls: ["affine.onnx"] }, inputs: ["x"], outputs: ["y"] },
      ],
    },
  ],
};

describe("the objects for programs", () => {
  let folder = "";
  let server: Server;
  let url = "";
  const requests: string[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "hybrid-ai-node-"));
    server = createServer((request, response) => {
      requests.push(request.url!);
      const isManifest = request.url === "/manifest.json";
      response.setHeader("Content-Type", isManifest ? "application/json" : "application/octet-stream");
      response.end(isManifest ? JSON.stringify(manifest) : model);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`;
  });

  after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  async function runOnce(): Promise<{ y: number[]; placement: string; loaded: number[] }> {
    const { HybridModel } = createHybridAI({ folder });
    const loaded: number[] = [];
    const whole = Promise.withResolvers<undefined>();
    const hybridModel = await HybridModel.create({
      manifest: url,
      monitor: (monitor) => {
        monitor.addEventListener("downloadprogress", (event) => {
          loaded.push(event.loaded);
          if (event.loaded === event.total) whole.resolve(undefined);
        });
      },
    });
    await hybridModel.clientReady;
    await whole.promise;
    const data = Float32Array.of(1, 2, 3);
    const { outputs, receipt } = await hybridModel.run({ x: { dataType: "float32", shape: [3], data } });
    hybridModel.destroy();
    return { y: [...(outputs["y"]!.data as Float32Array)], placement: receipt.placement, loaded };
  }

  it("run a model that they download, natively, and tell the progress", async () => {
    const { y, placement, loaded } = await runOnce();
    assert.deepEqual(y, [3, 5, 7]);
    assert.equal(placement, "client");
    assert.deepEqual([loaded.at(0), loaded.at(-1)], [0, 1]);
    assert.deepEqual(requests.sort(), ["/affine.onnx", "/manifest.json"]);
  });

  it("find in their folder what other objects have stored", async () => {
    requests.length = 0;
    const { y } = await runOnce();
    assert.deepEqual(y, [3, 5, 7]);
    assert.deepEqual(requests, ["/manifest.json"]);

    const { modelCache } = createHybridAI({ folder });
    assert.deepEqual(await modelCache.keys(), [digest]);
    const file = await modelCache.match(digest);
    assert.deepEqual(new Uint8Array(await file!.arrayBuffer()), Uint8Array.from(model));
  });

  it("load the client, steps 4.2.2 and 4.2.3: fetch again what went bad in their folder", async () => {
    let spoilt = 0;
    for (const name of await readdir(folder, { recursive: true })) {
      const file = path.join(folder, name);
      if (!(await stat(file)).isFile()) continue;
      const bytes = await readFile(file);
      const at = bytes.indexOf(model);
      if (at === -1) continue;
      bytes[at + 20]! ^= 1;
      await writeFile(file, bytes);
      spoilt += 1;
    }
    assert.equal(spoilt, 1);
    requests.length = 0;
    const { y } = await runOnce();
    assert.deepEqual(y, [3, 5, 7]);
    assert.deepEqual(requests.sort(), ["/affine.onnx", "/manifest.json"]);
  });

  it("share nothing without a folder", async () => {
    const { modelCache } = createHybridAI();
    await modelCache.fetch({ digest, size: model.byteLength, urls: [new URL("affine.onnx", url).href] });
    assert.deepEqual(await modelCache.keys(), [digest]);
    assert.deepEqual(await createHybridAI().modelCache.keys(), []);
  });

  it("tell a verdict from the manifest alone", async () => {
    requests.length = 0;
    const { modelCapabilities } = createHybridAI();
    const fit = await modelCapabilities.query({ manifest: url });
    assert.equal(fit.supported, true);
    assert.deepEqual(requests, ["/manifest.json"]);
  });
});
