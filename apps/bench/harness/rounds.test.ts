import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { inRounds } from "./rounds.ts";

const arms = ["a", "b", "c"] as const;

async function orderOf(seed: number): Promise<string> {
  const order: string[] = [];
  const measure = async (arm: string, round: number) => void order.push(`${round}${arm}`);
  await inRounds({ arms, count: 5, seed, measure });
  return order.join(" ");
}

describe("rounds", () => {
  it("interleave the arms: each once a round, in an order that changes", async () => {
    const rounds = (await orderOf(3)).split(" ").map((each) => ({ round: each[0]!, arm: each[1]! }));
    const orders = Array.from({ length: 5 }, (_, round) =>
      rounds
        .slice(3 * round, 3 * round + 3)
        .map((each) => (assert.equal(each.round, String(round)), each.arm)),
    );
    for (const order of orders) assert.deepEqual(order.toSorted(), [...arms]);
    assert.ok(new Set(orders.map(String)).size > 1);
  });

  it("follow from the seed", async () => {
    assert.equal(await orderOf(3), await orderOf(3));
    assert.notEqual(await orderOf(3), await orderOf(4));
  });

  it("forgive an arm once, and then go on without it; what it gave stays in its rounds", async () => {
    const failures: string[] = [];
    const tries = { a: 0, b: 0, c: 0 };
    const results = await inRounds({
      arms,
      count: 5,
      seed: 1,
      measure: async (arm, round) => {
        tries[arm] += 1;
        if (arm === "b" && round % 2 === 1) throw new Error("no room");
        return 10 * round;
      },
      onFailure: (arm, error) => failures.push(`${arm}: ${(error as Error).message}`),
    });
    assert.deepEqual([...results.get("a")!], [0, 10, 20, 30, 40]);
    assert.deepEqual([...results.get("b")!], [0, undefined, 20]);
    assert.deepEqual(failures, ["b: no room", "b: no room"]);
    assert.deepEqual(tries, { a: 5, b: 4, c: 5 });
  });

  it("end early when told to, but not before the first", async () => {
    const measure = async (_: string, round: number) => round;
    const results = await inRounds({ arms, count: 5, seed: 1, measure, goOn: () => false });
    assert.deepEqual([...results.get("c")!], [0]);
  });
});
