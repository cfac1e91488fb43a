/** jsdom, in a process of its own: a page that never yields can then be ended. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { withoutResults } from "../results.ts";
import type { PageResult } from "../results.ts";
import type { Target } from "../target.ts";

/** What the process is told of each page. */
export interface PageRequest {
  url: string;
  timeout: number;
}

/** How long, in milliseconds, a process may be silent after a page's timeout until it counts as hanging. */
const patience = 10_000;

export function launchJSDOM(): Target {
  const script = fileURLToPath(new URL("jsdom-page.ts", import.meta.url));
  const start = () => fork(script, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  let child = start();
  const { version } = createRequire(import.meta.url)("jsdom/package.json") as { version: string };
  return {
    version: `jsdom ${version}`,
    kinds: ["window"],
    async run(url, timeout) {
      if (!child.connected) child = start();
      return runPage(child, { url, timeout });
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function runPage(child: ChildProcess, request: PageRequest): Promise<PageResult> {
  const { promise, resolve } = Promise.withResolvers<PageResult>();
  const answered = (result: unknown) => resolve(result as PageResult);
  const exited = (code: number | null, signal: string | null) =>
    resolve(withoutResults("CRASH", `the process of jsdom ended with ${signal ?? `code ${code}`}`));
  const hanging = setTimeout(() => {
    child.disconnect();
    child.kill("SIGKILL");
    resolve(withoutResults("TIMEOUT", "the page never yields: its process was ended"));
  }, request.timeout + patience);
  child.once("message", answered);
  child.once("exit", exited);
  child.send(request);
  try {
    return await promise;
  } finally {
    clearTimeout(hanging);
    child.off("message", answered);
    child.off("exit", exited);
  }
}
