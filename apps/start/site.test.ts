import { after, describe, it } from "mocha";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../../tools/setup/where.mjs";
import type { Exchange } from "../server/exchange.ts";
import { createServer } from "../server/server.ts";
import { browsersHere, newProfile, startBrowser } from "./browser.ts";
import { Visit } from "./visit.ts";

describe("the published site", () => {
  const leftovers: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const dispose of leftovers.toReversed()) await dispose();
  });

  /** Makes the site of the bundles that are here and of a text that is not. */
  async function makeSite(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), "hybrid-ai-site-"));
    leftovers.push(() => rm(folder, { recursive: true }));
    await mkdir(path.join(folder, "build/room"), { recursive: true });
    await writeFile(path.join(folder, "build/index.html"), "<!doctype html>");
    await mkdir(path.join(folder, "tools/build"), { recursive: true });
    await cp(path.join(root, "tools/build/site.sh"), path.join(folder, "tools/build/site.sh"));
    for (const name of ["dist", "models"]) await symlink(path.join(root, name), path.join(folder, name));
    const { status, stderr } = spawnSync("bash", [path.join(folder, "tools/build/site.sh"), "site"], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return path.join(folder, "site");
  }

  it("has a demo that reads on the device alone, and asks no server to", async function () {
    this.timeout(600_000);
    const [browser] = browsersHere();
    if (browser === undefined || process.platform === "win32") return this.skip();
    const site = await makeSite();
    const exchanges: Exchange[] = [];
    const server = await createServer({
      folders: {
        "/demo/": path.join(site, "demo"),
        "/dist/": path.join(site, "dist"),
        "/models/": path.join(root, "models"),
      },
      models: null,
      onExchange: (exchange) => exchanges.push(exchange),
    });
    leftovers.push(() => server.close());
    const profile = await newProfile();
    leftovers.push(() => profile.dispose());
    const running = await startBrowser(browser, profile);
    leftovers.push(() => running.close());

    const visit = await Visit.begin(running, `${server.url}/demo/`, null, () => exchanges);
    assert.equal(await visit.shows("#server"), false);
    await visit.press("read");
    const [reading] = await visit.readings(1);
    assert.match(reading!.sentence, /^Read on this device .* Nothing left it\.$/);
    assert.deepEqual(
      exchanges.map((exchange) => exchange.path).filter((each) => each.startsWith("/v2")),
      [],
    );
  });
});
