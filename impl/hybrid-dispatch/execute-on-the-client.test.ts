import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BackendError } from "../backend/backend.ts";
import { executeOnTheClient, makeAnAttempt } from "./make-an-attempt.ts";
import { aNewAttempt, aNewRun } from "./run.ts";
import { aLoadedPart, aModel, onTheClient, part } from "./scripted-model.test.ts";

const [stage] = onTheClient.stages;
const never = new AbortController().signal;

describe("execute on the client", () => {
  it("step 6.1: a part that is not loaded any more is lost", async () => {
    assert.equal(await executeOnTheClient(aModel(), stage!, new Map(), never), "lost");
  });

  it("steps 6.4 and 6.5: a part that fails because it is lost is lost, and one that just fails is not", async () => {
    for (const lost of [true, false]) {
      const model = aModel();
      const run = () => Promise.reject(new BackendError("no", { lost }));
      model.client.loadedParts.set(part, aLoadedPart({ run }));
      const result = await executeOnTheClient(model, stage!, new Map(), never);
      assert.equal(result, lost ? "lost" : "backend");
    }
  });
});

describe("make an attempt", () => {
  it("step 2: what comes after the run is settled changes nothing", async () => {
    const attempt = aNewAttempt(onTheClient);
    const consultAnExecutor = async () => {
      attempt.state = "failed";
      return "succeed" as const;
    };
    const model = aModel({ consultAnExecutor });
    model.client.loadedParts.set(part, aLoadedPart());
    attempt.state = "under way";
    await makeAnAttempt(attempt, aNewRun(new Map(), new Map(), 0, null), model);
    assert.deepEqual([attempt.state, attempt.end], ["failed", null]);
  });
});
