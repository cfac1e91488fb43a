import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { tableOf } from "./table.ts";

describe("the fault matrix", () => {
  it("is a table with a row for each fault, place and engine", () => {
    const row = { fault: "full disk", place: "download", engine: "node", run: 12, survived: 11 };
    assert.deepEqual(tableOf([row]).split("\n"), [
      "| fault     | place    | engine | cases | survived |",
      "| --------- | -------- | ------ | ----: | -------: |",
      "| full disk | download | node   |    12 |       11 |",
    ]);
  });
});
