import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { randomNumbers, shuffled } from "./random.ts";

function take(count: number, next: () => number): number[] {
  return Array.from({ length: count }, () => next());
}

describe("random numbers", () => {
  it("are the same for the same seed, and others for another", () => {
    assert.deepEqual(take(5, randomNumbers(7)), take(5, randomNumbers(7)));
    assert.notDeepEqual(take(5, randomNumbers(7)), take(5, randomNumbers(8)));
  });

  it("lie between 0 and 1, half of them on either side", () => {
    const numbers = take(10_000, randomNumbers(1));
    assert.ok(numbers.every((number) => number >= 0 && number < 1));
    const large = numbers.filter((number) => number >= 0.5).length;
    assert.ok(large > 4_800 && large < 5_200, `${large} of 10,000`);
  });

  it("shuffle: each thing stays, and comes to every place", () => {
    const random = randomNumbers(1);
    const places = { a: new Set<number>(), b: new Set<number>(), c: new Set<number>() };
    for (let time = 0; time < 100; time += 1) {
      const order = shuffled(["a", "b", "c"] as const, random);
      assert.deepEqual(order.toSorted(), ["a", "b", "c"]);
      for (const [place, name] of order.entries()) places[name].add(place);
    }
    for (const reached of Object.values(places)) assert.equal(reached.size, 3);
  });
});
