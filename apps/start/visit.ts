import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "puppeteer-core";
import type { Exchange } from "../server/exchange.ts";
import { signsOf, standstillInWords } from "./standstill.ts";

/** What the page says of one reading: see its receipts. */
export interface ShownReading {
  /** The receipt in words. */
  readonly sentence: string;
  readonly placement: string;
  readonly text: string | null;
  readonly milliseconds: number;
  /** Null where nobody can tell. */
  readonly bytesSent: number | null;
  readonly receipts: readonly object[];
}

/** Longer than a download takes that stalls as often as one may, and then comes. */
const patience = 300_000;
const widths = [400, 1400];

/** A visitor of the demo page, who presses its buttons and reads what it says. */
export class Visit {
  readonly #page: Page;
  readonly #screenshots: string | null;
  readonly #exchanges: () => readonly Exchange[];
  readonly #errors: string[] = [];

  private constructor(page: Page, screenshots: string | null, exchanges: () => readonly Exchange[]) {
    this.#page = page;
    this.#screenshots = screenshots;
    this.#exchanges = exchanges;
    page.setDefaultTimeout(patience);
    page.on("pageerror", (error) =>
      this.#errors.push(error instanceof Error ? error.message : String(error)),
    );
  }

  /** Opens the page and waits for its verdict. `exchanges` are those that the server saw. */
  static async begin(
    browser: Browser,
    url: string,
    screenshots: string | null,
    exchanges: () => readonly Exchange[],
  ): Promise<Visit> {
    const visit = new Visit(await browser.newPage(), screenshots, exchanges);
    await visit.#page.setViewport({ width: widths.at(-1)!, height: 900 });
    await visit.#page.goto(url);
    await visit.#until(() => document.getElementById("route")?.dataset["device"] !== "unknown");
    return visit;
  }

  /** What the page says about the device, before anything was fetched. */
  verdict(): Promise<string> {
    return this.#textOf("#verdict");
  }

  async press(button: "read" | "stop" | "forget"): Promise<void> {
    await this.#page.click(`#${button}`);
  }

  /** A switch is an input under a label that shows it: who clicks, clicks the label. */
  async flip(name: "keep" | "server"): Promise<void> {
    await this.#page.click(`label:has(#${name})`);
  }

  /** Whether a part of the page is there to be seen. */
  shows(selector: string): Promise<boolean> {
    return this.#page.$eval(selector, (element) => element.checkVisibility());
  }

  /** Waits until the model can run on the device. */
  async untilReady(): Promise<void> {
    await this.#until(() => document.getElementById("route")?.dataset["device"] === "ready");
  }

  /** Waits until so many readings are done in this visit, and gives them, the first one first. */
  async readings(count: number): Promise<ShownReading[]> {
    await this.#until(
      (least) =>
        document.querySelectorAll("#receipts > li").length >= least &&
        document.getElementById("read")?.getAttribute("aria-disabled") !== "true",
      count,
    );
    const shown = await this.#page.$$eval("#receipts > li", (items) =>
      items.map((item) => ({
        sentence: item.querySelector(".sentence")?.textContent ?? "",
        reading: item.dataset["reading"] ?? "{}",
      })),
    );
    return shown
      .map(({ sentence, reading }) => ({
        sentence,
        ...(JSON.parse(reading) as Omit<ShownReading, "sentence">),
      }))
      .reverse();
  }

  /** Takes a picture of the page as it stands, at each width. */
  async photograph(name: string): Promise<void> {
    if (this.#screenshots === null) return;
    await mkdir(this.#screenshots, { recursive: true });
    for (const width of widths) {
      await this.#page.setViewport({ width, height: 900 });
      // What moves once is let come to rest; what moves on and on has none.
      await this.#page.evaluate(() => {
        for (const animation of document.getAnimations()) {
          if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
        }
      });
      await this.#page.screenshot({
        path: path.join(this.#screenshots, `${name}-${width}.png`),
        fullPage: true,
      });
    }
  }

  async end(): Promise<void> {
    await this.#page.close();
  }

  async #textOf(selector: string): Promise<string> {
    return this.#page.$eval(selector, (element) => element.textContent ?? "");
  }

  /** Waits for the page; where that is in vain, says what the page says. */
  async #until(condition: (count: number) => boolean, count = 0): Promise<void> {
    try {
      await this.#page.waitForFunction(condition, { polling: 50 }, count);
    } catch (cause) {
      const signs = await Promise.race([
        signsOf(this.#page).catch((error: unknown) => ({ page: String(error) })),
        setTimeout(10_000, { page: "It does not answer." }, { ref: false }),
      ]);
      throw new Error(standstillInWords(signs, this.#errors, this.#exchanges()), { cause });
    }
  }
}
