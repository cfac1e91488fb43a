import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { download } from "./download.ts";
import { LockError, TooLargeError } from "./lock-error.ts";
import { untold } from "./progress-bar.ts";
import { RangedServer } from "./ranged-server.test.ts";

const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 31 + (index >> 8)) % 251);

describe("a download of a source", () => {
  let folder: string;
  let server: RangedServer;
  let url: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "download-"));
    server = new RangedServer();
    server.files.set("/file", bytes);
    url = `${await server.start()}/file`;
  });
  afterEach(async () => {
    server.stop();
    await rm(folder, { recursive: true });
  });

  const name = () => path.join(folder, "it");
  const get = async () => new Uint8Array(await readFile((await download(url, name(), untold)).path));

  /** The process ends as soon as so many bytes have come: what is on the disk is all that is left of it. */
  async function isCutAfter(count: number): Promise<void> {
    let come = 0;
    const cut = {
      expect: () => {},
      add: (added: number) => {
        come += added;
        if (come >= count) throw new Error("cut");
      },
    };
    await assert.rejects(download(url, name(), cut), /^Error: cut$/);
    server.requests.length = 0;
  }

  it("goes on by itself where a connection broke", async () => {
    server.breaksAfter = 1_000_000;
    assert.deepEqual(await get(), bytes);
    const starts = server.requests.map(({ range = "bytes=0-" }) => Number(/\d+/.exec(range)![0]));
    assert.ok(starts.length >= 3, "it broke at least twice");
    for (const [index, start] of starts.entries()) {
      assert.equal(server.requests[index]!.status, index === 0 ? 200 : 206);
      assert.ok(index === 0 || start > starts[index - 1]!, starts.join(", "));
    }
  });

  it("goes on where an earlier process ended, and asks for the rest alone", async () => {
    await isCutAfter(2_000_000);
    assert.deepEqual(await get(), bytes);
    assert.equal(server.requests.length, 1);
    assert.equal(server.requests[0]!.status, 206);
    assert.ok(server.bytesSent <= bytes.length - 2_000_000 + 2 ** 20, `${server.bytesSent} bytes`);
  });

  it("asks whether what is complete is still what the server has", async () => {
    await get();
    server.requests.length = 0;
    assert.deepEqual(await get(), bytes);
    assert.deepEqual(
      server.requests.map(({ status }) => status),
      [304],
    );
    server.tag = '"two"';
    server.files.set("/file", bytes.subarray(5));
    assert.deepEqual(await get(), bytes.subarray(5));
  });

  it("keeps no byte of a content that is another now", async () => {
    await isCutAfter(2_000_000);
    server.tag = '"two"';
    server.files.set("/file", bytes.toReversed());
    assert.deepEqual(await get(), bytes.toReversed());
  });

  it("keeps no byte that the disk has changed", async () => {
    await isCutAfter(2_200_000);
    const kept = await readFile(`${name()}.bytes`);
    kept[1_048_576 + 7]! ^= 1;
    await writeFile(`${name()}.bytes`, kept);
    assert.deepEqual(await get(), bytes);
    assert.equal(server.requests[0]!.range, "bytes=1048576-");
  });

  it("takes a journal that was torn for what can be read of it", async () => {
    await isCutAfter(2_200_000);
    const journal = await readFile(`${name()}.journal`, "utf8");
    for (let length = 0; length <= journal.length; length += 7) {
      await writeFile(`${name()}.journal`, journal.slice(0, length));
      assert.deepEqual(await get(), bytes, `${length} characters`);
    }
  });

  it("starts again where the server names nothing, or honours no ranges", async () => {
    server.tag = null;
    await isCutAfter(2_000_000);
    assert.deepEqual(await get(), bytes);
    server.tag = '"one"';
    await rm(name() + ".journal");
    await isCutAfter(2_000_000);
    server.ignoresRanges = true;
    assert.deepEqual(await get(), bytes);
    assert.equal(server.requests.at(-1)!.status, 200);
  });

  it("says what to do when it breaks off for good, and leaves what has come", async () => {
    server.tag = null;
    server.breaksAfter = 1_500_000;
    await assert.rejects(get(), /broke off after [1-9]\d* bytes. Run the same command again/);
    assert.deepEqual((await readdir(folder)).toSorted(), ["it.bytes", "it.journal"]);
  });

  it("takes no part that it did not ask for", async () => {
    server.sendsParts = true;
    await assert.rejects(get(), (error) => error instanceof LockError && /answers 206/.test(error.message));
    assert.equal(server.requests.length, 1);
  });

  it("starts again once, and no more", async () => {
    server.breaksAfter = 1_000_000;
    server.shift = 1;
    await assert.rejects(get(), /other ranges than were asked for/);
    assert.deepEqual(
      server.requests.map(({ status }) => status),
      [200, 206, 200, 206],
    );
  });

  it("takes as many bytes as there may be, and ends where there are more", async () => {
    assert.equal((await download(url, name(), untold, bytes.length)).path, `${name()}.bytes`);
    await rm(`${name()}.journal`);
    for (const largest of [0, 1000, bytes.length - 1]) {
      await assert.rejects(
        download(url, name(), untold, largest),
        (error) =>
          error instanceof TooLargeError && error.message === `${url}: has more than ${largest} bytes.`,
      );
      assert.deepEqual(await readdir(folder), [], "nothing is left of it");
    }
    await isCutAfter(2_000_000);
    await assert.rejects(download(url, name(), untold, bytes.length - 1), TooLargeError);
    assert.equal(server.requests[0]!.status, 206);
  });

  it("follows no link that lies where it writes", async () => {
    const theirs = path.join(folder, "theirs");
    await writeFile(theirs, "words");
    for (const ending of ["bytes", "journal"]) {
      await symlink(theirs, `${name()}.${ending}`);
      await assert.rejects(get(), LockError);
      assert.equal(await readFile(theirs, "utf8"), "words");
      await rm(`${name()}.${ending}`);
    }
    // Nor where it takes up what an earlier process left.
    await isCutAfter(2_000_000);
    const kept = await readFile(`${name()}.bytes`);
    await rm(`${name()}.bytes`);
    await writeFile(theirs, kept);
    await symlink(theirs, `${name()}.bytes`);
    await assert.rejects(get(), /it\.bytes: cannot be opened as a file of its own/);
    assert.deepEqual(await readFile(theirs), kept);
  });
});
