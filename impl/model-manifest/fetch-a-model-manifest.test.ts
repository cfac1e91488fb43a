import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import type { Host, HostRequest, HostResponse } from "../host/host.ts";
import { VirtualTime } from "../host/virtual/virtual-time.ts";
import { fetchAModelManifest, maximumManifestSize } from "./fetch-a-model-manifest.ts";

const manifest = JSON.stringify({
  name: "affine",
  version: "1",
  inputs: { x: { dataType: "float32", shape: [3] } },
  outputs: { y: { dataType: "float32", shape: [3] } },
  variants: [
    {
      name: "exact",
      format: "onnx",
      fidelity: 1,
      costs: { operations: 1, bytes: 1, memory: 1 },
      parts: [
        {
          file: { digest: `sha256-${"A".repeat(43)}=`, size: 1, urls: ["a.onnx"] },
          inputs: ["x"],
          outputs: ["y"],
        },
      ],
    },
  ],
});

type Answer = Partial<Omit<HostResponse, "header">> & { readonly type?: string | null };

const never = new Promise<never>(() => undefined);

const encode = (text: string) => new TextEncoder().encode(text);

async function* inPieces(text: string, size = 1000): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const bytes = encode(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}

/** Fetches a manifest from a host that gives this answer, and tells what the host was asked for. */
function fetchFrom(
  answer: Answer | Error | Promise<never>,
  { integrity = null, signal = null }: { integrity?: string | null; signal?: AbortSignal | null } = {},
) {
  const requests: HostRequest[] = [];
  const time = new VirtualTime(setImmediate);
  const host = {
    now: () => time.now(),
    wait: (milliseconds: number, end?: AbortSignal) => time.wait(milliseconds, end),
    stallTime: 30_000,
    async fetch(request: HostRequest) {
      requests.push(request);
      if (answer instanceof Promise) return answer;
      if (answer instanceof Error) throw answer;
      const { type = "application/json", ...members } = answer;
      return {
        status: 200,
        url: request.url,
        body: inPieces(manifest),
        header: (name: string) => (name === "Content-Type" ? type : null),
        ...members,
      };
    },
  } as unknown as Host;
  const location = { url: new URL("https://example.com/m.json"), integrityMetadata: integrity };
  return { requests, time, result: fetchAModelManifest(host, location, signal) };
}

const isCalled = (name: string) => (error: unknown) => error instanceof DOMException && error.name === name;

