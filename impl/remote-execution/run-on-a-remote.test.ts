import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { RemoteFailure } from "./remote-job.ts";
import { runOnARemote } from "./run-on-a-remote.ts";
import { aHost, aJob, aRemote, float32, never } from "./scripted-remote.test.ts";

describe("run on a remote", () => {
  it("step 2: a remote that a virtual model environment lets fail is a network failure, and not spoken to", async () => {
    for (const outcome of ["fail", "lose"] as const) {
      const consulted: string[] = [];
      const consultAnExecutor = async (executor: string) => {
        consulted.push(executor);
        return outcome;
      };
      const { host, requests } = aHost(undefined, { consultAnExecutor });
      assert.deepEqual(await runOnARemote(host, aRemote(), aJob(), never), new RemoteFailure("network"));
      assert.deepEqual([consulted, requests], [["remote"], []]);
    }
  });

  it("step 3: a remote without a URL is run through its function", async () => {
    const { host, requests } = aHost();
    const data = Float32Array.of(5);
    const remote = aRemote({ run: async () => ({ y: { dataType: "float32", shape: [1], data } }) });
    assert.deepEqual(await runOnARemote(host, remote, aJob(), never), new Map([["y", float32(5)]]));
    assert.deepEqual(requests, []);
  });

  it("step 4: a remote with a URL is run over HTTP", async () => {
    const { host, requests } = aHost();
    assert.deepEqual(await runOnARemote(host, aRemote(), aJob(), never), new Map([["y", float32(7)]]));
    assert.equal(requests.length, 1);
  });
});
