import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { before, describe, it } from "mocha";
import {
  forgetThePeak,
  memoryCanBeMeasured,
  peakOfResidentMemory,
  processTree,
  proportionalMemory,
  residentMemory,
  runsPages,
} from "./processes.ts";

describe("what Linux tells of processes", function () {
  before(function () {
    if (!memoryCanBeMeasured) this.skip();
  });

  it("is who descends from whom", async () => {
    const child = fork(path.join(import.meta.dirname, "byte-server-process.ts"), [import.meta.dirname]);
    try {
      await once(child, "message");
      const found = processTree(process.pid).find(({ id }) => id === child.pid);
      assert.equal(found?.parent, process.pid);
      assert.ok(found.command.some((part) => part.endsWith("byte-server-process.ts")));
    } finally {
      child.kill();
    }
  });

  it("is who runs pages", () => {
    const runs = (...command: string[]) => runsPages({ id: 1, parent: 0, command });
    assert.ok(runs("/usr/lib/chromium/chromium", "--type=renderer", "--lang=en"));
    assert.ok(runs("/usr/lib/firefox-esr/firefox-esr", "-contentproc", "-isForBrowser", "12", "tab"));
    assert.ok(!runs("/usr/lib/chromium/chromium", "--type=utility"));
    assert.ok(!runs("/usr/lib/firefox-esr/firefox-esr", "-contentproc", "12", "utility"));
    assert.ok(!runs("/usr/lib/firefox-esr/firefox-esr"));
  });

  it("is their memory, and the most that it was since one asked", () => {
    const { pid } = process;
    forgetThePeak(pid);
    const before = residentMemory(pid)!;
    assert.equal(new Uint8Array(64 << 20).fill(1).at(-1), 1);
    const growth = peakOfResidentMemory(pid)! - before;
    assert.ok(growth > 60 << 20, `${growth} bytes`);
    assert.ok(proportionalMemory(pid)! > 10 << 20);
  });

  it("is null of one that has ended", () => {
    assert.equal(residentMemory(2 ** 30), null);
  });
});
