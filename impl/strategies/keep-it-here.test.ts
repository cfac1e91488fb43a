import { describe, it } from "mocha";
import assert from "node:assert/strict";
import type { HybridModelImplementation } from "../hybrid-dispatch/HybridModel-impl.ts";
import type { Plan } from "../hybrid-dispatch/plan.ts";
import { aNewAttempt, aNewRun } from "../hybrid-dispatch/run.ts";
import type { Remote } from "../remote-execution/remote.ts";
import { keepItHere } from "./keep-it-here.ts";

const plan = (...remotes: (Remote | null)[]) =>
  ({ variant: {}, stages: remotes.map((remote) => ({ remote, parts: [] })) }) as unknown as Plan;
const [one, two] = [{}, {}] as [Remote, Remote];
const [client, split, first, second] = [plan(null), plan(null, one), plan(one), plan(two)];

const modelWith = (latency: number | null) =>
  ({ client: { latency } }) as unknown as HybridModelImplementation;

function patience(which: Plan, { latency = 16, start = 0, deadline = null as number | null } = {}): number {
  const attempt = { ...aNewAttempt(which), start };
  return keepItHere.patience(modelWith(latency), aNewRun(new Map(), new Map(), 0, deadline), attempt);
}

describe("the strategy “keep it here”", () => {
  it("chooses the client, then a split, then the remote that the page named first", () => {
    const chosen = (...ready: Plan[]) => keepItHere.chooseAPlan(modelWith(16), ready);
    assert.equal(chosen(first, split, client), client);
    assert.equal(chosen(second, first, split), split);
    assert.equal(chosen(first, second), first);
    assert.equal(chosen(second, first), second);
  });

  it("waits ten seconds for a remote", () => {
    assert.equal(patience(first), 10_000);
    assert.equal(patience(split, { latency: 60_000 }), 10_000);
  });

  it("waits for the client as long as its tier lets expect, twice, up to two minutes", () => {
    assert.equal(patience(client), 10_000);
    assert.equal(patience(client, { latency: 30_000 }), 60_000);
    assert.equal(patience(client, { latency: Infinity }), 120_000);
  });

  it("waits for half of the time that is left, if that is shorter", () => {
    assert.equal(patience(first, { start: 100, deadline: 500 }), 200);
    assert.equal(patience(client, { latency: 30_000, deadline: 40_000 }), 20_000);
    assert.equal(patience(first, { deadline: 40_000 }), 10_000);
  });
});
