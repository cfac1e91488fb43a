/** The part of Chromium and Firefox that is one: puppeteer. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, TimeoutError } from "puppeteer-core";
import type { Browser, LaunchOptions } from "puppeteer-core";
import { browserLimits } from "../../../tools/setup/where.mjs";
import type { Target } from "../target.ts";
import { withResults, withoutResults } from "../results.ts";
import type { PageResult } from "../results.ts";

/** Each page has a context of its own, so that no page finds what another has stored. */
export async function launchBrowser(options: LaunchOptions): Promise<Target> {
  const profile = await mkdtemp(join(tmpdir(), "hybrid-ai-wpt-"));
  const start = () => launch({ ...browserLimits, ...options, headless: true, userDataDir: profile });
  let browser = await start();
  return {
    version: await browser.version(),
    kinds: ["window", "dedicatedworker"],
    async run(url, timeout) {
      if (!browser.connected) browser = await start();
      return runPage(browser, url, timeout);
    },
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function runPage(browser: Browser, url: string, timeout: number): Promise<PageResult> {
  const errors: string[] = [];
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(error instanceof Error ? error.message : String(error)));
    const died = new Promise<never>((_, reject) => page.once("error", reject));
    died.catch(() => {});

    const response = await Promise.race([page.goto(url, { timeout, waitUntil: "load" }), died]);
    if (response !== null && response.status() !== 200) {
      return withoutResults("MISSING", `the server answered ${response.status()}`);
    }
    const hasHarness = await page.evaluate(() => "add_completion_callback" in globalThis);
    if (!hasHarness) return withoutResults("MISSING", "", errors);

    const results = Promise.race([
      page.waitForFunction(
        () => (globalThis as Record<symbol, string | undefined>)[Symbol.for("web-platform-tests results")],
        { timeout, polling: 50 },
      ),
      died,
    ]);
    return withResults((await (await results).jsonValue()) ?? "", errors);
  } catch (error) {
    if (error instanceof TimeoutError) {
      return withoutResults("TIMEOUT", `no result within ${timeout / 1000} s`, errors);
    }
    return withoutResults("CRASH", error instanceof Error ? error.message : String(error), errors);
  } finally {
    await context.close().catch(() => {});
  }
}
