/** The two lists of what is not as it should be: why, per page and test. */
import { readFile } from "node:fs/promises";
import { loadAll } from "js-yaml";
import type { Reasons } from "./results.ts";

/** Reasons by URL of a page. */
export type ReasonsByPage = Readonly<Record<string, Reasons>>;

/** Reads `page URL: { test name: reason }`; a file that holds only comments holds no reasons. */
export async function readReasons(file: URL): Promise<ReasonsByPage> {
  return checkReasons(await readDocument(file), file.pathname);
}

/** Reads `target: { page URL: { test name: reason } }`. */
export async function readReasonsPerTarget(file: URL, target: string): Promise<ReasonsByPage> {
  const perTarget = (await readDocument(file)) as Record<string, unknown>;
  return checkReasons(perTarget[target] ?? {}, file.pathname);
}

/** The file's one document; an empty object where it holds none. */
async function readDocument(file: URL): Promise<unknown> {
  return loadAll(await readFile(file, "utf8"))[0] ?? {};
}

function checkReasons(value: unknown, file: string): ReasonsByPage {
  for (const [url, reasons] of Object.entries(value as Record<string, unknown>)) {
    if (!url.startsWith("/") || typeof reasons !== "object" || reasons === null) {
      throw new TypeError(`${file}: "${url}" must be a page's path with a list of tests and reasons.`);
    }
    for (const [test, reason] of Object.entries(reasons)) {
      if (typeof reason !== "string" || reason.trim() === "") {
        throw new TypeError(`${file}: "${test}" of ${url} needs a reason in words.`);
      }
    }
  }
  return value as ReasonsByPage;
}
