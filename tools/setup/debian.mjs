import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { run } from "./programs.mjs";
import { isSuperUser } from "./where.mjs";

let listsAreFresh = false;

/** @returns {boolean} whether set-up may install packages of Debian's: this is Debian, and we are its super-user */
export function canInstallDebianPackages() {
  return process.platform === "linux" && isSuperUser() && existsSync("/usr/bin/apt-get") && isDebian();
}

/** @param {string[]} names */
export function installDebianPackages(names) {
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  if (!listsAreFresh) run("apt-get", ["update"], environment);
  listsAreFresh = true;
  run("apt-get", ["install", "--yes", "--no-install-recommends", ...names], environment);
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
