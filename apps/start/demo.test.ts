import { after, afterEach, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import type { Exchange } from "../server/exchange.ts";
import type { RunningServer } from "../server/server.ts";
import { createServer } from "../server/server.ts";
import type { Profile } from "./browser.ts";
import { browsersHere, newProfile, startBrowser } from "./browser.ts";
import { Line } from "./line.ts";
import { signsOf } from "./standstill.ts";
import { Visit } from "./visit.ts";

/** What the page of a test has. */
interface TestPage {
  createImageBitmap: (picture: Blob) => Promise<ImageBitmap>;
  HybridModel: { availability: () => Promise<string> };
  /** Until when no picture is decoded. */
  decoding: Promise<unknown>;
  letDecode: () => void;
  sayThatTheModelIsStored: () => void;
}

/** Has a page wait for the test where it otherwise waits for the browser. */
function holdThePage(): void {
  const page = globalThis as unknown as TestPage;
  const { createImageBitmap } = page;
  const stored = new Promise<string>((resolve) => {
    page.sayThatTheModelIsStored = () => resolve("available");
  });
  page.decoding = Promise.resolve();
  page.createImageBitmap = async (picture) => {
    await page.decoding;
    page.HybridModel.availability = () => stored;
    return createImageBitmap(picture);
  };
}

describe("the demo", function () {
  // A page that does not get there says where it stands, and that takes longer than a test may.
  this.timeout(600_000);
  const line = new Line(Infinity);
  /** Only the server reads here. */
  const releaseTheModels = line.hold();
  const exchanges: Exchange[] = [];
  let onRun: (value?: unknown) => void = () => undefined;
  let server: RunningServer;
  let profile: Profile;
  let browser: Browser;
  let page: Page;

  before(async function () {
    const [name] = browsersHere();
    if (name === undefined) return this.skip();
    profile = await newProfile();
    browser = await startBrowser(name, profile);
    server = await createServer({
      pace: line.pace,
      onExchange: (exchange) => {
        exchanges.push(exchange);
        if (exchange.method === "POST") onRun();
      },
    });
  });
  afterEach(() => page?.close());
  after(async () => {
    releaseTheModels();
    await browser?.close();
    await server?.close();
    await profile?.dispose();
  });

  const newPage = async (): Promise<Page> => {
    page = await browser.newPage();
    await page.evaluateOnNewDocument(holdThePage);
    return page;
  };
  const visit = () =>
    Visit.begin({ newPage } as unknown as Browser, `${server.url}/demo/`, null, () => exchanges);
  const nextRun = () => new Promise((resolve) => (onRun = resolve));

  it("says where it stands", async () => {
    await visit();
    const { status, device, ...signs } = await signsOf(page);
    assert.equal(status, "Nothing is downloaded and nothing is sent until you press Read.");
    assert.equal(device, "empty");
    assert.deepEqual(Object.keys(signs), ["progress", "locks held", "locks pending"]);
  });

  it("goes on reading when it learns that the model is stored", async () => {
    const visitor = await visit();
    const release = line.holdRuns();
    const run = nextRun();
    await visitor.press("read");
    await run;
    await page.evaluate(() => (globalThis as unknown as TestPage).sayThatTheModelIsStored());
    release();
    const [reading] = await visitor.readings(1);
    assert.equal(reading!.placement, "remote", reading!.sentence);
  });

  it("reads the picture that was last chosen, also where that is still on its way", async () => {
    const visitor = await visit();
    const release = line.holdRuns();
    const run = nextRun();
    await page.evaluate(() => {
      const held = globalThis as unknown as TestPage;
      held.decoding = new Promise<void>((resolve) => (held.letDecode = resolve));
    });
    await page.click("#example");
    await visitor.press("read");
    await page.evaluate(() => (globalThis as unknown as TestPage).letDecode());
    await run;
    release();
    await visitor.readings(1);
    assert.ok(await visitor.shows("#copy"), "what was read is shown");
  });

  it("does not read the picture before where the one that was last chosen does not come", async () => {
    const visitor = await visit();
    const before = exchanges.length;
    const breakOff = await page.evaluateHandle(() => {
      const held = globalThis as unknown as TestPage;
      const broken = Promise.withResolvers<never>();
      held.decoding = broken.promise;
      return () => broken.reject(new Error("It cannot be decoded."));
    });
    await page.click("#example");
    await visitor.press("read");
    await page.evaluate((steps) => steps(), breakOff);
    await page.waitForSelector("#status[data-trouble]");
    const runs = exchanges.slice(before).filter(({ method }) => method === "POST");
    assert.deepEqual(runs, []);
    assert.equal((await signsOf(page)).device, "empty", "no model was asked for");
  });
});