describe("fetch a model manifest", () => {
  it("step 1: asks once, for the URL", async () => {
    const { requests, result } = fetchFrom({});
    await result;
    assert.deepEqual(
      requests.map(({ signal: _signal, ...request }) => request),
      [{ url: "https://example.com/m.json" }],
    );
  });

  it("step 13: the base URL is that of the final response", async () => {
    const { variants } = await fetchFrom({ url: "https://cdn.example/x/m.json" }).result;
    assert.equal(variants[0]!.parts[0]!.file.urls[0]!.href, "https://cdn.example/x/a.onnx");
  });

  it("step 4: a network error rejects", async () => {
    await assert.rejects(
      fetchFrom(new DOMException("secret", "NetworkError")).result,
      isCalled("NetworkError"),
    );
  });

  for (const status of [199, 301, 304, 404, 500]) {
    it(`step 4: status ${status} rejects`, async () => {
      await assert.rejects(fetchFrom({ status }).result, isCalled("NetworkError"));
    });
  }

  for (const type of [null, "text/html", "application/octet-stream"]) {
    it(`step 6: the type ${type ?? "that is not given"} rejects, and says which to give`, async () => {
      await assert.rejects(fetchFrom({ type }).result, {
        name: "DataError",
        message: `The model manifest is not valid: it is served as ${type ?? "no type"}, not as application/model-manifest+json.`,
      });
    });
  }

  for (const type of ["application/model-manifest+json", "application/json; charset=utf-8", "text/json"]) {
    it(`step 6: the type ${type} is read`, async () => {
      assert.equal((await fetchFrom({ type }).result).name, "affine");
    });
  }

  it("step 9: reads as many bytes as are allowed, and stops at one more", async () => {
    const full = manifest.padEnd(maximumManifestSize);
    assert.equal((await fetchFrom({ body: inPieces(full) }).result).name, "affine");

    let served = 0;
    async function* endless() {
      try {
        for (;;) {
          served += 1000;
          yield encode(" ".repeat(1000));
        }
      } finally {
        served += 1;
      }
    }
    await assert.rejects(fetchFrom({ body: endless() }).result, isCalled("NetworkError"));
    assert.equal(served, 66001, "bytes served, and one for the end of the request");
  });

  for (const answer of [{ status: 404 }, { type: "text/html" }]) {
    it(`ends the fetch of what it does not read: ${JSON.stringify(answer)}`, async () => {
      let ended = false;
      const endless = {
        next: () => never,
        return: async () => {
          ended = true;
          return { done: true as const, value: undefined };
        },
      };
      await assert.rejects(fetchFrom({ ...answer, body: { [Symbol.asyncIterator]: () => endless } }).result);
      assert.ok(ended);
    });
  }

  it("step 9: a body that breaks off rejects", async () => {
    async function* broken() {
      yield encode(manifest);
      throw new TypeError("secret");
    }
    await assert.rejects(fetchFrom({ body: broken() }).result, isCalled("NetworkError"));
  });

  it("step 10: bytes that do not match reject, those that match do not", async () => {
    const integrity = (text: string) => `sha384-${createHash("sha384").update(text).digest("base64")}`;
    await assert.rejects(fetchFrom({}, { integrity: integrity("other") }).result, isCalled("NetworkError"));
    assert.equal((await fetchFrom({}, { integrity: integrity(manifest) }).result).name, "affine");
  });

  it("step 12: what is not JSON rejects", async () => {
    for (const text of ["", "<!doctype html>", manifest.slice(1), "\u0000"]) {
      await assert.rejects(fetchFrom({ body: inPieces(text) }).result, {
        name: "DataError",
        message: "The model manifest is not valid: it is not JSON.",
      });
    }
  });

  it("step 11: a byte order mark is no part of JSON, and bytes may come one by one", async () => {
    assert.equal((await fetchFrom({ body: inPieces(`\ufeff${manifest}`, 1) }).result).name, "affine");
  });

  it("step 14: what is no manifest rejects, and says what to mend", async () => {
    const body = inPieces(manifest.replace('"memory":1', '"memory":-1'));
    await assert.rejects(fetchFrom({ body }).result, {
      name: "DataError",
      message:
        "The model manifest is not valid: variants[0]: costs: memory: it is not a number that is finite and 0 or greater.",
    });
  });

  it("all that goes wrong on the way has one message", async () => {
    async function* broken() {
      throw new TypeError("secret");
      yield encode("");
    }
    const answers = [
      new Error("secret"),
      { status: 404 },
      { body: broken() },
      { body: inPieces(" ".repeat(70000)) },
    ];
    const messages = new Set<unknown>();
    for (const answer of answers) {
      await assert.rejects(fetchFrom(answer).result, (error: Error) => Boolean(messages.add(error.message)));
    }
    assert.equal(messages.size, 1);
  });

  it("step 3: a signal that is aborted before the response rejects with its reason", async () => {
    const signal = AbortSignal.abort("enough");
    await assert.rejects(fetchFrom(new Error(), { signal }).result, (reason) => reason === "enough");
  });

  it("step 8: a signal that is aborted while the body comes rejects with its reason", async () => {
    const controller = new AbortController();
    async function* aborted() {
      yield encode(manifest.slice(0, 9));
      controller.abort("enough");
      throw new Error();
    }
    const { requests, result } = fetchFrom({ body: aborted() }, { signal: controller.signal });
    await assert.rejects(result, (reason) => reason === "enough");
    assert.equal(requests[0]!.signal!.aborted, true);
  });

  it("step 2: a server that does not answer for the stall time rejects, and its request is ended", async () => {
    const { requests, time, result } = fetchFrom(never);
    await assert.rejects(result, isCalled("NetworkError"));
    assert.equal(time.now(), 30_000);
    assert.equal(requests[0]!.signal!.aborted, true);
  });

  it("step 7: a body that stalls in the middle rejects, and its request is ended", async () => {
    async function* stalling() {
      yield encode(manifest.slice(0, 9));
      await never;
    }
    const { requests, time, result } = fetchFrom({ body: stalling() });
    await assert.rejects(result, isCalled("NetworkError"));
    assert.equal(time.now(), 30_000);
    assert.equal(requests[0]!.signal!.aborted, true);
  });

  it("step 7: a body that comes slowly is read", async () => {
    const { time, result } = fetchFrom({ body: slowly() });
    async function* slowly() {
      for await (const piece of inPieces(manifest, 100)) {
        await time.wait(29_999);
        yield piece;
      }
    }
    assert.equal((await result).name, "affine");
  });
});
