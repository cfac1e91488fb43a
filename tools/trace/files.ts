import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const loads = [
  // import … from "./a.ts", import("./a.ts"), new Worker(new URL("./a.ts", …))
  /["'](\.\.?\/[\w./-]+\.[cm]?[jt]s)["']/g,
  // META: script=../resources/a.js
  /^\/\/ META: script=(\S+)$/gm,
];

const known = new Map<string, string[]>();

/** The files of the project that a file loads, and those that they load in turn, itself the first. From the root, like `file`. */
export function loadedBy(file: string): string[] {
  const found = new Set([file]);
  for (const each of found) for (const loaded of directlyLoadedBy(each)) found.add(loaded);
  return [...found];
}

function directlyLoadedBy(file: string): string[] {
  const earlier = known.get(file);
  if (earlier !== undefined) return earlier;
  // Types do not run.
  const source = readFileSync(file, "utf8").replace(/^(?:im|ex)port type [^;]*;/gm, "");
  const named = loads.flatMap((pattern) => [...source.matchAll(pattern)].map(([, name]) => name!));
  const files = named
    .map((name) => path.posix.join(path.posix.dirname(file), name))
    .filter((each) => !each.startsWith("..") && existsSync(each));
  known.set(file, files);
  return files;
}
