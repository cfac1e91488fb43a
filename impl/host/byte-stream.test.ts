import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { aReadableByteStream } from "./byte-stream.ts";
import type { StreamConstructor } from "./byte-stream.ts";

const ofNode = ReadableStream as StreamConstructor;
/** As in an engine that has no byte streams. */
const withoutByteStreams = class extends ReadableStream<Uint8Array> {
  constructor(...[source, strategy]: ConstructorParameters<StreamConstructor>) {
    if ("type" in source) throw new TypeError("Byte streams are not implemented.");
    super(source, strategy);
  }
} as StreamConstructor;

for (const [what, constructor] of Object.entries({ ofNode, withoutByteStreams })) {
  describe(`a readable byte stream, ${what}`, () => {
    it("gives what is pulled, and nothing is pulled before it is asked for", async () => {
      const left = [Uint8Array.of(1, 2), Uint8Array.of(3)];
      let pulls = 0;
      const stream = aReadableByteStream(
        constructor,
        async () => {
          pulls += 1;
          return left.shift() ?? null;
        },
        async () => undefined,
      );
      const reader = stream.getReader();
      await new Promise(setImmediate);
      assert.equal(pulls, 0);
      assert.deepEqual((await reader.read()).value, Uint8Array.of(1, 2));
      assert.deepEqual((await reader.read()).value, Uint8Array.of(3));
      assert.equal((await reader.read()).done, true);
      assert.equal(pulls, 3);
    });

    it("says why it is cancelled", async () => {
      const reasons: unknown[] = [];
      const stream = aReadableByteStream(
        constructor,
        async () => null,
        async (reason) => {
          reasons.push(reason);
        },
      );
      await stream.cancel("enough");
      assert.deepEqual(reasons, ["enough"]);
    });
  });
}

it("a readable byte stream fills its reader's own buffer, where the engine can", async () => {
  const pull = async () => Uint8Array.of(1, 2);
  const stream = aReadableByteStream(ofNode, pull, async () => undefined);
  const { value } = await stream.getReader({ mode: "byob" }).read(new Uint8Array(5));
  assert.deepEqual(value, Uint8Array.of(1, 2));
});
