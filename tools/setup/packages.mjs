import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { run } from "./programs.mjs";
import { root } from "./where.mjs";

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/** npm's packages, exactly as locked. */
export const packages = {
  name: "npm's packages",
  takes: "some 20 s",

  isReady() {
    const locked = lockedPackages(path.join(root, "package-lock.json"));
    const installed = lockedPackages(path.join(root, "node_modules", ".package-lock.json"));
    return locked !== null && installed !== null && agree(locked, installed);
  },

  /** @param {() => void} announce */
  prepare(announce) {
    announce();
    const npm = process.env.npm_execpath;
    if (npm?.endsWith(".js")) run(process.execPath, [npm, "ci"]);
    else run("npm", ["ci"]);
  },
};

/**
 * Whether what is installed is what is locked. Packages for other platforms may be missing.
 *
 * @param {LockedPackages} locked
 * @param {LockedPackages} installed
 * @returns {boolean}
 */
export function agree(locked, installed) {
  const wanted = Object.entries(locked).filter(([place]) => place !== "");
  const missing = wanted.some(([place, { version, integrity, optional, devOptional }]) => {
    const found = installed[place];
    if (found === undefined) return !(optional || devOptional);
    return found.version !== version || found.integrity !== integrity;
  });
  return !missing && Object.keys(installed).every((place) => locked[place] !== undefined);
}

/**
 * @param {string} file
 * @returns {LockedPackages | null}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return null;
  }
}
