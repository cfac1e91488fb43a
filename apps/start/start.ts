import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { bikeshed, root } from "../../tools/setup/where.mjs";
import type { RunningServer } from "../server/server.ts";
import { createServer } from "../server/server.ts";
import type { BrowserName } from "./browser.ts";
import { browsersHere } from "./browser.ts";
import type { StartOptions } from "./options.ts";
import { readOptions, usage } from "./options.ts";
import { play } from "./play.ts";

const options = readOptions(process.argv.slice(2));
if (typeof options === "string") {
  console.error(`${options}\n\n${usage}`);
  process.exitCode = 2;
} else if (options.help) {
  console.log(usage);
} else {
  process.exitCode = await start(options);
}

async function start(options: StartOptions): Promise<number> {
  if (!options.built) build();
  let server: RunningServer | null = null;
  if (!options.once) {
    server = await serve(options.port);
    console.log(`The demo: ${server.url}/demo/`);
  }
  const { status, json } = await playThrough(options);
  if (server !== null) {
    const withText = await thereIsAText();
    console.log(`\nThis stays up until Ctrl+C:`);
    console.log(`  the demo  ${server.url}/demo/`);
    if (withText) console.log(`  the text  ${server.url}/spec/`);
  }
  if (options.json) console.log(JSON.stringify(json));
  return status;
}

/** Builds the specification where it is not built yet, and this machine can. */
async function thereIsAText(): Promise<boolean> {
  if (existsSync(path.join(root, "build/index.html"))) return true;
  if (bikeshed() === null) return false;
  console.log("\nBuilding the text …");
  const building = spawn(process.execPath, [path.join(root, "tools/spec/build.ts")], {
    cwd: root,
    stdio: "ignore",
  });
  const [status] = (await once(building, "exit")) as [number | null];
  return status === 0;
}

function build(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, "tools/build/build.ts")], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The bundles could not be made.\n${stdout}${stderr}`);
}

/** On the usual port; where another server has it, on any. */
async function serve(port: number): Promise<RunningServer> {
  try {
    return await createServer({ port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    console.log(`Port ${port} is taken, so this goes to another.`);
    return createServer();
  }
}

/** Gives the exit code, and what --json prints. */
async function playThrough(options: StartOptions): Promise<{ status: number; json: object }> {
  const here = browsersHere();
  const browser = options.browser ?? here[0];
  if (browser === undefined || !here.includes(browser as BrowserName)) {
    const error =
      `No ${browser ?? "Chromium and no Firefox"} found, so nobody plays the demo through. ` +
      "Install it, or say where it is with CHROMIUM_PATH or FIREFOX_PATH.";
    console.log(error);
    return { status: 1, json: { error } };
  }
  try {
    const result = await play({
      browser: browser as BrowserName,
      screenshots: options.screenshots === undefined ? null : path.resolve(options.screenshots),
      print: (line) => {
        console.log(line);
      },
    });
    const broken = result.promises.filter(({ held }) => !held).length;
    console.log(`\n${result.promises.length - broken} promises held, ${broken} did not.`);
    return { status: broken === 0 ? 0 : 1, json: result };
  } catch (error) {
    console.error(error);
    return { status: 1, json: { error: (error as Error).message } };
  }
}
