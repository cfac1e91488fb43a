import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { HostRequest } from "../host/host.ts";
import { authorize } from "./authorize.ts";
import { encodeAnInferenceRequest } from "./inference-request.ts";
import { postAnInferenceRequest, sendAnInferenceRequest } from "./post-an-inference-request.ts";
import { RemoteFailure } from "./remote-job.ts";
import type { RemoteJob } from "./remote-job.ts";
import type { TensorEncoding } from "./remote.ts";
import { aHost, aJob, aRemote, aResponse, networkError, never } from "./scripted-remote.test.ts";

const url = "/v2/models/m";
const request = (encoding: TensorEncoding = "binary") => encodeAnInferenceRequest(aJob(), encoding);

/** A page that gives these tokens one after another; null is a rejection. */
function aPage(...tokens: (string | null)[]) {
  const refreshes: boolean[] = [];
  const authorize = async ({ refresh }: { refresh: boolean }) => {
    refreshes.push(refresh);
    const token = tokens[refreshes.length - 1];
    if (typeof token !== "string") throw new Error("no token");
    return { Authorization: token };
  };
  return { authorize, refreshes };
}

const authorizationOf = ({ headers }: HostRequest) => headers?.Authorization;

describe("post an inference request", () => {
  it("step 2: without an authorization nothing is sent", async () => {
    const { host, requests } = aHost();
    const remote = aRemote({ url, authorize: aPage(null).authorize });
    const result = await postAnInferenceRequest(host, request(), remote, aJob(), never);
    assert.deepEqual(result, new RemoteFailure("authorization"));
    assert.deepEqual(requests, []);
  });

  it("steps 4.1, 4.3 and 8: after a 401 it is sent with a fresh authorization", async () => {
    const answer = aResponse();
    const { host, requests } = aHost([() => aResponse({ status: 401 }), () => answer]);
    const { authorize, refreshes } = aPage("1", "2");
    const remote = aRemote({ url, authorize });
    assert.equal(await postAnInferenceRequest(host, request(), remote, aJob(), never), answer);
    assert.deepEqual(requests.map(authorizationOf), ["1", "2"]);
    assert.deepEqual(refreshes, [false, true]);
  });

  it("step 4.2: without a fresh authorization nothing more is sent", async () => {
    const { host, requests } = aHost([() => aResponse({ status: 401 }), () => aResponse()]);
    const remote = aRemote({ url, authorize: aPage("1", null).authorize });
    const result = await postAnInferenceRequest(host, request(), remote, aJob(), never);
    assert.deepEqual(result, new RemoteFailure("authorization"));
    assert.equal(requests.length, 1);
  });

  it("step 4: nothing but a 401 asks for a fresh authorization, and nobody but the page is asked", async () => {
    for (const status of [200, 403, 500]) {
      const { host, requests } = aHost([() => aResponse({ status })]);
      const { authorize, refreshes } = aPage("1", "2");
      await postAnInferenceRequest(host, request(), aRemote({ url, authorize }), aJob(), never);
      assert.deepEqual([requests.length, refreshes], [1, [false]]);
    }
    const { host, requests } = aHost([() => aResponse({ status: 401 })]);
    await postAnInferenceRequest(host, request(), aRemote(), aJob(), never);
    assert.equal(requests.length, 1);
  });

  it("step 5: a network error may be the fault of the binary encoding's header", async () => {
    for (const encoding of ["binary", "json"] as const) {
      const { host } = aHost([networkError]);
      const result = await postAnInferenceRequest(host, request(encoding), aRemote(), aJob(), never);
      assert.deepEqual(result, new RemoteFailure("network", encoding === "binary"));
    }
  });

  it("step 6: 401 and 403 are want of authorization", async () => {
    for (const status of [401, 403]) {
      const { host } = aHost([() => aResponse({ status })]);
      const result = await postAnInferenceRequest(host, request(), aRemote(), aJob(), never);
      assert.deepEqual(result, new RemoteFailure("authorization"));
    }
  });

  it("steps 7.1 and 7.2: 402, 429 and 503 close the remote as long as they say", async () => {
    for (const status of [402, 429, 503]) {
      const { host } = aHost([() => aResponse({ status, headers: { "Retry-After": "2" } })]);
      const remote = aRemote();
      const result = await postAnInferenceRequest(host, request(), remote, aJob(), never);
      assert.deepEqual(result, new RemoteFailure("busy"));
      assert.equal(remote.closedUntil, 3000);
    }
  });

  it("step 8: any other response is returned, and closes nothing", async () => {
    for (const status of [200, 204, 400, 404, 500]) {
      const answer = aResponse({ status, headers: { "Retry-After": "2" } });
      const { host } = aHost([() => answer]);
      const remote = aRemote();
      assert.equal(await postAnInferenceRequest(host, request(), remote, aJob(), never), answer);
      assert.equal(remote.closedUntil, null);
    }
  });
});

