import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ModelExposure } from "../../idl/contracts.ts";
import { bytesAreLost } from "../host/lost-bytes.ts";
import { obtainAModelFile } from "../model-cache/obtain-a-model-file.ts";
import { Network, agent, bytesOfLength, recordOf, treeDigest } from "../model-cache/scripted-host.test.ts";
import { createARemote } from "../remote-execution/remote.ts";
import type { Remote } from "../remote-execution/remote.ts";
import { prepareTheClient } from "./client.ts";
import { aModel, onTheClient, part, variant } from "./scripted-model.test.ts";
import { workOutTheAvailability } from "./work-out-the-availability.ts";

const url = "https://a.example/file";

/** A host that has stored a file, and whose store's worker then has ended; and a variant of that file. */
async function aStoreThatHasEnded() {
  const network = new Network();
  const bytes = bytesOfLength(10);
  network.serve(url, bytes);
  const file = recordOf(bytes, [url], { digest: treeDigest(bytes) });
  const host = agent(network);
  await obtainAModelFile(host, file);
  host.sha256 = () => Promise.reject(bytesAreLost());
  return { network, host, variant: { ...variant, parts: [{ ...part, file }] } };
}

describe("work out the availability", () => {
  it("step 2: what a store that has ended had is missing", async () => {
    const store = await aStoreThatHasEnded();
    assert.equal(
      await workOutTheAvailability(store.variant, [onTheClient], "any", store.host),
      "downloadable",
    );
  });
});

describe("prepare the client", () => {
  it("steps 3 and 7.2: what a store that has ended had is missing, and nobody waits for it for ever", async () => {
    const store = await aStoreThatHasEnded();
    let limit: ModelExposure = "any";
    let decide = () => assert.fail("nothing waits");
    const waiting = Promise.withResolvers<undefined>();
    const remote = createARemote({ url: "https://b.example/m" }, new URL(url)) as Remote;
    const model = aModel(
      {
        ...store.host,
        savesData: () => true,
        exposureLimit: () => limit,
        whenTheUserDecides(steps) {
          decide = steps as () => never;
          waiting.resolve(undefined);
          return () => undefined;
        },
      },
      [onTheClient, { variant, stages: [{ remote, parts: [part] }] }],
    );
    Object.assign(model.client, { variant: store.variant });

    const preparing = prepareTheClient(model, null);
    await Promise.race([waiting.promise, preparing]);
    assert.equal(model.client.state, "preparing");
    limit = "device";
    decide();
    await preparing;
    await assert.rejects(model.clientReadyPromise.promise, { name: "OperationError" });
    assert.equal(store.network.requests.length, 1);
  });
});
