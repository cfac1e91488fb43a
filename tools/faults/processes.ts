import { readFile, writeFile } from "node:fs/promises";
import type { Browser } from "puppeteer-core";

/** The memory of the processes in which Chromium's pages and workers run, as Linux counts it. */
export class PageProcesses {
  readonly #browser: Browser;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Forgets the peaks, and returns what is used now, in bytes. */
  async start(): Promise<number> {
    let sum = 0;
    for (const id of await this.#ids()) {
      await writeFile(`/proc/${id}/clear_refs`, "5");
      sum += await memory(id, "VmRSS");
    }
    return sum;
  }

  /** The largest that each has used since the start, in bytes, added up. */
  async peak(): Promise<number> {
    let sum = 0;
    for (const id of await this.#ids()) sum += await memory(id, "VmHWM");
    return sum;
  }

  async #ids(): Promise<number[]> {
    const session = await this.#browser.target().createCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    await session.detach();
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  }
}

async function memory(id: number, what: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${id}/status`, "utf8");
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, "m").exec(status)![1]) * 1024;
}
