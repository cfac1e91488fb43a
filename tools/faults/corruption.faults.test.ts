import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import type { Page } from "puppeteer-core";
import { aftermath, assertIsWhole } from "./aftermath.ts";
import { KillableBrowser, executableOf } from "./browser.ts";
import { FaultServer } from "./fault-server.ts";
import { seed } from "./lane.ts";
import { faultCase } from "./matrix.ts";
import { Random } from "./random.ts";
import { Scene, chunkSize } from "./scene.ts";
import type { ServedFile } from "./scene.ts";

const size = 6 * chunkSize + 1000;

for (const engine of ["chromium", "firefox"] as const) {
  describe(`the model cache in ${engine}, with bytes that were changed (SEED=${seed})`, function () {
    this.timeout(600_000);
    const server = new FaultServer();
    let killable: KillableBrowser;

    before(async function () {
      if (executableOf(engine) === null) {
        this.skip();
        return;
      }
      await server.start();
      killable = await KillableBrowser.start(engine);
    });
    after(async () => {
      server.stop();
      await killable?.dispose();
    });

    async function open(origin: string): Promise<Page> {
      const page = await killable.browser.newPage();
      await page.goto(`${origin}/plain`);
      return page;
    }

    for (const table of [true, false]) {
      const place = table ? "on the wire, with a chunk table" : "on the wire, without a chunk table";
      it(`${place}: fetches again what came wrong`, async () => {
        const { undisturbed } = await aStoredFile(table);
        for (let number = 0; number < 60; number += 1) {
          await faultCase({ fault: "flipped byte", place, engine }, async () => {
            const random = new Random(seed + number);
            const at = random.below(size);
            const scene = new Scene();
            const file = scene.add("file", size, { table });
            const flipped = flipping(at, 1 << random.below(8));
            scene.onTheWay = flipped;
            const page = await open(server.open(scene));
            const outcome = await outcomeOf(page, file);
            assert.match(outcome, /^(right|DataError)$/, `byte ${at}`);
            const wasted = scene.bytesSent;
            scene.onTheWay = (bytes) => bytes;
            assertIsWhole(await aftermath(page, file), undisturbed, `byte ${at}`);
            // With a table, what was right is kept.
            const again = table ? size - Math.floor(at / chunkSize) * chunkSize : size;
            assert.ok(
              scene.bytesSent <= wasted + again,
              `byte ${at}: ${wasted} and then ${scene.bytesSent} bytes`,
            );
            await page.close();
          });
        }
      });
    }

    it("in a chunk table: does without it", async () => {
      const { undisturbed } = await aStoredFile(true);
      for (let number = 0; number < 30; number += 1) {
        await faultCase({ fault: "flipped byte", place: "chunk table", engine }, async () => {
          const random = new Random(seed + number);
          const scene = new Scene();
          const file = scene.add("file", size, { table: true });
          const table = scene.files.get("/file.chunks")!;
          const at = random.below(table.length);
          table[at]! ^= 1 << random.below(8);
          const page = await open(server.open(scene));
          assertIsWhole(await aftermath(page, file), undisturbed, `byte ${at} of the table`);
          assert.equal(scene.bytesSent, size);
          await page.close();
        });
      }
    });

    it("on the disk, by another page: finds it at the next read, and fetches that chunk alone", async () => {
      for (let number = 0; number < 80; number += 1) {
        await faultCase(
          { fault: "flipped byte", place: "on the disk, while it is used", engine },
          async () => {
            const { scene, file, page, undisturbed } = await aStoredFile(false);
            const random = new Random(seed + number);
            const name = random.pick(undisturbed.names);
            const what = `SEED=${seed + number}: ${name}`;
            const before = scene.bytesSent;
            await flipInOrigin(page, name, random.next(), 1 << random.below(8));
            await heals(page, file, undisturbed, what);
            const again = name.endsWith(".hashes") ? size : chunkSize;
            assert.ok(scene.bytesSent - before <= again, `${what}: ${scene.bytesSent - before} bytes again`);
            await page.close();
          },
        );
      }
    });

    it("on the disk, while the browser is closed: the same", async () => {
      for (let number = 0; number < 6; number += 1) {
        await faultCase({ fault: "flipped byte", place: "on the disk, while closed", engine }, async () => {
          const { scene, file, page, undisturbed, origin } = await aStoredFile(false);
          await page.close();
          const before = scene.bytesSent;
          await killable.kill();
          const stored = await fileThatHolds(killable.profile, file.bytes);
          const bytes = await readFile(stored);
          const at = new Random(seed + number).below(size);
          bytes[at]! ^= 0xff;
          await writeFile(stored, bytes);
          await killable.start();
          const later = await open(origin);
          await heals(later, file, undisturbed, `byte ${at} of ${stored}`);
          assert.ok(
            scene.bytesSent - before <= chunkSize,
            `byte ${at}: ${scene.bytesSent - before} bytes again`,
          );
          await later.close();
        });
      }
    });

    /** Reads give the right bytes or say that they are gone; then one fetch makes all well. */
    async function heals(
      page: Page,
      file: ServedFile,
      undisturbed: Awaited<ReturnType<typeof aftermath>>,
      what: string,
    ): Promise<void> {
      const found = await aftermath(page, file);
      const isFound = found.found.startsWith("NotFoundError");
      assertIsWhole({ ...found, found: isFound ? "nothing" : found.found }, undisturbed, what);
    }

    async function aStoredFile(table: boolean) {
      const scene = new Scene();
      const file = scene.add("file", size, { table });
      const origin = server.open(scene);
      const page = await open(origin);
      const undisturbed = await aftermath(page, file);
      assert.equal(await outcomeOf(page, file), "right");
      return { scene, file, page, undisturbed, origin };
    }
  });
}

function flipping(at: number, bits: number): Scene["onTheWay"] {
  return (bytes, offset) => {
    if (offset < 0 || at < offset || at >= offset + bytes.length) return bytes;
    const flipped = bytes.slice();
    flipped[at - offset]! ^= bits;
    return flipped;
  };
}

function outcomeOf(page: Page, { descriptor }: ServedFile): Promise<string> {
  return page.evaluate(async (file) => {
    interface Cache {
      fetch(file: unknown): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;
    }
    try {
      const stored = await (navigator as unknown as { modelCache: Cache }).modelCache.fetch(file);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await stored.arrayBuffer()));
      return `sha256-${btoa(String.fromCharCode(...hash))}` === file.digest ? "right" : "other bytes";
    } catch (error) {
      return (error as Error).name;
    }
  }, descriptor);
}

/** Changes a byte of a file that the origin has stored, as a disk might. */
function flipInOrigin(page: Page, name: string, at: number, bits: number): Promise<void> {
  return page.evaluate(
    async (way, position, mask) => {
      let folder = await navigator.storage.getDirectory();
      for (const part of way.slice(0, -1)) folder = await folder.getDirectoryHandle(part);
      const handle = await folder.getFileHandle(way.at(-1)!);
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      bytes[position % bytes.length]! ^= mask;
      const writable = await handle.createWritable();
      await writable.write(bytes);
      await writable.close();
    },
    name.split("/"),
    at,
    bits,
  );
}

/** The file of a profile that has these bytes. */
async function fileThatHolds(profile: string, bytes: Uint8Array): Promise<string> {
  for (const entry of await readdir(profile, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file).catch(() => null);
    if (content !== null && content.length >= bytes.length && content.subarray(0, bytes.length).equals(bytes))
      return file;
  }
  throw new Error(`${profile} holds no file with these bytes.`);
}
