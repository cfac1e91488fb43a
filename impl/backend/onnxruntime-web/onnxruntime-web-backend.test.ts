import assert from "node:assert/strict";
import { mock } from "node:test";
import { afterEach, beforeEach, describe, it } from "mocha";
import { BackendError } from "../backend.ts";
import { onnxruntimeWebBackend } from "./onnxruntime-web-backend.ts";

/** Lets all that can go on go on, without the mocked time. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A body whose bytes come when they are sent; it breaks off with the signal. */
function aBody(signal: AbortSignal): { body: ReadableStream; send: () => void } {
  let stream: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (stream = controller) });
  signal.addEventListener("abort", () => stream.error(signal.reason));
  return { body, send: () => stream.enqueue(new Uint8Array(1)) };
}

/** A worker that says what a test has it say. */
class FakeWorker extends EventTarget {
  static last: FakeWorker;
  readonly commands: { readonly kind: string }[] = [];
  terminated = 0;

  constructor() {
    super();
    FakeWorker.last = this;
  }

  postMessage(command: { readonly kind: string }): void {
    this.commands.push(command);
  }

  terminate(): void {
    this.terminated += 1;
  }

  say(data: object): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

describe("the backend onnxruntime-web", () => {
  const { fetch } = globalThis;
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    Object.assign(globalThis, { Worker: FakeWorker });
  });
  afterEach(() => {
    mock.timers.reset();
    globalThis.fetch = fetch;
    Reflect.deleteProperty(globalThis, "Worker");
  });

  const load = (backend = onnxruntimeWebBackend("https://a.example/runtime/")) =>
    backend.load("onnx", new Uint8Array(1));

  /** How the server answers, from now on. */
  function serve(answer: (url: string, signal: AbortSignal) => Promise<Response> | Response): void {
    globalThis.fetch = async (url, init) =>
      answer((url as URL).href, init?.signal ?? new AbortController().signal);
  }

  const anAnswer = () => new Response("a file");
  const never = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });

  it("gives up a server that never answers, for all who wait; and asks anew the next time", async () => {
    const backend = onnxruntimeWebBackend("https://a.example/runtime/");
    serve((url, signal) => (url.endsWith(".wasm") ? never(signal) : anAnswer()));
    const refused = [load(backend), load(backend)].map((loading) =>
      assert.rejects(loading, {
        name: "BackendError",
        message: /^The runtime's file .*\.wasm cannot be fetched\.$/,
      }),
    );
    mock.timers.tick(120_000);
    await Promise.all(refused);

    serve(anAnswer);
    const loading = load(backend);
    await settle();
    FakeWorker.last.say({ kind: "done", outputs: new Map() });
    await loading;
  });

  it("waits for a server as long as it sends something, and gives it up when it sends no more", async () => {
    const files: (() => void)[] = [];
    serve((_url, signal) => {
      const { body, send } = aBody(signal);
      files.push(send);
      return new Response(body);
    });
    let hasFailed = false;
    const loading = load();
    void loading.catch(() => (hasFailed = true));
    for (let piece = 0; piece < 3; piece += 1) {
      await settle();
      for (const send of files) send();
      await settle();
      mock.timers.tick(119_999);
    }
    await settle();
    assert.equal(hasFailed, false);
    mock.timers.tick(1);
    await assert.rejects(loading, BackendError);
  });

  it("gives up a worker whose script does not run, and is lost", async () => {
    serve(anAnswer);
    const loading = load();
    await settle();
    mock.timers.tick(30_000);
    await assert.rejects(loading, { message: "The worker's script does not run.", lost: true });
    assert.equal(FakeWorker.last.terminated, 1);
  });

  it("waits for a worker whose script runs for as long as it loads", async () => {
    serve(anAnswer);
    const loading = load();
    await settle();
    FakeWorker.last.say({ kind: "begun" });
    mock.timers.tick(3_600_000);
    FakeWorker.last.say({ kind: "done", outputs: new Map() });
    await (await loading).release();
    assert.deepEqual(
      FakeWorker.last.commands.map(({ kind }) => kind),
      ["load"],
    );
  });
});
