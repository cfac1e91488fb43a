/** Starts the server of the tests, which is written in Python: serve.py. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Page } from "./results.ts";

export interface ServerOptions {
  python: string;
  /** Folders below `wpt/` whose tests are listed. */
  tests: readonly string[];
  /** A script that installs the API, or null: then nothing does. */
  polyfill: string | null;
  /** How many times as patient as usual the harness of each page is. */
  timeoutMultiplier?: number;
}

export interface Server {
  /** Where the pages are: a secure context, for its host lies below localhost. */
  origin: string;
  pages: Page[];
  stop(): Promise<void>;
}

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** The file that a classic script would load: of webidl2 its bundle for browsers. */
const inPackage = createRequire(import.meta.url).resolve;

/** `/polyfill/` is the folder of the polyfill, so that what it loads beside itself is found. */
function filesToServe(polyfill: string | null) {
  const harness = inPackage("wpt-runner/package.json").replace(/package\.json$/, "testharness/");
  const own = ["testdriver.js", "testdriver-vendor.js"];
  return {
    files: {
      "/resources/testharness.js": `${harness}testharness.js`,
      "/resources/idlharness.js": `${harness}idlharness.js`,
      "/resources/WebIDLParser.js": inPackage("webidl2"),
      ...Object.fromEntries(own.map((name) => [`/resources/${name}`, folder(`resources/${name}`)])),
      "/interfaces/hybrid-ai.idl": folder("../../idl/hybrid-ai.idl"),
    },
    mounts: {
      "/interfaces/": inPackage("@webref/idl/package.json").replace(/package\.json$/, ""),
      "/common/": folder("common/"),
      ...(polyfill !== null && { "/polyfill/": polyfill.replace(/[^/]*$/, "") }),
    },
    harnessReport: folder("resources/testharnessreport.js"),
    polyfill: polyfill === null ? null : `/polyfill/${polyfill.replace(/^.*\//, "")}`,
  };
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const { python, tests, polyfill, timeoutMultiplier = 1 } = options;
  const script = folder("serve.py");
  const child = spawn(python, ["-B", script], { stdio: ["pipe", "pipe", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (words += text));
  const ended = new Promise<never>((_, reject) => {
    child.once("error", (cause) => {
      reject(new Error(`The server of the tests did not start: there is no Python at ${python}.`, { cause }));
    });
    child.once("close", (code) => {
      reject(new Error(`The server of the tests ended with code ${code}: ${words.trim()}`));
    });
  });
  // Ending later is no error: the server is then being stopped, or the pages will say that they find nothing.
  ended.catch(() => {});
  child.stdin.on("error", () => {});
  const orders = { root: folder(".."), tests, timeoutMultiplier, ...filesToServe(polyfill) };
  child.stdin.write(`${JSON.stringify(orders)}\n`);

  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = await Promise.race([lines.next(), ended]);
  if (line.done) return ended;
  child.stderr.removeAllListeners("data").pipe(process.stderr);
  const {
    host,
    ports,
    tests: pages,
  } = JSON.parse(line.value) as { host: string; ports: number[]; tests: Page[] };
  return {
    origin: `http://${host}:${ports[0]}`,
    pages,
    async stop() {
      child.stdin.end();
      await ended.catch(() => {});
    },
  };
}
