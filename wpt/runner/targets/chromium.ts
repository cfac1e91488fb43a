/** Chromium, driven by its own protocol. */
import { chromiumArguments } from "../../../tools/setup/where.mjs";
import type { Target } from "../target.ts";
import { launchBrowser } from "./browser.ts";

export function launchChromium(executablePath: string): Promise<Target> {
  return launchBrowser({ browser: "chrome", executablePath, args: chromiumArguments() });
}
