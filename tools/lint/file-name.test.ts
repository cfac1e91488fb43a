import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Linter } from "eslint";
import { fileName } from "./file-name.ts";

function complaint(file: string): string | undefined {
  const configuration = {
    plugins: { house: { rules: { "file-name": fileName } } },
    rules: { "house/file-name": 2 },
  } as const;
  return new Linter().verify("", configuration, file)[0]?.messageId;
}

describe("the rule for file names", () => {
  it("takes lower-case words with hyphens, and webidl2js's own form", () => {
    for (const name of [
      "queue-a-task.js",
      "host.js",
      "host.test.js",
      "sha-256.worker.js",
      "ModelCache-impl.js",
    ]) {
      assert.equal(complaint(name), undefined, name);
    }
  });
  it("refuses other forms", () => {
    for (const name of ["queueATask.js", "queue_a_task.js", "ModelCache.js"]) {
      assert.equal(complaint(name), "words", name);
    }
  });
  it("refuses names that say nothing", () => {
    for (const name of ["utils.js", "helpers.js", "index.js", "common.test.js"]) {
      assert.equal(complaint(name), "nothing", name);
    }
  });
});
