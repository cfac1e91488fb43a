import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ProgramFailed, Skipped, run } from "./programs.mjs";
import { node, root } from "./where.mjs";

const maker = path.join(root, "tools", "idl", "run.ts");
const stamp = path.join(root, "impl", "generated", ".made-from");

/** The bindings, without which nothing of the implementation can be compiled; made again when what they are made from changes. */
export const bindings = {
  name: "the bindings",
  takes: "a few seconds",

  isReady() {
    return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint();
  },

  /** @param {() => void} announce */
  prepare(announce) {
    const program = node();
    if (program === null) throw new ProgramFailed("The bindings are made by Node 24.");
    announce();
    try {
      run(program, [maker, "--source", "--bindings"]);
    } catch (error) {
      // Whoever is about to mend the IDL needs the other commands.
      if (!(error instanceof ProgramFailed)) throw error;
      throw new Skipped(`${error.message} What stands on the bindings will fail.`);
    }
    writeFileSync(stamp, fingerprint());
  },
};

function fingerprint() {
  const hash = createHash("sha256");
  hash.update(readFileSync(path.join(root, "package-lock.json")));
  for (const file of [
    path.join(root, "index.bs"),
    ...filesIn("spec", ".bs"),
    ...filesIn("tools/idl", ".ts"),
  ]) {
    hash.update(readFileSync(file));
  }
  for (const file of filesIn("impl", "-impl.ts")) hash.update(path.basename(file));
  return hash.digest("hex");
}

/**
 * @param {string} folder
 * @param {string} end
 */
function filesIn(folder, end) {
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
  const wanted = names.filter((name) => name.endsWith(end) && !name.endsWith(".test.ts"));
  return wanted.sort().map((name) => path.join(root, folder, name));
}
