/** WebKitGTK, in a process of its own that opens the windows: webkit.py. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { withResults, withoutResults } from "../results.ts";
import type { PageResult, PageStatus } from "../results.ts";
import type { Target } from "../target.ts";

/** What webkit.py says of a page. */
type Answer = { errors: string[] } & (
  { status: null; results: string } | { status: PageStatus; message: string }
);

/** How long, in milliseconds, webkit.py may be silent after a page's timeout until it counts as hanging. */
const patience = 10_000;

export async function launchWebKit(python: string): Promise<Target> {
  const profiles = await mkdtemp(join(tmpdir(), "hybrid-ai-wpt-"));
  let host = await startHost(python, profiles);
  return {
    version: host.version,
    kinds: ["window", "dedicatedworker"],
    async run(url, timeout) {
      if (host.hasEnded()) host = await startHost(python, profiles);
      return runPage(host, url, timeout);
    },
    async close() {
      await host.end();
      await rm(profiles, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function runPage(host: Host, url: string, timeout: number): Promise<PageResult> {
  const hanging = setTimeout(() => host.kill(), timeout + patience);
  try {
    const answer = (await host.ask({ url, timeout })) as Answer;
    return answer.status === null
      ? withResults(answer.results, answer.errors)
      : withoutResults(answer.status, answer.message, answer.errors);
  } catch (error) {
    return withoutResults("CRASH", error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(hanging);
  }
}

type Host = Awaited<ReturnType<typeof startHost>>;

async function startHost(python: string, profiles: string) {
  const script = fileURLToPath(new URL("webkit.py", import.meta.url));
  const child = spawn(python, ["-B", script, profiles], { stdio: "pipe" });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (words += text));
  child.stdin.on("error", () => {});
  const ended = once(child, "close");
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const line = await lines.next();
    if (!line.done) return JSON.parse(line.value) as unknown;
    const [code, signal] = (await ended) as [number | null, string | null];
    throw new Error(`webkit.py ended with ${signal ?? `code ${code}`}: ${words.trim()}`);
  };
  const { version } = (await read()) as { version: string };
  return {
    version,
    /** Rejects if the process ends without an answer. */
    ask: (request: { url: string; timeout: number }) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return read();
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: () => child.kill("SIGKILL"),
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
