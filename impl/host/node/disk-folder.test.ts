import assert from "node:assert/strict";
import { mkdtemp, open, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { JSDOM } from "jsdom";
import { after, before, describe, it } from "mocha";
import { describeFolder } from "../folder-conformance.test.ts";
import { DiskFolder } from "./disk-folder.ts";
import type { Realm } from "./disk-folder.ts";

describe("DiskFolder", () => {
  let parent: string;
  let count = 0;
  before(async () => {
    parent = await mkdtemp(path.join(tmpdir(), "disk-folder-"));
  });
  after(() => rm(parent, { recursive: true }));
  const fresh = () => path.join(parent, `${(count += 1)}`, "below");

  describeFolder("DiskFolder", async () => new DiskFolder(fresh()));

  it("shares its turns with other objects of one folder", async () => {
    const folder = fresh();
    const file = await new DiskFolder(folder).create("a");
    let removed = false;
    const removing = new DiskFolder(folder).remove("a").then(() => (removed = true));
    await file.write(0, Uint8Array.of(1));
    assert.equal(removed, false);
    await file.close();
    await removing;
    assert.equal(await new DiskFolder(folder).size("a"), null);
  });

  it("has no file open any more, and gives its turn away, where the disk fails when it is closed", async () => {
    const folder = new DiskFolder(fresh());
    const probe = await open(parent, "r");
    const prototype = Object.getPrototypeOf(probe) as { datasync: unknown };
    await probe.close();
    const { datasync } = prototype;
    const handles: FileHandle[] = [];
    prototype.datasync = async function (this: FileHandle) {
      handles.push(this);
      throw new Error("EIO");
    };
    try {
      const file = await folder.create("a");
      await assert.rejects(file.close(), /EIO/);
    } finally {
      prototype.datasync = datasync;
    }
    assert.deepEqual(
      handles.map(({ fd }) => fd),
      [-1],
    );
    await folder.remove("a");
  });

  it("makes buffers in the realm that it is given", async () => {
    const { window } = new JSDOM("", { runScripts: "outside-only" });
    const realm = window.eval("globalThis") as Realm;
    const folder = new DiskFolder(fresh(), realm);
    const file = await folder.create("a");
    await file.write(0, new realm.Uint8Array([1, 2]));
    const bytes = await file.read(0, 2);
    await file.close();
    assert.ok(bytes instanceof realm.Uint8Array && !(bytes instanceof Uint8Array));
    assert.deepEqual([...bytes], [1, 2]);
  });
});
