import type { Browser, Page } from "puppeteer-core";
import { newProfile, startBrowser } from "../../start/browser.ts";
import type { BrowserName, Profile } from "../../start/browser.ts";
import { startServerProcess } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";

/** A browser and a server to measure with. */
export class Laboratory {
  readonly server: ServerProcess;
  readonly #name: BrowserName;
  readonly #profile: Profile;
  #browser: Browser;

  private constructor(server: ServerProcess, name: BrowserName, profile: Profile, browser: Browser) {
    this.server = server;
    this.#name = name;
    this.#profile = profile;
    this.#browser = browser;
  }

  /** @param folder - what the server sends from */
  static async open(folder: string, name: BrowserName): Promise<Laboratory> {
    const profile = await newProfile();
    return new Laboratory(await startServerProcess(folder), name, profile, await startBrowser(name, profile));
  }

  get version(): Promise<string> {
    return this.#browser.version();
  }

  /** The id of the browser's first process. */
  get processId(): number {
    return this.#browser.process()!.pid!;
  }

  /** Where pages of other origins find the server. */
  get origin(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** The same profile in a browser that has nothing in memory. */
  async restartBrowser(): Promise<void> {
    await this.#browser.close();
    this.#browser = await startBrowser(this.#name, this.#profile);
  }

  /**
   * Has `steps` use a new page of an origin of its own, whose storage no other origin shares.
   *
   * @param origin - the first label of its name, below localhost
   */
  async withPage<Result>(
    origin: string,
    path: string,
    steps: (page: Page) => Promise<Result>,
  ): Promise<Result> {
    if (!this.#browser.connected) this.#browser = await startBrowser(this.#name, this.#profile);
    const page = await this.#browser.newPage();
    try {
      const died = new Promise<never>((_, reject) => {
        page.once("error", () => reject(new Error("The page has crashed.")));
      });
      died.catch(() => undefined);
      await page.goto(`http://${origin}.localhost:${this.server.port}/${path}`);
      return await Promise.race([steps(page), died]);
    } finally {
      await page.close().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    // What was measured is not lost for a browser that does not end.
    await this.#browser.close().catch(() => undefined);
    await this.server.close();
    await this.#profile.dispose();
  }
}