describe("send an inference request", () => {
  const send = (encoding: TensorEncoding, job: RemoteJob, host = aHost().host, signal = never) =>
    sendAnInferenceRequest(host, request(encoding), aRemote(), [["X-Key", "k"]], job, signal);

  it("step 1: what is permitted no more is a network error, and is neither sent nor counted", async () => {
    const { host, requests } = aHost();
    const job = aJob({ permission: () => false });
    assert.equal(await send("binary", job, host), null);
    assert.deepEqual([requests, job.exchange.bytesSent], [[], 0]);
  });

  it("step 2: the model's address and one segment more, with its query and without its fragment", async () => {
    for (const [url, inferenceURL] of [
      ["https://a.example/v2/models/m", "https://a.example/v2/models/m/infer"],
      ["https://a.example/v2/models/m/", "https://a.example/v2/models/m/infer"],
      ["https://a.example/v2/models/m/versions/3", "https://a.example/v2/models/m/versions/3/infer"],
      ["https://a.example/v2/models/m?key=1#part", "https://a.example/v2/models/m/infer?key=1"],
      ["https://a.example", "https://a.example/infer"],
      ["http://[::1]:8000/m", "http://[::1]:8000/m/infer"],
    ] as const) {
      const { host, requests } = aHost();
      await sendAnInferenceRequest(host, request(), aRemote({ url }), [], aJob(), never);
      assert.deepEqual(
        requests.map(({ url }) => url),
        [inferenceURL],
      );
    }
  });

  it("steps 4 and 7: a binary request tells where its tensors begin, and all of it is counted", async () => {
    const { host, requests } = aHost();
    const job = aJob();
    await send("binary", job, host);
    const { header, tensors } = request("binary");
    assert.deepEqual(requests, [
      {
        url: "https://a.example/v2/models/m/infer",
        method: "POST",
        headers: {
          "X-Key": "k",
          "Content-Type": "application/octet-stream",
          "Inference-Header-Content-Length": String(header.length),
        },
        body: [header, ...tensors],
        signal: never,
        redirect: "error",
        cache: "no-store",
      },
    ]);
    assert.equal(job.exchange.bytesSent, header.length + 4);
    await send("binary", job, host);
    assert.equal(job.exchange.bytesSent, 2 * (header.length + 4));
  });

  it("step 5: a request in JSON has nothing else in it", async () => {
    const { host, requests } = aHost();
    await send("json", aJob(), host);
    assert.deepEqual(requests[0]!.headers, { "X-Key": "k", "Content-Type": "application/json" });
    assert.deepEqual(requests[0]!.body, [request("json").header]);
  });

  it("step 9: an error of the network is one, unless the signal was aborted", async () => {
    const { host } = aHost([networkError]);
    assert.equal(await send("binary", aJob(), host), null);
    const reason = new Error("enough");
    await assert.rejects(send("binary", aJob(), host, AbortSignal.abort(reason)), reason);
  });

  it("step 10: the fetch of a response that nobody reads is ended", async () => {
    for (const [status, ends] of [
      [200, 0],
      [204, 1],
      [401, 1],
      [500, 1],
    ] as const) {
      let ended = 0;
      const body = {
        [Symbol.asyncIterator]: () => body,
        next: async () => ({ done: false as const, value: new Uint8Array(1) }),
        return: async () => {
          ended += 1;
          return { done: true as const, value: undefined };
        },
      };
      await send("binary", aJob(), aHost([() => aResponse({ status, body })]).host);
      assert.equal(ended, ends, String(status));
    }
  });

  it("step 11: the response is returned", async () => {
    const answer = aResponse();
    assert.equal(await send("binary", aJob(), aHost([() => answer]).host), answer);
  });
});

