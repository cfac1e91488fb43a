import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "mocha";
import type { Page } from "puppeteer-core";
import { root } from "../setup/where.mjs";
import { KillableBrowser, executableOf } from "./browser.ts";
import { faultCase } from "./matrix.ts";
import { PageProcesses } from "./processes.ts";
import { Random } from "./random.ts";

/** The part of the model cache that is used here. */
interface Cache {
  fetch(file: unknown): Promise<unknown>;
  match(digest: string): Promise<StoredFile | null>;
  keys(): Promise<string[]>;
  delete(digest: string): Promise<boolean>;
}

interface StoredFile {
  readonly size: number;
  read(into: Uint8Array, offset: number): Promise<void>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

const blockSize = 65536;
const block = new Random(3).bytes(blockSize);

/** Block `index` of a file that is made as it is sent: the same bytes, with its number at their head. */
function blockAt(index: number): Uint8Array<ArrayBuffer> {
  const bytes = block.slice();
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

function digestOfBlocks(count: number): string {
  const hash = createHash("sha256");
  for (let index = 0; index < count; index += 1) hash.update(blockAt(index));
  return `sha256-${hash.digest("base64")}`;
}

const smallFile = (index: number) => Buffer.from(`entry ${index}`);

describe("the model cache in chromium, with much", function () {
  this.timeout(0);
  let killable: KillableBrowser;
  let server: Server;
  let origin: string;
  let bytesSent = 0;

  before(async function () {
    if (executableOf("chromium") === null) {
      this.skip();
      return;
    }
    const polyfill = await readFile(path.join(root, "dist/polyfill.js"));
    server = createServer((request, response) => {
      const [, kind, number] = request.url!.split("/");
      if (kind === "page") {
        response
          .setHeader("Content-Type", "text/html")
          .end('<!doctype html><script src="/polyfill.js"></script>');
      } else if (kind === "polyfill.js") response.setHeader("Content-Type", "text/javascript").end(polyfill);
      else if (kind === "small") response.end(smallFile(Number(number)));
      else if (kind === "blocks") sendBlocks(Number(number) * blockSize, request.headers.range, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    killable = await KillableBrowser.start("chromium");
  });
  after(async () => {
    server?.closeAllConnections();
    server?.close();
    await killable?.dispose();
  });

  function sendBlocks(size: number, range: string | undefined, response: ServerResponse): void {
    const asked = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    const end = Math.min(Number(asked?.[2] ?? Infinity) + 1, size);
    let at = Number(asked?.[1] ?? 0);
    response.writeHead(asked === null ? 200 : 206, {
      "Content-Length": end - at,
      ...(asked !== null && { "Content-Range": `bytes ${at}-${end - 1}/${size}` }),
    });
    const more = (): void => {
      while (at < end) {
        const within = at % blockSize;
        const bytes = blockAt((at - within) / blockSize).subarray(within, within + end - at);
        at += bytes.length;
        bytesSent += bytes.length;
        if (!response.write(bytes)) return;
      }
      response.end();
    };
    response.on("drain", more);
    more();
  }

  async function open(): Promise<Page> {
    const page = await killable.browser.newPage();
    await page.goto(`${origin}/page`);
    return page;
  }

  /** Stores a file of so many blocks, reads all of it, and returns by how much each took more memory than before. */
  async function growth(blocks: number): Promise<{ storing: number; reading: number; seconds: number }> {
    const descriptor = {
      digest: digestOfBlocks(blocks),
      size: blocks * blockSize,
      urls: [`/blocks/${blocks}`],
    };
    const page = await open();
    const processes = new PageProcesses(killable.browser);
    const before = await processes.start();
    const started = performance.now();
    bytesSent = 0;
    await page.evaluate(async (file) => {
      await (navigator as unknown as { modelCache: Cache }).modelCache.fetch(file);
    }, descriptor);
    const seconds = (performance.now() - started) / 1000;
    const storing = (await processes.peak()) - before;
    assert.equal(bytesSent, descriptor.size, "no byte is fetched twice");

    await processes.start();
    const right = await page.evaluate(
      async (digest, length) => {
        const file = (await (navigator as unknown as { modelCache: Cache }).modelCache.match(digest))!;
        const bytes = new Uint8Array(64 * length);
        let count = 0;
        for (let offset = 0; offset < file.size; offset += bytes.length) {
          const part = bytes.subarray(0, Math.min(bytes.length, file.size - offset));
          await file.read(part, offset);
          for (let at = 0; at < part.length; at += length) {
            const number = new DataView(part.buffer, at).getUint32(0);
            if (number === (offset + at) / length) count += 1;
          }
        }
        return count;
      },
      descriptor.digest,
      blockSize,
    );
    const reading = (await processes.peak()) - before;
    assert.equal(right, blocks, "blocks in their places");
    await page.evaluate(async (digest) => {
      await (navigator as unknown as { modelCache: Cache }).modelCache.delete(digest);
    }, descriptor.digest);
    await page.close();
    return { storing, reading, seconds };
  }

  // On any other system nothing tells how much memory the processes of a page have used.
  const measured = process.platform === "linux" ? it : it.skip;
  measured("stores and reads a file of 3 GB without taking memory for it", async () => {
    await faultCase({ fault: "large file", place: "3 GB, stored and read", engine: "chromium" }, async () => {
      await growth(160);
      const small = await growth(Math.ceil(64e6 / blockSize));
      const large = await growth(Math.ceil(3e9 / blockSize));
      const mega = (count: number) => `${(count / 1e6).toFixed(0)} MB`;
      const told =
        `at its peak, 64 MB took ${mega(small.storing)} more to store and ${mega(small.reading)} to read; ` +
        `3 GB took ${mega(large.storing)} and ${mega(large.reading)}, and ${large.seconds.toFixed(1)} s to store`;
      console.log(`      ${told}`);
      const allowed = 256e6;
      assert.ok(large.storing < small.storing + allowed && large.reading < small.reading + allowed, told);
    });
  });

  it("keeps 10,000 entries", async () => {
    const count = 10_000;
    await faultCase({ fault: "many entries", place: `${count} entries`, engine: "chromium" }, async () => {
      const files = Array.from({ length: count }, (_, index) => ({
        digest: `sha256-${createHash("sha256").update(smallFile(index)).digest("base64")}`,
        size: smallFile(index).length,
        urls: [`/small/${index}`],
      }));
      const page = await open();
      const started = performance.now();
      for (let from = 0; from < count; from += 100) {
        await page.evaluate(
          async (some) => {
            const cache = (navigator as unknown as { modelCache: Cache }).modelCache;
            await Promise.all(some.map((file) => cache.fetch(file)));
          },
          files.slice(from, from + 100),
        );
      }
      const stored = performance.now();
      await page.close();

      const later = await open();
      const digests = files.map(({ digest }) => digest);
      const { keys, texts, seconds } = await later.evaluate(
        async (some) => {
          const cache = (navigator as unknown as { modelCache: Cache }).modelCache;
          const began = performance.now();
          const all = await cache.keys();
          const took = (performance.now() - began) / 1000;
          const read = await Promise.all(
            some.map(async (digest) =>
              new TextDecoder().decode(await (await cache.match(digest))!.arrayBuffer()),
            ),
          );
          return { keys: all, texts: read, seconds: took };
        },
        [0, Math.floor(count / 2), count - 1].map((index) => digests[index]!),
      );
      for (let from = 0; from < count; from += 100) {
        await later.evaluate(
          async (some) => {
            const cache = (navigator as unknown as { modelCache: Cache }).modelCache;
            await Promise.all(some.map((digest) => cache.delete(digest)));
          },
          digests.slice(from, from + 100),
        );
      }
      const left = await later.evaluate(() =>
        (navigator as unknown as { modelCache: Cache }).modelCache.keys(),
      );
      await later.close();
      console.log(
        `      ${count} entries: ${((stored - started) / count).toFixed(2)} ms each to fetch and store, keys() ${seconds.toFixed(2)} s`,
      );
      assert.deepEqual(keys, digests.toSorted());
      assert.deepEqual(texts, ["entry 0", `entry ${Math.floor(count / 2)}`, `entry ${count - 1}`]);
      assert.deepEqual(left, []);
    });
  });
});
