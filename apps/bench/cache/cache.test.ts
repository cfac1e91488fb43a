import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { chromiumExecutable, root } from "../../../tools/setup/where.mjs";
import { Laboratory } from "../harness/laboratory.ts";
import { watchMemory } from "../harness/memory-watch.ts";
import { memoryCanBeMeasured } from "../harness/processes.ts";
import { armNames } from "./arms.ts";
import { inCleanStorage, withArm } from "./cache-pages.ts";
import { fileAt, makeFiles } from "./files.ts";
import type { Files } from "./files.ts";
import { measureTransfers } from "./transfers.ts";

describe("the benchmark of the cache", function () {
  let files: Files;
  let laboratory: Laboratory;
  const file = () => fileAt(laboratory.origin, files.generated.get(1)!);

  before(async function () {
    const isBuilt = existsSync(path.join(root, "dist/cache.js"));
    if (chromiumExecutable() === null || !isBuilt) return this.skip();
    files = await makeFiles("cache-test", [1], 1);
    laboratory = await Laboratory.open(files.folder, "chromium");
  });
  after(() => laboratory?.close());

  it("has arms that bring a file, find it again, and have nothing left of it afterwards", async () => {
    const { server } = laboratory;
    const sent = async (steps: () => Promise<unknown>) => {
      await server.begin();
      await steps();
      return (await server.tally()).bytes;
    };
    for (const arm of armNames) {
      for (const time of ["first", "second"]) {
        await inCleanStorage(laboratory, arm, () =>
          withArm(laboratory, arm, async (page) => {
            assert.equal(await sent(() => page.run("cold", file())), 1 << 20, `${arm}, the ${time} time`);
            if (arm !== "fetch") assert.equal(await sent(() => page.run("warm", file())), 0, arm);
          }),
        );
      }
    }
  });

  it("notices bytes that are not those of the file", async () => {
    const other = { ...file(), samples: [[0, 256]] as const };
    await withArm(laboratory, "fetch", async (page) => {
      await assert.rejects(page.run("cold", other), /What came is not the file/);
    });
  });

  it("watches the memory of the page", async function () {
    if (!memoryCanBeMeasured) this.skip();
    await withArm(laboratory, "fetch", async (page) => {
      const peak = await watchMemory(laboratory.processId, () => page.run("cold", file()));
      assert.ok(peak.page >= 1 << 20, JSON.stringify(peak));
    });
  });

  it("counts what a line that drops costs", async () => {
    const failures: string[] = [];
    const measuring = {
      laboratory,
      files: new Map([[1, file()]]),
      seed: 1,
      say: () => undefined,
      failures,
      hasTime: () => true,
    };
    const transfers = await measureTransfers(measuring, 1, ["cache-api"], 1);
    assert.deepEqual(failures, []);
    const { bytes, pages } = transfers.get("cache-api")!;
    assert.deepEqual([...pages], [4]);
    assert.deepEqual([...bytes], [3 * Math.round(0.3 * (1 << 20)) + (1 << 20)]);
  });
});
