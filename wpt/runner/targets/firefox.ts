/** Firefox, driven by WebDriver BiDi. */
import type { Target } from "../target.ts";
import { launchBrowser } from "./browser.ts";

export function launchFirefox(executablePath: string): Promise<Target> {
  return launchBrowser({ browser: "firefox", executablePath });
}
