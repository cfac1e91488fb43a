/** The process in which pages run in jsdom, one after another: told of each by its parent, it answers with the result. */
import "./localhost-names.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JSDOM, VirtualConsole } from "jsdom";
import { createANodeHost } from "../../../impl/host/node/node-host.ts";
import { withResults, withoutResults } from "../results.ts";
import type { PageResult, PageStatus } from "../results.ts";
import { supplyPlatform } from "./jsdom-platform.ts";
import type { Realm } from "./jsdom-platform.ts";
import type { PageRequest } from "./jsdom.ts";

let current: Realm | null = null;

// V8 reports the rejections of a window's promises to the process; a browser reports them to the window.
process.on("unhandledRejection", (reason, promise) => {
  if (current === null) return;
  const event = new current.PromiseRejectionEvent("unhandledrejection", {
    promise,
    reason,
    cancelable: true,
  });
  current.dispatchEvent(event);
});

process.on("message", (request: PageRequest) => {
  void runPage(request).then((result) => process.send?.(result));
});

async function runPage({ url, timeout }: PageRequest): Promise<PageResult> {
  const { promise, resolve } = Promise.withResolvers<PageResult>();
  const errors: string[] = [];
  const end = (status: PageStatus, message: string) => resolve(withoutResults(status, message, errors));
  const virtualConsole = new VirtualConsole();
  virtualConsole.on("jsdomError", (error) => errors.push(error.message));
  const folder = await mkdtemp(join(tmpdir(), "hybrid-ai-wpt-jsdom-"));
  const timer = setTimeout(() => end("TIMEOUT", `no result within ${timeout / 1000} s`), timeout);
  try {
    const dom = await JSDOM.fromURL(url, {
      runScripts: "dangerously",
      resources: "usable",
      pretendToBeVisual: true,
      virtualConsole,
      beforeParse(window) {
        current = window as Realm;
        prepareWindow(current, folder);
        Object.defineProperty(window, Symbol.for("web-platform-tests results"), {
          set: (results: string) => resolve(withResults(results, errors)),
        });
        window.addEventListener("load", () => {
          if (!("add_completion_callback" in window)) end("MISSING", "");
        });
      },
    });
    const result = await promise;
    dom.window.close();
    return result;
  } catch (error) {
    return withoutResults("MISSING", error instanceof Error ? error.message : String(error), errors);
  } finally {
    current = null;
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Makes of a window one that is like a browser's, with a host for the polyfill, before any script runs in it. */
function prepareWindow(window: Realm, folder: string): void {
  supplyPlatform(window);
  Object.defineProperties(window, {
    [Symbol.for("hybrid-ai host")]: { value: createANodeHost(window, { folder }) },
    [Symbol.for("web-platform-tests frame")]: { value: (frame: Realm) => prepareWindow(frame, folder) },
  });
}
