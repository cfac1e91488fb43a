import { describe, it } from "mocha";
import assert from "node:assert/strict";
import type { Exchange } from "../server/exchange.ts";
import { isForARun, isOfAModel, Line } from "./line.ts";

function exchange(path: string, bodySent = 0): Exchange {
  return { method: "GET", path, range: undefined, status: 200, bodySent };
}

describe("the line of the demo's play", () => {
  it("tells what is of a model: all but its manifest", () => {
    const paths = [
      "/models/a/float32.onnx",
      "/models/a/chunks/0f",
      "/models/a/manifest.json",
      "/demo/",
      "/v2/models/a",
    ];
    assert.deepEqual(
      paths.filter((path) => isOfAModel(exchange(path))),
      ["/models/a/float32.onnx", "/models/a/chunks/0f"],
    );
    assert.deepEqual(
      paths.filter((path) => isForARun(exchange(path))),
      ["/v2/models/a"],
    );
  });

  it("takes no longer than it has to", async () => {
    const line = new Line(262_144_000);
    const start = performance.now();
    for (let piece = 0; piece < 50; piece += 1) await line.pace(exchange("/models/a/float32.onnx"));
    assert.ok(performance.now() - start >= 49);
  });

  it("holds back what follows the first half megabyte of a model, and nothing else", async () => {
    const line = new Line(Infinity);
    const release = line.hold();
    await line.pace(exchange("/models/a/float32.onnx"));
    await line.pace(exchange("/demo/main.js", 600_000));
    let isThrough = false;
    const held = line.pace(exchange("/models/a/float32.onnx", 600_000)).then(() => (isThrough = true));
    await line.pace(exchange("/models/a/float32.onnx", 400_000));
    assert.equal(isThrough, false);
    release();
    await held;
  });

  it("holds back the answers to runs", async () => {
    const line = new Line(Infinity);
    const release = line.holdRuns();
    let isThrough = false;
    const held = line.pace(exchange("/v2/models/a")).then(() => (isThrough = true));
    await line.pace(exchange("/demo/main.js"));
    assert.equal(isThrough, false);
    release();
    await held;
  });
});