describe("authorize", () => {
  it("step 1: a remote without authorize() needs no headers", async () => {
    const { headers } = await authorize(aHost().host, aRemote(), null, never);
    assert.deepEqual(await headers, []);
  });

  it("steps 2.1 and 7: the page is asked once, and its answer is kept", async () => {
    const { host } = aHost();
    const { authorize: callback, refreshes } = aPage("1", "2");
    const remote = aRemote({ url, authorize: callback });
    const both = await Promise.all([
      authorize(host, remote, null, never),
      authorize(host, remote, null, never),
    ]);
    for (const authorization of [...both, await authorize(host, remote, null, never)]) {
      assert.equal(authorization, remote.authorization);
      assert.deepEqual(await authorization.headers, [["Authorization", "1"]]);
    }
    assert.deepEqual(refreshes, [false]);
  });

  it("step 2: the page is asked again for what was refused, once for all to whom it was", async () => {
    const { host } = aHost();
    const { authorize: callback, refreshes } = aPage("1", "2", "3");
    const remote = aRemote({ url, authorize: callback });
    const refused = await authorize(host, remote, null, never);
    const fresh = await authorize(host, remote, refused, never);
    assert.deepEqual(await fresh.headers, [["Authorization", "2"]]);
    assert.equal(await authorize(host, remote, refused, never), fresh);
    assert.deepEqual(refreshes, [false, true]);
  });

  it("step 5: the page is waited for, but not longer than the signal says", async () => {
    const remote = aRemote({ url, authorize: () => new Promise(() => {}) });
    const controller = new AbortController();
    const waiting = authorize(aHost().host, remote, null, controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  });

  it("step 6: a failure is not kept", async () => {
    const { host } = aHost();
    const remote = aRemote({ url, authorize: aPage(null, "2").authorize });
    await authorize(host, remote, null, never);
    assert.equal(remote.authorization, null);
    const { headers } = await authorize(host, remote, null, never);
    assert.deepEqual(await headers, [["Authorization", "2"]]);
  });

  it("step 6: a failure takes nothing away from those who asked after it", async () => {
    const { host } = aHost();
    const answers = [
      Promise.withResolvers<Record<string, string>>(),
      Promise.withResolvers<Record<string, string>>(),
    ];
    let asked = 0;
    const remote = aRemote({ url, authorize: () => answers[asked++]!.promise });
    const first = authorize(host, remote, null, never);
    const second = authorize(host, remote, remote.authorization, never);
    answers[0]!.reject(new Error("too late"));
    await first;
    answers[1]!.resolve({ Authorization: "2" });
    assert.equal(await second, remote.authorization);
  });
});

describe("ask for authorization", () => {
  it("steps 2.1.1 and 2.1.2: the page is not asked once nobody waits, and is by whoever comes next", async () => {
    const { host } = aHost();
    const { authorize: callback, refreshes } = aPage("1");
    const remote = aRemote({ url, authorize: callback });
    const controller = new AbortController();
    const waiting = authorize(host, remote, null, controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    await new Promise(setImmediate);
    assert.deepEqual([refreshes, remote.authorization], [[], null]);

    const { headers } = await authorize(host, remote, null, never);
    assert.deepEqual(await headers, [["Authorization", "1"]]);
  });

  it("step 2.2: the page is given no this, through which it could change the remote", async () => {
    const given: unknown[] = [];
    const remote = aRemote({
      url,
      async authorize(this: unknown) {
        given.push(this);
        return {};
      },
    });
    await authorize(aHost().host, remote, null, never);
    assert.deepEqual(given, [undefined]);
  });

  it("step 2.1.1: what was asked for meanwhile stays", async () => {
    const { host } = aHost();
    const { authorize: callback, refreshes } = aPage("1");
    const remote = aRemote({ url, authorize: callback });
    const controller = new AbortController();
    const waiting = authorize(host, remote, null, controller.signal);
    controller.abort(new Error("enough"));
    const second = authorize(host, remote, remote.authorization, never);
    await assert.rejects(waiting);
    assert.equal(await second, remote.authorization);
    assert.deepEqual(refreshes, [true]);
  });

  it("step 2.1: it is asked as long as one still waits", async () => {
    const { host } = aHost();
    const { authorize: callback, refreshes } = aPage("1");
    const remote = aRemote({ url, authorize: callback });
    const controller = new AbortController();
    const waiting = [
      authorize(host, remote, null, controller.signal),
      authorize(host, remote, null, never),
    ] as const;
    controller.abort(new Error("enough"));
    await assert.rejects(waiting[0]);
    assert.deepEqual(await (await waiting[1]).headers, [["Authorization", "1"]]);
    assert.deepEqual(refreshes, [false]);
  });
});
