import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { HybridModelCreateOptions } from "../../idl/contracts.ts";
import { BackendError } from "../backend/backend.ts";
import type { Host } from "../host/host.ts";
import { loadAPart } from "./client.ts";
import { HybridModelImplementation } from "./HybridModel-impl.ts";
import { aGlobalObject, aModel, anEmptyFile, part } from "./scripted-model.test.ts";

const options = { manifest: "m.json", remotes: [], exposure: "any" } as unknown as HybridModelCreateOptions;

/** The members of a host that may do all, without a network. */
function aHost(members: Partial<Host>): { globalObject: ReturnType<typeof aGlobalObject>; urls: string[] } {
  const urls: string[] = [];
  const globalObject = aGlobalObject({
    baseURL: () => "https://a.example",
    origin: "https://a.example",
    isAllowedToUse: () => true,
    fetch: ({ url }) => {
      urls.push(url);
      return Promise.reject(new DOMException("no network", "NetworkError"));
    },
    ...members,
  });
  return { globalObject, urls };
}

for (const [member, policy] of [
  ["availability", 7],
  ["create", 9],
] as const) {
  const call = async (globalObject: ReturnType<typeof aGlobalObject>) =>
    await HybridModelImplementation[member](globalObject, options);

  describe(`HybridModel.${member}()`, () => {
    it("step 2: a document that is not fully active is an InvalidStateError, and nothing is fetched", async () => {
      const { globalObject, urls } = aHost({ isFullyActive: () => false });
      await assert.rejects(call(globalObject), { name: "InvalidStateError" });
      assert.deepEqual(urls, []);
    });

    it(`step ${policy}: a permissions policy that does not allow it is a NotAllowedError, and nothing is fetched`, async () => {
      const { globalObject, urls } = aHost({ isAllowedToUse: (feature) => feature !== "hybrid-model" });
      await assert.rejects(call(globalObject), { name: "NotAllowedError" });
      assert.deepEqual(urls, []);
    });

    it("whoever may do so fetches the manifest", async () => {
      const { globalObject, urls } = aHost({});
      await assert.rejects(call(globalObject), { name: "NetworkError" });
      assert.deepEqual(urls, ["https://a.example/m.json"]);
    });
  });
}

describe("HybridModel.create()", () => {
  it("step 8: with a signal that is aborted before, the page's monitor is not called", async () => {
    const { globalObject, urls } = aHost({});
    const reason = new Error("enough");
    const monitor = () => assert.fail("it was called");
    const signal = AbortSignal.abort(reason);
    const create = async () =>
      await HybridModelImplementation.create(globalObject, { ...options, monitor, signal });
    await assert.rejects(create, reason);
    assert.deepEqual(urls, []);
  });
});

describe("load a part", () => {
  it("step 3: the error tells what the backend says, and nothing else that went wrong", async () => {
    const failing = async (error: Error) => {
      const backend = { name: "fails", formats: ["onnx"], load: () => Promise.reject(error) };
      const { host, client } = aModel({ backends: [backend] });
      client.files.set(part, anEmptyFile);
      return await loadAPart(host, part, client).then(
        () => assert.fail("it was loaded"),
        (error: unknown) => [(error as Error).name, (error as Error).message],
      );
    };
    const why = "Nothing on this client could load the model";
    assert.deepEqual(await failing(new BackendError("it is no ONNX")), [
      "OperationError",
      `${why}: it is no ONNX`,
    ]);
    assert.deepEqual(await failing(new TypeError("secret")), ["OperationError", `${why}.`]);
  });
});
