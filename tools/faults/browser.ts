import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { launch } from "puppeteer-core";
import type { Browser } from "puppeteer-core";
import { browserLimits, chromiumArguments, chromiumExecutable, firefoxExecutable } from "../setup/where.mjs";

export type Engine = "chromium" | "firefox";

export function executableOf(engine: Engine): string | null {
  return engine === "chromium" ? chromiumExecutable() : firefoxExecutable();
}

/** A browser with a profile of its own, which outlives it. */
export class KillableBrowser {
  readonly #engine: Engine;
  readonly #profile: string;
  #browser: Browser | null = null;

  private constructor(engine: Engine, profile: string) {
    this.#engine = engine;
    this.#profile = profile;
  }

  static async start(engine: Engine): Promise<KillableBrowser> {
    const killable = new KillableBrowser(engine, await mkdtemp(path.join(tmpdir(), "hybrid-ai-faults-")));
    await killable.#launch();
    return killable;
  }

  get browser(): Browser {
    return this.#browser!;
  }

  get profile(): string {
    return this.#profile;
  }

  /** Ends the process as a loss of power would, and starts it again with what it left. */
  async killAndStart(): Promise<void> {
    await this.kill();
    await this.#launch();
  }

  async kill(): Promise<void> {
    // The launcher puts the profile's own preferences back when Firefox has ended, while the next one starts: there are none.
    for (const name of ["prefs.js", "user.js"]) {
      await rm(path.join(this.#profile, `${name}.puppeteer`), { force: true });
    }
    const program = this.browser.process()!;
    const ended = new Promise((resolve) => program.once("exit", resolve));
    program.kill("SIGKILL");
    await ended;
    this.#browser = null;
  }

  async start(): Promise<void> {
    await this.#launch();
  }

  async dispose(): Promise<void> {
    await this.#browser?.close().catch(() => undefined);
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #launch(): Promise<void> {
    const common = {
      headless: true,
      userDataDir: this.#profile,
      ...browserLimits,
      executablePath: executableOf(this.#engine)!,
    };
    this.#browser =
      this.#engine === "chromium"
        ? await launch({ ...common, browser: "chrome", args: chromiumArguments() })
        : await launch({ ...common, browser: "firefox" });
  }
}
