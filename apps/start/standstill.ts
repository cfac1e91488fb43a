import type { Page } from "puppeteer-core";
import type { Exchange } from "../server/exchange.ts";

/** What a page says of itself when it does not get where it should, by what it is. */
export type Signs = Readonly<Record<string, string>>;

/** Asks the page. */
export function signsOf(page: Page): Promise<Signs> {
  return page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const names = (locks: LockInfo[]) => locks.map(({ name }) => name).join(", ");
    const textOf = (id: string) => document.getElementById(id)?.textContent ?? "";
    return {
      status: textOf("status"),
      device: document.getElementById("route")?.dataset["device"] ?? "",
      progress: textOf("progress-label"),
      "locks held": names(held),
      "locks pending": names(pending),
    };
  });
}

/** Where a page came to stand, and what its server saw until then, in lines. */
export function standstillInWords(
  signs: Signs,
  errors: readonly string[],
  exchanges: readonly Exchange[],
): string {
  return [
    "The page did not get there.",
    ...Object.entries(signs).map(([name, words]) => `  ${name}: ${words || "none"}`),
    ...errors.map((error) => `  error: ${error}`),
    ...exchanges.map((each) => `  ${inWords(each)}`),
  ].join("\n");
}

/** A status of 0 is of a request that was not answered. */
function inWords({ method, path, range = "all", status, bodySent }: Exchange): string {
  return `${method} ${path} (${range}): ${status}, ${bodySent} bytes sent`;
}
