import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Page } from "puppeteer-core";
import { aftermath, assertIsWhole } from "./aftermath.ts";
import { KillableBrowser, executableOf } from "./browser.ts";
import { FaultServer } from "./fault-server.ts";
import { cases } from "./lane.ts";
import { faultCase } from "./matrix.ts";
import { Scene, chunkSize } from "./scene.ts";
import type { ServedFile } from "./scene.ts";

/** Where there is no worker, a file of this length stands in segments. */
const size = 40 * chunkSize + 1000;

describe("the model cache in chromium, on a full disk", function () {
  this.timeout(600_000);
  const server = new FaultServer();
  let killable: KillableBrowser;

  before(async function () {
    if (executableOf("chromium") === null) {
      this.skip();
      return;
    }
    await server.start();
    killable = await KillableBrowser.start("chromium");
  });
  after(async () => {
    server.stop();
    await killable?.dispose();
  });

  for (const [who, name] of [
    ["with a worker", "plain"],
    ["that may start no worker", "lone-plain"],
  ] as const) {
    it(`gives a page ${who} the file from memory, leaves nothing behind, and stores it when there is room`, async () => {
      const undisturbed = await aWholeRun();
      const count = cases(2, 26);
      const quotas = Array.from({ length: count }, (_, index) =>
        Math.floor(1 + (index * size * 1.1) / count),
      );
      for (const quota of quotas) {
        await faultCase(
          { fault: "full disk", place: "download and commit", engine: "chromium" },
          async () => {
            const scene = new Scene();
            const file = scene.add("file", size);
            const origin = server.open(scene);
            const page = await killable.browser.newPage();
            await page.goto(`${origin}/${name}`);
            await setQuota(page, origin, quota);
            assert.equal(await fetchAndHash(page, file), file.descriptor.digest, `${quota} bytes of room`);
            assert.equal(scene.bytesSent, size, `${quota} bytes of room: no byte is fetched twice`);
            await page.close();

            const later = await killable.browser.newPage();
            await later.goto(`${origin}/plain`);
            await setQuota(later, origin, null);
            const found = await aftermath(later, file);
            if (quota < size) assert.equal(found.found, "nothing", `${quota} bytes of room`);
            assertIsWhole(found, undisturbed, `${quota} bytes of room`);
            await later.close();
          },
        );
      }
    });
  }

  async function aWholeRun() {
    const scene = new Scene();
    const file = scene.add("file", size);
    const page = await killable.browser.newPage();
    await page.goto(`${server.open(scene)}/plain`);
    const found = await aftermath(page, file);
    await page.close();
    return found;
  }
});

/** How many bytes an origin may store; null for as many as the browser itself grants. */
async function setQuota(page: Page, origin: string, quota: number | null): Promise<void> {
  const session = await page.createCDPSession();
  await session.send("Storage.overrideQuotaForOrigin", {
    origin,
    ...(quota !== null && { quotaSize: quota }),
  });
}

function fetchAndHash(page: Page, { descriptor }: ServedFile): Promise<string> {
  return page.evaluate(async (file) => {
    interface Cache {
      fetch(file: unknown): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;
    }
    const stored = await (navigator as unknown as { modelCache: Cache }).modelCache.fetch(file);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await stored.arrayBuffer()));
    return `sha256-${btoa(String.fromCharCode(...hash))}`;
  }, descriptor);
}
