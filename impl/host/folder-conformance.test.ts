import assert from "node:assert/strict";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Folder, OpenFile } from "./host.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

/** What every folder promises, for the tests of each kind of folder. `make` gives an empty one. */
export function describeFolder(kind: string, make: () => Promise<Folder>): void {
  describe(`${kind} is a folder`, () => {
    let folder: Folder;
    const opened: OpenFile[] = [];

    beforeEach(async () => {
      folder = await make();
    });
    afterEach(async () => {
      for (const file of opened.splice(0)) await file.close();
    });

    async function write(name: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
      const file = await folder.create(name);
      await file.write(0, content);
      await file.close();
    }

    async function read(name: string): Promise<Uint8Array | null> {
      const file = await folder.open(name, "read");
      if (file === null) return null;
      const content = await file.read(0, 2 ** 20);
      await file.close();
      return content;
    }

    it("is empty at first", async () => {
      assert.deepEqual(await folder.names(), []);
      assert.equal(await folder.size("a"), null);
      assert.equal(await folder.open("a", "read"), null);
      assert.equal(await folder.open("a", "write"), null);
    });

    it("keeps what was written", async () => {
      await write("a", bytes(1, 2, 3));
      assert.deepEqual(await read("a"), bytes(1, 2, 3));
      assert.deepEqual(await folder.names(), ["a"]);
      assert.equal(await folder.size("a"), 3);
    });

    it("takes every character that a name may have", async () => {
      const name = "Ab0-_.c";
      await write(name, bytes(1));
      assert.deepEqual(await folder.names(), [name]);
    });

    it("replaces a file that is created again", async () => {
      await write("a", bytes(1, 2, 3));
      await write("a", bytes(4));
      assert.deepEqual(await read("a"), bytes(4));
    });

    it("reads fewer bytes only at the end", async () => {
      await write("a", bytes(1, 2, 3));
      const file = (await folder.open("a", "read"))!;
      opened.push(file);
      assert.deepEqual(await file.read(1, 1), bytes(2));
      assert.deepEqual(await file.read(2, 10), bytes(3));
      assert.deepEqual(await file.read(3, 10), bytes());
      assert.deepEqual(await file.read(9, 10), bytes());
    });

    it("gives each read a buffer of its own", async () => {
      await write("a", bytes(1, 2, 3));
      const file = (await folder.open("a", "read"))!;
      opened.push(file);
      const first = await file.read(0, 2);
      assert.equal(first.buffer.byteLength, 2);
      first.fill(9);
      assert.deepEqual(await file.read(0, 2), bytes(1, 2));
    });

    it("writes a part of the bytes of a buffer", async () => {
      await write("a", bytes(0, 1, 2, 3).subarray(1, 3));
      assert.deepEqual(await read("a"), bytes(1, 2));
    });

    it("fills a gap with zeros, also after it was cut off", async () => {
      const file = await folder.create("a");
      opened.push(file);
      await file.write(0, bytes(1, 2, 3, 4));
      await file.truncate(1);
      assert.equal(await file.size(), 1);
      await file.write(3, bytes(9));
      await file.truncate(6);
      assert.deepEqual(await file.read(0, 10), bytes(1, 0, 0, 9, 0, 0));
    });

    it("goes on with a file that is opened to write", async () => {
      await write("a", bytes(1, 2, 3));
      const file = (await folder.open("a", "write"))!;
      await file.write(2, bytes(7, 8));
      await file.close();
      assert.deepEqual(await read("a"), bytes(1, 2, 7, 8));
    });

    it("renames over another file", async () => {
      await write("a", bytes(1));
      await write("b", bytes(2));
      await folder.rename("a", "b");
      assert.deepEqual(await folder.names(), ["b"]);
      assert.deepEqual(await read("b"), bytes(1));
      await assert.rejects(folder.rename("a", "b"));
    });

    it("removes a file, or none", async () => {
      await write("a", bytes(1));
      await folder.remove("a");
      await folder.remove("a");
      assert.deepEqual(await folder.names(), []);
    });

    it("has many readers at a time, and a writer only alone", async () => {
      await write("a", bytes(1));
      const order: string[] = [];
      const readers = [(await folder.open("a", "read"))!, (await folder.open("a", "read"))!];
      const writing = folder.open("a", "write").then(async (file) => {
        order.push("writer");
        await file!.write(0, bytes(5));
        await file!.close();
      });
      const removing = folder.remove("a").then(() => order.push("removed"));
      for (const reader of readers) {
        assert.deepEqual(await reader.read(0, 1), bytes(1));
        order.push("read");
        await reader.close();
      }
      await Promise.all([writing, removing]);
      assert.deepEqual(order, ["read", "read", "writer", "removed"]);
    });

    it("is a file like an array is", async () => {
      const operation = fc.oneof(
        fc.record({ write: fc.nat(300_000), length: fc.nat(300_000), fill: fc.nat(255) }),
        fc.record({ truncate: fc.nat(400_000) }),
        fc.record({ read: fc.nat(400_000), length: fc.nat(300_000) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { maxLength: 8 }), async (operations) => {
          const file = await folder.create("a");
          let model = Buffer.alloc(0);
          const grownTo = (size: number) =>
            Buffer.concat([model, Buffer.alloc(Math.max(0, size - model.length))]);
          try {
            for (const each of operations) {
              if ("write" in each) {
                const content = new Uint8Array(each.length).fill(each.fill);
                if (each.length > 0) model = grownTo(each.write + each.length);
                model.set(content, Math.min(each.write, model.length - each.length));
                await file.write(each.write, content);
              } else if ("truncate" in each) {
                model = grownTo(each.truncate).subarray(0, each.truncate);
                await file.truncate(each.truncate);
              } else {
                const expected = model.subarray(each.read, each.read + each.length);
                assert.ok(expected.equals(await file.read(each.read, each.length)));
              }
              assert.equal(await file.size(), model.length);
            }
          } finally {
            await file.close();
          }
        }),
        { numRuns: 25 },
      );
    });
  });
}
