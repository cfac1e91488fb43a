import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { say } from "./programs.mjs";
import { toolsFolder } from "./where.mjs";

const lock = path.join(toolsFolder, "setup.lock");

/**
 * Does the work when no other process does it in this checkout.
 *
 * @param {() => void} work
 */
export function oneAtATime(work) {
  mkdirSync(toolsFolder, { recursive: true });
  let told = false;
  while (!take()) {
    if (!told) say("waiting for the set-up that another command began …");
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take() {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
  if (!holderLives()) rmSync(lock, { force: true });
  return false;
}

function holderLives() {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    // The holder has made the file and not yet written into it, or we have asked in between.
    if (holder === 0) return true;
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
