import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { launch } from "puppeteer-core";
import type { Browser } from "puppeteer-core";
import {
  browserLimits,
  chromiumArguments,
  chromiumExecutable,
  firefoxExecutable,
} from "../../tools/setup/where.mjs";

export type BrowserName = "chromium" | "firefox";

/** The browsers of this machine, the preferred one first. */
export function browsersHere(): BrowserName[] {
  const here: BrowserName[] = [];
  if (chromiumExecutable() !== null) here.push("chromium");
  if (firefoxExecutable() !== null) here.push("firefox");
  return here;
}

/** A folder for what a browser keeps, such as models: gone after dispose(). */
export interface Profile {
  readonly folder: string;
  dispose(): Promise<void>;
}

export async function newProfile(): Promise<Profile> {
  const folder = await mkdtemp(path.join(tmpdir(), "hybrid-ai-profile-"));
  return { folder, dispose: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts a browser without a window, with what an earlier one left in the profile. */
export function startBrowser(name: BrowserName, { folder }: Profile): Promise<Browser> {
  const common = { headless: true, userDataDir: folder, ...browserLimits };
  return name === "chromium"
    ? launch({
        ...common,
        browser: "chrome",
        executablePath: chromiumExecutable()!,
        args: chromiumArguments(),
      })
    : launch({ ...common, browser: "firefox", executablePath: firefoxExecutable()! });
}
