import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Page } from "puppeteer-core";
import { aftermath, assertIsWhole } from "./aftermath.ts";
import type { Aftermath } from "./aftermath.ts";
import { KillableBrowser, executableOf } from "./browser.ts";
import type { Engine } from "./browser.ts";
import { FaultServer } from "./fault-server.ts";
import { cases, enginesOfTheLane, isSlowLane } from "./lane.ts";
import { faultCase } from "./matrix.ts";
import { Scene, chunkSize, chunksUnderWay } from "./scene.ts";
import type { ServedFile } from "./scene.ts";

/** How a file comes: in one answer, or in several ranges at once, which are of 1 MiB here. */
const ways = {
  "one answer": { size: 12 * chunkSize + 1000, page: "window" },
  ranges: { size: 72 * chunkSize + 1000, page: "ranges" },
} as const;
type Way = keyof typeof ways;

/** Who is killed while a download, or a commit, is under way. A storage worker is survived by its page; a lone tab may start none. */
type Victim = "tab" | "lone tab" | "worker" | "storage worker" | "browser";

for (const engine of enginesOfTheLane) {
  describe(`the model cache in ${engine}, killed`, function () {
    this.timeout(isSlowLane ? 0 : 600_000);
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

    for (const [victim, way] of [
      ["tab", "one answer"],
      ["tab", "ranges"],
      ["lone tab", "one answer"],
      ["lone tab", "ranges"],
      ["worker", "one answer"],
      ["storage worker", "one answer"],
      ["storage worker", "ranges"],
      ["browser", "one answer"],
      ["browser", "ranges"],
    ] as const) {
      const points = pointsOf(engine, victim, way);
      let earlier: ReturnType<typeof undisturbedRun> | undefined;
      const withoutAFault = () => (earlier ??= undisturbedRun(victim, way));
      const place = (what: string) => `${what}, ${way}`;

      for (const tears of [false, true]) {
        const count = tears ? Math.floor(points / 2) : points;
        if (count === 0) continue;
        it(`${victim}, ${way}: at ${tears ? "any write, in its middle" : "any operation on the disk"}`, async () => {
          const { undisturbed, operations } = await withoutAFault();
          for (const at of spread(operations, count)) {
            await faultCase(
              { fault: `${victim} killed`, place: place(tears ? "in a write" : "between writes"), engine },
              () =>
                killAt(victim, way, { stopsAt: at, tears }, undisturbed, `operation ${at} of ${operations}`),
            );
          }
        });
      }

      const count = Math.min(Math.floor(points / 2), 60);
      if (count === 0) continue;
      it(`${victim}, ${way}: at any byte of an answer`, async () => {
        const { undisturbed } = await withoutAFault();
        for (const at of spread(ways[way].size, count)) {
          await faultCase(
            { fault: `${victim} killed`, place: place("in the middle of a chunk"), engine },
            () => killAt(victim, way, { stopsAfter: at }, undisturbed, `byte ${at}`),
          );
        }
      });
    }

    async function newScene(way: Way): Promise<{ scene: Scene; origin: string; file: ServedFile }> {
      const scene = new Scene();
      const file = scene.add("file", ways[way].size);
      return { scene, file, origin: server.open(scene) };
    }

    /** What a run without a fault does and leaves. */
    async function undisturbedRun(
      victim: Victim,
      way: Way,
    ): Promise<{ undisturbed: Aftermath; operations: number }> {
      const { scene, origin, file } = await newScene(way);
      scene.isPaced = true;
      const page = await begin(victim, way, origin, file);
      await done(page);
      const operations = scene.operations.length;
      assert.ok(operations > 12, `${operations} operations`);
      await page.close();
      const later = await killable.browser.newPage();
      await later.goto(`${origin}/plain`);
      const undisturbed = await aftermath(later, file);
      await later.close();
      assert.equal(undisturbed.found, "whole");
      assert.equal(scene.requests > 1, way === "ranges");
      assert.equal(scene.bytesSent, ways[way].size, "no byte is fetched twice");
      return { undisturbed, operations };
    }

    async function killAt(
      victim: Victim,
      way: Way,
      stop: Partial<Pick<Scene, "stopsAt" | "stopsAfter" | "tears">>,
      undisturbed: Aftermath,
      what: string,
    ): Promise<void> {
      const { scene, origin, file } = await newScene(way);
      Object.assign(scene, stop, { isPaced: true });
      const page = await begin(victim, way, origin, file);
      await Promise.race([scene.stopped, done(page)]);
      await kill(victim, page);
      const { bytesSent, chunksWritten, requests } = scene;
      scene.goOn();
      if (victim === "storage worker") await done(page, /^(done|OperationError)$/);

      const later = await killable.browser.newPage();
      await later.goto(`${origin}/plain`);
      const found = await aftermath(later, file);
      await later.close();
      await page.close().catch(() => undefined);
      assertIsWhole(found, undisturbed, what);
      // Where there was nothing to go on with, a page that lives on has the file in its memory.
      if (requests === 0) return;
      // Of what was begun to be written, one chunk was not yet there, and of another its hash was not.
      const lost = bytesSent - Math.max(0, chunksWritten - 2) * chunkSize;
      assert.ok(lost <= (chunksUnderWay + 2) * chunkSize, what);
      const again = scene.bytesSent - ways[way].size;
      assert.ok(
        again <= lost,
        `${what}: ${again} bytes were fetched twice, and ${lost} were not on the disk`,
      );
    }

    /** Begins a download in a window or in a worker of one, which says in its title that it is done. */
    async function begin(victim: Victim, way: Way, origin: string, file: ServedFile): Promise<Page> {
      const page = await killable.browser.newPage();
      const name = `${victim === "lone tab" ? "lone-" : ""}${ways[way].page}`;
      await page.goto(`${origin}/${victim === "worker" ? "empty" : name}`);
      await page.evaluate(
        (descriptor, isInAWorker) => {
          const end = (what: string) => (document.title = what);
          if (isInAWorker) {
            const worker = new Worker("/worker.js");
            Object.assign(globalThis, { victim: worker });
            worker.onmessage = ({ data }) => end(String(data));
            worker.postMessage(descriptor);
          } else {
            const { modelCache } = navigator as unknown as {
              modelCache: { fetch(file: unknown): Promise<unknown> };
            };
            modelCache.fetch(descriptor).then(
              () => end("done"),
              (error: unknown) => end((error as Error).name),
            );
          }
        },
        file.descriptor,
        victim === "worker",
      );
      return page;
    }

    async function done(page: Page, how = /^done$/): Promise<void> {
      const handle = await page
        .waitForFunction(() => document.title, { timeout: 60_000, polling: 20 })
        .catch((error: unknown) => {
          if (how.test("OperationError")) throw error;
          return null;
        });
      if (handle !== null) assert.match(await handle.jsonValue(), how);
    }

    async function kill(victim: Victim, page: Page): Promise<void> {
      if (victim === "browser") {
        await killable.killAndStart();
        return;
      }
      if (victim === "worker") {
        await page.evaluate(() => {
          (globalThis as unknown as { victim: Worker }).victim.terminate();
        });
      }
      if (victim === "storage worker") {
        await page.evaluate(() => {
          for (const worker of (globalThis as unknown as { started: Worker[] }).started) worker.terminate();
        });
        // What they had asked for last comes to the server before this.
        await page.evaluate(async () => {
          await fetch("/empty");
        });
      } else await page.close();
    }
  });
}

/** How many points are tried: starting a browser costs seconds. */
function pointsOf(engine: Engine, victim: Victim, way: Way): number {
  const isOrdinary = engine === "chromium" && way === "one answer";
  if (victim === "browser") return cases(isOrdinary ? 1 : 0, engine === "chromium" ? 40 : 12);
  if (engine === "firefox") return cases(0, 100);
  return cases(isOrdinary && victim === "storage worker" ? 1 : 0, way === "ranges" ? 200 : 1000);
}

/** So many of the numbers from 0 to `last`, spread over all; the end is where a commit is. */
function spread(last: number, count: number): number[] {
  if (count >= last) return Array.from({ length: last }, (_, at) => at);
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 1) * (last - 1)) / count));
}
