import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fuzz } from "../../tools/faults/fuzz.ts";
import { cases, seed } from "../../tools/faults/lane.ts";
import { countFaults } from "../../tools/faults/matrix.ts";

describe(`a chunk table of any bytes (SEED=${seed})`, () => {
  it("is refused, or is what it was when it is written again", async function () {
    this.timeout(0);
    const count = cases(5000, 200_000);
    const { accepted, refused } = await fuzz(
      new URL("./chunk-table-case.test.ts", import.meta.url),
      seed,
      count,
    );
    countFaults({ fault: "any bytes", place: "chunk table", engine: "node" }, count, accepted + refused);
    assert.ok(accepted > count / 20, `${accepted} accepted`);
    assert.ok(refused > count / 20, `${refused} refused`);
  });
});
