import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Backend } from "../backend/backend.ts";
import type { Host } from "../host/host.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import type { VerifiedFile } from "../model-cache/verified-file.ts";
import { createARemote } from "../remote-execution/remote.ts";
import type { Remote } from "../remote-execution/remote.ts";
import { loadAPart, loadTheClient } from "./client.ts";
import { endAModel } from "./end-a-model.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import { aLoadedPart, aModel, anEmptyFile, onTheClient, part, variant } from "./scripted-model.test.ts";

const rotten = {
  size: 0,
  readBytes: async () => new Failure("its bytes went bad"),
} as unknown as VerifiedFile;

/** A model whose one part loads as `loaded`, after `loading`. */
function aModelThatLoads(
  loaded = aLoadedPart(),
  loading: (model: HybridModelImplementation) => void = () => undefined,
  members: Partial<Host> = {},
) {
  const load: Backend["load"] = async () => {
    loading(model);
    return loaded;
  };
  const model = aModel({ backends: [{ name: "it", formats: ["onnx"], load }], ...members });
  model.client.files.set(part, anEmptyFile);
  return { model, loaded };
}

const destroyed = new Error("destroyed");

describe("load the client", () => {
  it("steps 4.5 and 5: what was loaded is there", async () => {
    const { model, loaded } = aModelThatLoads();
    await loadTheClient(model, false);
    assert.deepEqual([...model.client.loadedParts], [[part, loaded]]);
    assert.equal(model.client.state, "ready");
  });

  it("step 4.4: what was loaded for a model that has ended meanwhile is freed", async () => {
    const { model, loaded } = aModelThatLoads(aLoadedPart(), (model) => endAModel(model, destroyed));
    await loadTheClient(model, false);
    assert.deepEqual([loaded.released, model.client.loadedParts.size], [1, 0]);
    assert.notEqual(model.client.state, "ready");
    await assert.rejects(model.clientReadyPromise.promise, destroyed);
  });

  it("step 4.4: so is what has to wait until its file may be used, and the use ends", async () => {
    const asked = Promise.withResolvers<undefined>();
    const free = Promise.withResolvers<undefined>();
    let uses = 0;
    const lock: Host["lock"] = async (_storageKey, _name, steps) => {
      asked.resolve(undefined);
      await free.promise;
      uses += 1;
      const result = await steps();
      uses -= 1;
      return result;
    };
    const { model, loaded } = aModelThatLoads(aLoadedPart(), undefined, { lock });
    const loading = loadTheClient(model, false);
    await asked.promise;
    endAModel(model, destroyed);
    free.resolve(undefined);
    await loading;
    assert.deepEqual([loaded.released, model.client.loadedParts.size, uses], [1, 0, 0]);
    assert.notEqual(model.client.state, "ready");
  });

  it("what was loaded is freed where the lock of its use is refused", async () => {
    const refused = new Error("no locks here");
    const { model, loaded } = aModelThatLoads(aLoadedPart(), undefined, {
      lock: () => Promise.reject(refused),
    });
    await loadTheClient(model, false);
    assert.deepEqual([loaded.released, model.client.state], [1, "gone"]);
    await assert.rejects(model.clientReadyPromise.promise, refused);
  });

  it("a part that was lost before the client is ready is lost then, and comes back", async () => {
    const parts = [aLoadedPart({ lost: Promise.resolve("reset") }), aLoadedPart()];
    const [lost, other] = parts;
    const load = async () => parts.shift()!;
    const model = aModel({ backends: [{ name: "it", formats: ["onnx"], load }] });
    model.client.files.set(part, anEmptyFile);
    await loadTheClient(model, false);
    await new Promise(setImmediate);
    assert.deepEqual([...model.client.loadedParts.values()], [other]);
    assert.deepEqual([lost!.released, model.client.state, model.client.proven], [1, "ready", false]);
  });

  it("step 4.3: without the network, a file whose bytes went bad is the client's end", async () => {
    const { model } = aModelThatLoads();
    model.client.files.set(part, rotten);
    await loadTheClient(model, false);
    assert.equal(model.client.state, "gone");
    await assert.rejects(model.clientReadyPromise.promise, { name: "NotFoundError" });
  });
});

describe("load the client of a user who saves data", () => {
  /** A model with a remote, whose file's bytes went bad. */
  function aModelToObtain() {
    const seen = { savesData: true, decide: () => assert.fail("nothing waits"), lookUps: 0 };
    const waiting = Promise.withResolvers<undefined>();
    const remote = createARemote({ url: "https://b.example/m" }, new URL("https://a.example/")) as Remote;
    const members: Partial<Host> = {
      backends: [{ name: "it", formats: ["onnx"], load: async () => aLoadedPart() }],
      savesData: () => seen.savesData,
      whenTheUserDecides(steps) {
        seen.decide = steps as () => never;
        waiting.resolve(undefined);
        return () => undefined;
      },
      async folder() {
        seen.lookUps += 1;
        return null;
      },
    };
    const model = aModel(members, [onTheClient, { variant, stages: [{ remote, parts: [part] }] }]);
    model.client.files.set(part, rotten);
    const loading = loadTheClient(model, true);
    return { model, seen, loading, waiting: Promise.race([waiting.promise, loading]) };
  }

  it("load the client, step 4.2.1: while a remote can serve, a file whose bytes went bad is not obtained again", async () => {
    const { model, seen, loading, waiting } = aModelToObtain();
    await waiting;
    assert.deepEqual([model.client.state, seen.lookUps], ["preparing", 0]);
    seen.savesData = false;
    seen.decide();
    await loading;
    assert.equal(seen.lookUps, 1);
  });

  it("load the client, step 4.2.1: destroying the model ends the waiting", async () => {
    const { model, loading, waiting } = aModelToObtain();
    await waiting;
    endAModel(model, destroyed);
    await loading;
    assert.equal(model.client.state, "gone");
    await assert.rejects(model.clientReadyPromise.promise, destroyed);
  });
});

describe("load a part", () => {
  it("step 2.2: a file whose bytes went bad is failure", async () => {
    const { model } = aModelThatLoads();
    model.client.files.set(part, rotten);
    assert.ok(isFailure(await loadAPart(model.host, part, model.client)));
  });
});
