import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Page } from "puppeteer-core";
import { aftermath, assertIsWhole } from "./aftermath.ts";
import type { Aftermath } from "./aftermath.ts";
import { KillableBrowser, executableOf } from "./browser.ts";
import { FaultServer } from "./fault-server.ts";
import { cases, enginesOfTheLane, isSlowLane, seed } from "./lane.ts";
import { faultCase } from "./matrix.ts";
import { Random } from "./random.ts";
import { Scene, chunkSize } from "./scene.ts";
import type { ServedFile } from "./scene.ts";

const size = 5 * chunkSize + 7;

/** What a tab does, all at once with what the others do. */
type Command = "fetch" | "read" | "delete" | "abort" | "clear";

for (const engine of enginesOfTheLane) {
  describe(`the model cache in ${engine}, with two tabs that race (SEED=${seed})`, function () {
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

    it("gives the right bytes or a typed error, and stays whole", async () => {
      const scene = new Scene();
      const file = scene.add("file", size);
      const origin = server.open(scene);
      const tabs = [await open(origin), await open(origin)];
      const undisturbed = await aftermath(tabs[0]!, file);
      for (let round = 0; round < cases(2, 200); round += 1) {
        const random = new Random(seed + round);
        const commands = tabs.map(() =>
          Array.from({ length: 6 }, () =>
            random.pick<Command>(["fetch", "fetch", "fetch", "read", "delete", "abort", "clear"]),
          ),
        );
        const what = `SEED=${seed + round}: ${commands.map((each) => each.join(" ")).join(" | ")}`;
        await faultCase({ fault: "race", place: "fetch, read, delete, abort, clear", engine }, () =>
          race(tabs, () => open(origin), commands, file, scene, undisturbed, what),
        );
      }
      for (const tab of tabs) await tab.close();
    });

    async function open(origin: string): Promise<Page> {
      const page = await killable.browser.newPage();
      await page.goto(`${origin}/plain`);
      return page;
    }
  });
}

async function race(
  tabs: readonly Page[],
  open: () => Promise<Page>,
  commands: readonly (readonly Command[])[],
  file: ServedFile,
  scene: Scene,
  undisturbed: Aftermath,
  what: string,
): Promise<void> {
  const before = scene.bytesSent;
  const outcomes = (
    await Promise.all(tabs.map((tab, index) => runInTab(tab, file, commands[index]!)))
  ).flat();
  for (const outcome of outcomes) {
    assert.match(outcome, /^(right|nothing|true|false|cleared|AbortError|NotFoundError)$/, what);
  }
  // Where it was cleared away under a tab's hands, that tab has it in its memory: another one tells what there is.
  const later = await open();
  const found = await aftermath(later, file);
  await later.close();
  // A tab can still have a file whose deletion overtook its reading.
  assertIsWhole(
    { ...found, found: found.found.startsWith("NotFoundError") ? "nothing" : found.found },
    undisturbed,
    what,
  );
  // What was deleted, cleared or aborted is fetched again, and nothing else.
  const lost = commands.flat().filter((command) => /delete|clear|abort/.test(command)).length;
  assert.ok(scene.bytesSent - before <= (2 * lost + 2) * size, `${what}: ${scene.bytesSent - before} bytes`);
}

function runInTab(tab: Page, { descriptor }: ServedFile, commands: readonly Command[]): Promise<string[]> {
  return tab.evaluate(
    async (file, digest, list) => {
      interface Stored {
        arrayBuffer(): Promise<ArrayBuffer>;
      }
      interface Cache {
        fetch(file: unknown, options?: { signal: AbortSignal }): Promise<Stored>;
        match(digest: string): Promise<Stored | null>;
        delete(digest: string): Promise<boolean>;
      }
      const cache = (navigator as unknown as { modelCache: Cache }).modelCache;
      const judge = async (stored: Stored | null) => {
        if (stored === null) return "nothing";
        const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await stored.arrayBuffer()));
        return `sha256-${btoa(String.fromCharCode(...hash))}` === digest ? "right" : "other bytes";
      };
      const clear = async () => {
        const root = await navigator.storage.getDirectory();
        const folder = root as unknown as { keys(): AsyncIterable<string> };
        const names: string[] = [];
        for await (const name of folder.keys()) names.push(name);
        // What somebody has open stays.
        for (const name of names) await root.removeEntry(name, { recursive: true }).catch(() => undefined);
        return "cleared";
      };
      const aborted = async () => {
        const controller = new AbortController();
        const fetching = cache.fetch(file, { signal: controller.signal });
        const ended = fetching.then(judge);
        await cache.match(digest);
        controller.abort();
        return ended;
      };
      const run = (command: string): Promise<string> => {
        if (command === "fetch") return cache.fetch(file).then(judge);
        if (command === "read") return cache.match(digest).then(judge);
        if (command === "delete") return cache.delete(digest).then(String);
        return command === "abort" ? aborted() : clear();
      };
      return Promise.all(
        list.map((command) =>
          run(command).catch((error: unknown) =>
            error instanceof DOMException ? error.name : `${command}: ${String(error)}`,
          ),
        ),
      );
    },
    descriptor,
    descriptor.digest,
    commands,
  );
}
