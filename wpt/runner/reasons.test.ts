import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "mocha";
import { readReasons, readReasonsPerTarget } from "./reasons.ts";

describe("lists of reasons", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), "hybrid-ai-reasons-"))));
  after(() => rm(folder, { recursive: true }));

  const file = async (text: string) => {
    const path = join(folder, "list.yaml");
    await writeFile(path, text);
    return pathToFileURL(path);
  };

  it("hold reasons by page and test", async () => {
    const list = await file("/a.html:\n  test 1: because\n");
    assert.deepEqual(await readReasons(list), { "/a.html": { "test 1": "because" } });
  });

  it("may be empty but for comments", async () => {
    const list = await file("# nothing\n");
    assert.deepEqual(await readReasons(list), {});
    assert.deepEqual(await readReasonsPerTarget(list, "jsdom"), {});
  });

  it("are told apart by target", async () => {
    const list = await file("jsdom:\n  /a.html:\n    test 1: because\n");
    assert.deepEqual(await readReasonsPerTarget(list, "jsdom"), { "/a.html": { "test 1": "because" } });
    assert.deepEqual(await readReasonsPerTarget(list, "firefox"), {});
  });

  for (const [what, text] of [
    ["without a reason", "/a.html:\n  test 1:\n"],
    ["with a blank reason", '/a.html:\n  test 1: " "\n'],
    ["without a test", "/a.html: because\n"],
    ["without a page", "a:\n  test 1: because\n"],
  ] as const) {
    it(`are refused ${what}`, async () => {
      await assert.rejects(readReasons(await file(text)), TypeError);
    });
  }
});
