import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { aLocalBuffer } from "../../local-buffer.ts";
import { answerHashes } from "./answer-hashes.ts";
import { hashingHere } from "./bytes-here.ts";
import type { HashAnswer, HashMessage } from "./hash-messages.ts";
import { hashingThere, leastLength } from "./hashing-there.ts";
import type { Hashing, HashPort } from "./hashing-there.ts";

const sha256 = (...pieces: Uint8Array[]) =>
  Uint8Array.from(pieces.reduce((hash, piece) => hash.update(piece), createHash("sha256")).digest());

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

/** Workers that hash, until they are ended, and what they were sent. */
function workers(hashingOfTheirs = hashingHere) {
  let ended = Promise.withResolvers<undefined>();
  const seen: { started: number; messages: HashMessage[] } = { started: 0, messages: [] };
  const begin = async () => {
    seen.started += 1;
    ended = Promise.withResolvers();
    const carryOut = answerHashes(hashingOfTheirs, (answer, transfer) => {
      const data = structuredClone(answer, { transfer });
      setImmediate(() => (port.onmessage as (event: { data: HashAnswer }) => void)({ data }));
    });
    const port: HashPort = {
      onmessage: null,
      end: ended.promise,
      postMessage(message, transfer) {
        const data = structuredClone(message, { transfer });
        seen.messages.push(data);
        setImmediate(() => void carryOut(data));
      },
    };
    return port;
  };
  return { seen, begin, end: () => ended.resolve(undefined) };
}

/** With a worker that is there already. */
async function started(begin: () => Promise<HashPort | null>): Promise<Hashing> {
  const hashing = hashingThere(begin, hashingHere);
  const running = hashing.startAHash();
  await running.update(filled(leastLength, 0));
  await running.digest();
  return hashing;
}

describe("hashing in another worker", () => {
  it("is SHA-256, of many buffers at a time", async () => {
    const { seen, begin } = workers();
    const hashing = await started(begin);
    const pieces = Array.from({ length: 10 }, (_, at) => filled(leastLength + 1000 * at, at));
    const buffers = pieces.map((piece) => aLocalBuffer(piece.slice()));
    const before = seen.messages.length;
    const all = await Promise.all(buffers.map((buffer) => hashing.sha256(buffer)));
    assert.deepEqual(
      all,
      pieces.map((piece) => sha256(piece)),
    );
    assert.equal(seen.messages.length - before, pieces.length);
    for (const [at, buffer] of buffers.entries())
      assert.deepEqual(buffer.bytes, pieces[at], "they come back");
    const part = buffers[9]!.subarray(5, leastLength + 5);
    assert.deepEqual(await hashing.sha256(part), sha256(part.bytes));
    const each = leastLength - 1;
    const hashes = [sha256(part.bytes.subarray(0, each)), sha256(part.bytes.subarray(each))];
    assert.deepEqual(Buffer.from(await hashing.sha256(part, each)), Buffer.concat(hashes));
    const given = filled(leastLength, 99);
    assert.deepEqual(await hashing.sha256(given), sha256(given));
    assert.equal(given[0], 99, "the bytes stay the caller's");
    const freed = aLocalBuffer(given.slice());
    const sent = seen.messages.length;
    const hash = hashing.sha256(freed);
    while (seen.messages.length === sent) await Promise.resolve();
    freed.free();
    assert.deepEqual(await hash, sha256(given));
    assert.throws(() => freed.bytes, /freed/);
    assert.equal(seen.started, 1);
  });

  it("waits for no worker that starts", async () => {
    const { promise, resolve } = Promise.withResolvers<HashPort | null>();
    const { begin } = workers();
    const hashing = hashingThere(() => promise, hashingHere);
    const bytes = filled(leastLength, 1);
    assert.deepEqual(await hashing.sha256(bytes), sha256(bytes));
    const running = hashing.startAHash();
    const updating = running.update(bytes);
    resolve(await begin());
    await updating;
    assert.deepEqual(await running.digest(), sha256(bytes));
  });

  it("keeps running hashes apart", async () => {
    const { seen, begin } = workers();
    const hashing = hashingThere(begin, hashingHere);
    const [first, second] = [hashing.startAHash(), hashing.startAHash()];
    const [one, two] = [filled(leastLength, 1), filled(leastLength + 1, 2)];
    await first.update(one);
    await second.update(two);
    await first.update(filled(3, 3));
    assert.deepEqual(await first.digest(), sha256(one, filled(3, 3)));
    assert.deepEqual(await second.digest(), sha256(two));
    assert.equal(seen.started, 1);
  });

  it("asks nobody for what is soon done, or where there is nobody", async () => {
    const { seen, begin } = workers();
    const small = filled(leastLength - 1, 1);
    const large = filled(leastLength, 2);
    for (const [bytes, hashing] of [
      [small, hashingThere(begin, hashingHere)],
      [large, hashingThere(async () => null, hashingHere)],
    ] as const) {
      assert.deepEqual(await hashing.sha256(bytes), sha256(bytes));
      const hash = hashing.startAHash();
      await hash.update(bytes);
      assert.deepEqual(await hash.digest(), sha256(bytes));
    }
    assert.deepEqual(await hashingThere(begin, hashingHere).startAHash().digest(), sha256());
    assert.equal(seen.started, 0);
  });

  it("fails where the other worker fails to hash, and has the bytes back", async () => {
    const fails = () => Promise.reject(new RangeError("There is no memory."));
    const { begin } = workers({ ...hashingHere, sha256: fails });
    const hashing = await started(begin);
    const buffer = aLocalBuffer(filled(leastLength, 5));
    await assert.rejects(hashing.sha256(buffer), { name: "RangeError" });
    assert.deepEqual(buffer.bytes, filled(leastLength, 5));
  });

  it("says that the bytes are lost that a worker had when it ended, and goes on with another", async () => {
    const { seen, begin, end } = workers();
    const hashing = hashingThere(begin, hashingHere);
    const bytes = filled(leastLength, 1);
    const running = hashing.startAHash();
    await running.update(bytes);
    end();
    await assert.rejects(running.update(bytes), { name: "OperationError" });
    await assert.rejects(running.digest(), { name: "OperationError" });
    assert.deepEqual(await hashing.sha256(bytes), sha256(bytes), "here, while another one starts");
    const another = hashing.startAHash();
    await another.update(bytes);
    const sent = seen.messages.length;
    const hash = hashing.sha256(bytes);
    while (seen.messages.length === sent) await Promise.resolve();
    end();
    await assert.rejects(hash, { name: "OperationError" });
    assert.deepEqual(await hashing.sha256(bytes), sha256(bytes));
    assert.equal(seen.started, 3);
  });
});
