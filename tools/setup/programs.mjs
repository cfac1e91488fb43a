import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { root, toolsFolder } from "./where.mjs";

const log = path.join(toolsFolder, "setup.log");

/**
 * One line for whoever waits, on standard error: standard output belongs to the command that set-up precedes.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

/** What is not there and is not brought either, in words that say how to get it. */
export class Skipped extends Error {}

/** A program that set-up started and that failed; the message ends with the program's last words. */
export class ProgramFailed extends Error {}

/**
 * Runs a program to its end, its output kept from the screen and shown only if it fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [environment] added to this process's own
 */
export function run(program, args, environment = {}) {
  mkdirSync(toolsFolder, { recursive: true });
  writeFileSync(log, "");
  const output = openSync(log, "a");
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", output, output],
    shell: process.platform === "win32" && !path.isAbsolute(program),
  });
  closeSync(output);
  if (status === 0) return;
  const lastWords = readFileSync(log, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  throw new ProgramFailed(
    `"${[program, ...args].join(" ")}" ${error ? `did not start (${error.message})` : `ended with ${status}`}:\n${lastWords}`,
  );
}
