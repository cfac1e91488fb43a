import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BackendError } from "../backend/backend.ts";
import type { Backend } from "../backend/backend.ts";
import type { VerifiedFile } from "../model-cache/verified-file.ts";
import { giveUpTheClient, loadAPart, loseTheClient } from "./client.ts";
import { aLoadedPart, aModel, anEmptyFile, part } from "./scripted-model.test.ts";

const stalls = () => new Promise<never>(() => undefined);

describe("load a part", () => {
  const aBackend = (name: string, load: Backend["load"]): Backend => ({ name, formats: ["onnx"], load });

  it("step 2.3: bytes that nobody wants any more are not loaded", async () => {
    let loads = 0;
    const backend = aBackend("idle", async () => {
      loads += 1;
      throw new BackendError("no");
    });
    const { host, client } = aModel({ backends: [backend] });
    const reason = new Error("destroyed");
    const readBytes = async () => {
      client.controller.abort(reason);
      return new Uint8Array();
    };
    client.files.set(part, { size: 0, readBytes } as unknown as VerifiedFile);
    await assert.rejects(loadAPart(host, part, client), reason);
    assert.equal(loads, 0);
  });

  it("step 2.5: the first backend that can load them is the one", async () => {
    const loaded = aLoadedPart();
    const asked: string[] = [];
    const backends = [
      aBackend("fails", async () => {
        asked.push("fails");
        throw new BackendError("no");
      }),
      aBackend("loads", async () => {
        asked.push("loads");
        return loaded;
      }),
      aBackend("loads too", async () => {
        asked.push("loads too");
        return aLoadedPart();
      }),
    ];
    const { host, client } = aModel({ backends });
    client.files.set(part, anEmptyFile);
    assert.equal(await loadAPart(host, part, client), loaded);
    assert.deepEqual(asked, ["fails", "loads"]);
  });
});

describe("lose the client", () => {
  it("step 2: a client that is not ready, or whose model has ended, is not lost", async () => {
    for (const { state, ended } of [
      { state: "preparing", ended: false },
      { state: "gone", ended: false },
      { state: "ready", ended: true },
    ] as const) {
      const model = aModel({ consultAnExecutor: stalls });
      const loaded = aLoadedPart();
      model.client.loadedParts.set(part, loaded);
      model.client.state = state;
      model.ended = ended;
      await loseTheClient(model);
      assert.deepEqual([model.client.state, loaded.released, model.client.proven], [state, 0, true]);
    }
  });

  it("step 3: a run waits while it is loaded again", async () => {
    const model = aModel({ consultAnExecutor: stalls });
    model.client.loadedParts.set(part, aLoadedPart());
    model.client.state = "ready";
    void loseTheClient(model);
    void model.run({}, {});
    await new Promise(setImmediate);
    const [run] = model.runs;
    assert.deepEqual(
      run!.attempts.map(({ state }) => state),
      ["untried"],
    );
  });

  it("step 4: its parts are freed before they are loaded again", () => {
    const model = aModel({ consultAnExecutor: stalls });
    const loaded = aLoadedPart();
    model.client.loadedParts.set(part, loaded);
    model.client.state = "ready";
    void loseTheClient(model);
    assert.deepEqual([loaded.released, model.client.loadedParts.size], [1, 0]);
  });
});

describe("give up the client", () => {
  it("step 2: it is gone, whatever it was", () => {
    const model = aModel();
    model.client.state = "ready";
    giveUpTheClient(model, new Error("no"));
    assert.equal(model.client.state, "gone");
  });

  it("step 3: its parts are freed", () => {
    const model = aModel();
    const loaded = aLoadedPart();
    model.client.loadedParts.set(part, loaded);
    giveUpTheClient(model, new Error("no"));
    assert.deepEqual([loaded.released, model.client.loadedParts.size], [1, 0]);
  });
});
