import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ProgramFailed, run } from "./programs.mjs";
import { node, root } from "./where.mjs";

/** The maker and what it builds on. */
const sources = [path.join(root, "tools", "models"), path.join(root, "apps", "cli")];
const maker = path.join(root, "tools", "models", "make.ts");
const stamp = path.join(root, "models", ".made-from");

/** The models of the demo and the tests, made from packages; made again when their makers or packages change. */
export const models = {
  name: "the models",
  takes: "some seconds",

  isReady() {
    return !existsSync(maker) || read(stamp) === fingerprint();
  },

  /** @param {() => void} announce */
  prepare(announce) {
    const program = node();
    if (program === null) throw new ProgramFailed("The models are made by Node 24.");
    announce();
    run(program, [maker]);
    writeFileSync(stamp, fingerprint());
  },
};

function fingerprint() {
  const hash = createHash("sha256");
  const files = sources.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)),
  );
  const code = files.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  for (const name of code.sort()) hash.update(readFileSync(name));
  hash.update(readFileSync(path.join(root, "package-lock.json")));
  return hash.digest("hex");
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
