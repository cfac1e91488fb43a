/**
 * Makes a fresh clone ready, and does nothing where everything is ready. Stands on Node alone, 18 or later.
 *
 *     node tools/setup/setup.mjs [program or script] [arguments]
 *
 * With a program (of node_modules/.bin) or a script it then runs that, on Node 24, with the project's own
 * programs first on the PATH. The npm scripts all go this way: a shell that has once looked `node` up on the
 * PATH would keep the system's for the rest of a line, after set-up has brought a newer one.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { bindings } from "./bindings.mjs";
import { browsers } from "./browsers.mjs";
import { models } from "./models.mjs";
import { oneAtATime } from "./one-at-a-time.mjs";
import { packages } from "./packages.mjs";
import { ProgramFailed, Skipped, say } from "./programs.mjs";
import { pythonTools } from "./python-environment.mjs";
import { home, node, root } from "./where.mjs";

const newerNode = {
  name: "Node 24",
  takes: "no time",
  isReady: () => node() !== null,
  prepare() {
    throw new ProgramFailed(
      `Node 24 or later is needed, this is ${process.version}: install it from https://nodejs.org/ and try again.`,
    );
  },
};

const steps = [packages, newerNode, bindings, browsers, pythonTools, models];

function setUp() {
  if (steps.every((step) => step.isReady())) return;
  oneAtATime(() => {
    for (const step of steps) {
      if (step.isReady()) continue;
      const start = Date.now();
      try {
        step.prepare(() => say(`getting ${step.name} (${step.takes}) …`));
        say(`${step.name}: ready after ${Math.round((Date.now() - start) / 1000)} s`);
      } catch (error) {
        if (!(error instanceof Skipped)) throw error;
        say(error.message);
      }
    }
  });
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function runOnNewerNode(command, args) {
  const program = /** @type {string} */ (node());
  const bin = path.join(root, "node_modules", ".bin");
  /** @type {NodeJS.ProcessEnv} */
  const environment = { ...process.env, HOME: home() };
  environment.PATH = [bin, path.dirname(program), environment.PATH].join(path.delimiter);
  const isScript = /\.m?[jt]s$/.test(command);
  const child = spawn(isScript ? program : command, isScript ? [command, ...args] : args, {
    env: environment,
    stdio: "inherit",
    shell: process.platform === "win32" && !isScript,
  });
  // An interrupt at the keyboard reaches the child by itself; a signal sent to us alone is handed on.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => {
    say(`"${command}" did not start: ${error.message}`);
    process.exitCode = 127;
  });
  child.on("exit", (status, signal) => {
    if (signal === null) {
      process.exitCode = status ?? 1;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

try {
  setUp();
  const [command, ...args] = process.argv.slice(2);
  if (command !== undefined) runOnNewerNode(command, args);
} catch (error) {
  if (!(error instanceof ProgramFailed)) throw error;
  say(error.message);
  process.exitCode = 1;
}
