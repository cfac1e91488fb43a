import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fuzz } from "../../tools/faults/fuzz.ts";
import { cases, seed } from "../../tools/faults/lane.ts";
import { countFaults } from "../../tools/faults/matrix.ts";

describe(`a manifest of any bytes (SEED=${seed})`, () => {
  it("is refused with a typed error, or is what it was when it is written again", async function () {
    this.timeout(0);
    const count = cases(3000, 120_000);
    const { accepted, refused } = await fuzz(
      new URL("./manifest-case.test.ts", import.meta.url),
      seed,
      count,
    );
    countFaults({ fault: "any bytes", place: "manifest", engine: "node" }, count, accepted + refused);
    assert.ok(accepted > count / 20, `${accepted} accepted`);
    assert.ok(refused > count / 20, `${refused} refused`);
  });
});
