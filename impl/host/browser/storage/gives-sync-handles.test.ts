import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fakeDirectory } from "./fake-file-system.test.ts";
import { namesIn } from "./file-system.ts";
import type { DirectoryHandle } from "./file-system.ts";
import { givesSyncHandles } from "./gives-sync-handles.ts";

/** As in WebKitGTK. */
function directoryWithoutSyncHandles(): DirectoryHandle {
  const directory = fakeDirectory();
  return {
    ...directory,
    async getFileHandle(name, options) {
      const file = await directory.getFileHandle(name, options);
      file.createSyncAccessHandle = async () => {
        throw new DOMException("Backend does not support this operation", "NotSupportedError");
      };
      return file;
    },
  };
}

describe("whether an engine gives synchronous handles", () => {
  for (const [directory, expected] of [
    [fakeDirectory(), true],
    [directoryWithoutSyncHandles(), false],
  ] as const) {
    it(`is asked about a file that is gone afterwards: ${expected}`, async () => {
      assert.equal(await givesSyncHandles(directory), expected);
      assert.deepEqual(await namesIn(directory), []);
    });
  }

  it("is asked about another file where somebody else is asking, and clears away what one left who did not finish", async () => {
    const directory = fakeDirectory();
    const left = await (await directory.getFileHandle("question", { create: true })).createSyncAccessHandle();
    assert.equal(await givesSyncHandles(directory), true);
    assert.deepEqual(await namesIn(directory), ["question"]);
    left.close();
    assert.equal(await givesSyncHandles(directory), true);
    assert.deepEqual(await namesIn(directory), []);
  });
});
