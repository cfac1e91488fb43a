import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { describeBytes } from "../../bytes-conformance.test.ts";
import { describeFolder } from "../../folder-conformance.test.ts";
import type { Bytes } from "../../host.ts";
import { answerCalls } from "./answer-calls.ts";
import { bytesHere } from "./bytes-here.ts";
import { bytesLater } from "./bytes-later.ts";
import { bytesThere } from "./bytes-there.ts";
import type { Port } from "./bytes-there.ts";
import { fakeDirectory } from "./fake-file-system.test.ts";
import type { AnswerMessage } from "./messages.ts";
import { agentsThrough } from "./agents.ts";
import { SyncFolder } from "./sync-folder.ts";

const here = () => bytesHere(globalThis);

/** A place behind messages, which are cloned as between a window and a worker. After its end it hears nothing. */
function behindMessages(bytes: Bytes, end: Promise<unknown> = new Promise(() => undefined)): Bytes {
  let isHeard = true;
  void end.then(() => (isHeard = false));
  const port: Port = {
    onmessage: null,
    end,
    postMessage(message, transfer) {
      const data = structuredClone(message, { transfer });
      if (isHeard) setImmediate(() => void carryOut(data));
    },
  };
  const carryOut = answerCalls(
    bytes,
    (message, transfer) => {
      const data = structuredClone(message, { transfer });
      setImmediate(() => (port.onmessage as (event: { data: AnswerMessage }) => void)({ data }));
    },
    (steps) => void setTimeout(steps, 1),
  );
  return bytesThere(port);
}

describeBytes("A global", async () => here());
describeBytes("A storage worker", async () => bytesLater(async () => behindMessages(here())));
describeFolder("A folder in a storage worker", async () => {
  const folder = new SyncFolder(fakeDirectory(), agentsThrough(undefined));
  return (await behindMessages({ ...here(), folder: async () => folder }).folder(""))!;
});

describe("a storage worker that ends", () => {
  const place = () => {
    const workers: (() => void)[] = [];
    const disk = fakeDirectory();
    const bytes = bytesLater(async (end) => {
      const ended = Promise.withResolvers<undefined>();
      workers.push(() => ended.resolve(undefined));
      void ended.promise.then(end);
      const folder = new SyncFolder(disk, agentsThrough(undefined));
      return behindMessages({ ...here(), folder: async () => folder }, ended.promise);
    });
    return { bytes, workers };
  };
  const isLost = { name: "OperationError" };

  it("leaves no call without an answer, and nobody with an error whom nobody hears", async () => {
    const { bytes, workers } = place();
    const buffer = await bytes.makeABuffer(3);
    const hash = bytes.startAHash();
    await hash.update(Uint8Array.of(1));
    const folder = (await bytes.folder(""))!;
    const file = await folder.create("a");
    const calls = [
      bytes.sha256(Uint8Array.of(1)),
      bytes.fetchIntoBuffers({ url: "http://127.0.0.1:1/" }),
      folder.names(),
      file.size(),
      buffer.show((seen) => seen.length),
    ];
    workers[0]!();
    for (const call of calls) await assert.rejects(call, isLost);
    await assert.rejects(file.close(), isLost);
    await assert.rejects(hash.digest(), isLost);
    await assert.rejects(buffer.take(), isLost);
    buffer.free();
    await new Promise(setImmediate);
  });

  it("is followed by another, which has the same folder and a new memory", async () => {
    const { bytes, workers } = place();
    const folder = (await bytes.folder(""))!;
    await (await folder.create("a")).close();
    await (await bytes.memory.create("b")).close();
    workers[0]!();
    await new Promise(setImmediate);
    assert.deepEqual(await folder.names(), ["a"]);
    assert.deepEqual(await bytes.memory.names(), []);
    assert.equal((await bytes.makeABuffer(3)).length, 3);
    assert.equal(workers.length, 2);
  });
});
