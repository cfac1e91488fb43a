import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fuzz } from "./fuzz.ts";
import { Random, damage } from "./random.ts";

const module = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

describe("a fuzzer", () => {
  it("counts what its cases came to, and gives each a seed of its own", async () => {
    const code = `export const fuzzCase = async (seed) => (seed % 3 === 0 ? "accepted" : "refused");`;
    assert.deepEqual(await fuzz(module(code), 9, 10), { accepted: 4, refused: 6 });
  });

  it("names the seed of the case that went wrong", async () => {
    const code = `export const fuzzCase = async (seed) => { if (seed === 13) throw new Error("no"); return "refused"; };`;
    await assert.rejects(fuzz(module(code), 9, 10), /SEED=13: Error: no/);
  });
});

describe("random numbers", () => {
  it("are the same for the same seed, and spread", () => {
    const [one, same, other] = [new Random(5), new Random(5), new Random(6)];
    const numbers = Array.from({ length: 1000 }, () => one.below(10));
    assert.deepEqual(
      numbers,
      Array.from({ length: 1000 }, () => same.below(10)),
    );
    assert.notDeepEqual(
      numbers,
      Array.from({ length: 1000 }, () => other.below(10)),
    );
    for (let digit = 0; digit < 10; digit += 1)
      assert.ok(numbers.filter((each) => each === digit).length > 50);
  });

  it("damage bytes in length and content", () => {
    const bytes = new Random(1).bytes(100);
    const damaged = Array.from({ length: 200 }, (_, seed) => damage(bytes, new Random(seed)));
    assert.ok(damaged.some(({ length }) => length < 100) && damaged.some(({ length }) => length > 100));
    assert.ok(damaged.some((each) => each.length === 100 && each.some((byte, at) => byte !== bytes[at])));
  });
});
