import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { cases } from "../../tools/faults/lane.ts";
import { faultCase } from "../../tools/faults/matrix.ts";
import { MemoryFolder } from "../host/memory-folder.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";
import { Network, agent, bytesOfLength, chunkSize, recordOf, recordWithTable } from "./scripted-host.test.ts";
import type { Behaviour, Bytes } from "./scripted-host.test.ts";

const url = "https://a.example/file";
const bytes = bytesOfLength(4 * chunkSize + 100);

/** The file with the bytes of two chunks in each other's place. */
function reordered(at: number): Bytes {
  const other = bytes.slice();
  const first = Math.floor(at / chunkSize) * chunkSize;
  const second = (first + chunkSize) % (4 * chunkSize);
  other.set(bytes.subarray(first, first + chunkSize), second);
  other.set(bytes.subarray(second, second + chunkSize), first);
  return other;
}

/** The file with some bytes twice, so that all that follows is late. */
function doubled(at: number): Bytes {
  const other = bytes.slice();
  other.set(bytes.subarray(at, bytes.length - 10), at + 10);
  return other;
}

function flipped(at: number): Bytes {
  const other = bytes.slice();
  other[at]! ^= 1 << (at % 8);
  return other;
}

/** What is done to an answer, at a byte of the file. */
const wrongs: readonly [fault: string, behaviour: (at: number) => Behaviour][] = [
  ["dropped answer", (at) => ({ breaksAfter: at })],
  ["truncated answer", (at) => ({ endsAfter: at })],
  ["stalled answer", (at) => ({ stallsAfter: at })],
  ["reordered answer", (at) => ({ bytes: reordered(at) })],
  ["duplicated bytes", (at) => ({ bytes: doubled(at) })],
  ["flipped byte", (at) => ({ bytes: flipped(at) })],
  ["answer that goes on", (at) => ({ goesOnFor: 1 + (at % 100) })],
  ["answer of another range", () => ({ liesAboutRanges: true })],
  ["page in place of the file", (at) => ({ status: at % 2 === 0 ? 200 : 206 })],
];

describe("the model cache and answers that are wrong", () => {
  for (const [fault, behaviour] of wrongs) {
    for (const table of [true, false]) {
      it(`gives the right bytes or a typed error, keeps nothing wrong, and goes on: ${fault}${table ? ", with a chunk table" : ""}`, async () => {
        const count = cases(6, 400);
        for (let number = 0; number < count; number += 1) {
          const at = Math.floor((number * (bytes.length - 11)) / count);
          for (const rangeLength of [chunkSize, 2 ** 24]) {
            const place = table ? "network, with a chunk table" : "network, without a chunk table";
            await faultCase({ fault, place, engine: "node" }, () =>
              goesOn(behaviour(at), table, rangeLength, at),
            );
          }
        }
      });
    }
  }
});

async function goesOn(wrong: Behaviour, table: boolean, rangeLength: number, at: number): Promise<void> {
  const network = new Network();
  network.rangeLength = rangeLength;
  // The first answer is wrong, or the second, or all but the first.
  network.serve(url, bytes, (number) => (number % 3 === at % 3 ? wrong : {}));
  const host = agent(network, new MemoryFolder());
  const record = table ? recordWithTable(network, bytes, [url]) : recordOf(bytes, [url]);
  const what = `byte ${at}, ranges of ${rangeLength}`;
  const taken = () =>
    network.requests.filter((each) => each.url === url).reduce((sum, request) => sum + request.taken, 0);
  const outcome = await obtainAModelFile(host, record).catch((error: unknown) => {
    assert.ok(error instanceof DOMException, String(error));
    assert.match(error.name, /^(NetworkError|DataError)$/, what);
    return null;
  });
  if (outcome === null) assert.deepEqual(await digestsOfWholeEntries(host), [], what);
  else assert.deepEqual(new Uint8Array(await outcome.arrayBuffer()), bytes, what);

  network.serve(url, bytes);
  const before = taken();
  const file = await obtainAModelFile(host, record);
  assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes, what);
  const again = taken() - before;
  assert.ok(again <= (outcome === null ? bytes.length : 0), `${what}: ${again} bytes more`);
}
