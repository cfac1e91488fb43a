/**
 * `npm run slow`: the tests of faults with more cases, and those that take long, and then the fault matrix: what was
 * done where, how often, and how often it was survived.
 *
 *     npm run slow [-- mocha's arguments, such as --grep 3.GB]
 */
import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { root } from "../setup/where.mjs";
import { tableOf } from "./table.ts";
import type { Row } from "./matrix.ts";

const files = [
  "{impl,tools}/**/*{faults,fuzz}.test.ts",
  "impl/{adoption,onnxruntime-web,transformers}.test.ts",
];
const matrix = path.join(root, "build/faults.json");

function run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment };
    spawn(program, args, { cwd: root, env, stdio: "inherit", shell: process.platform === "win32" })
      .on("error", reject)
      .on("close", (status) => resolve(status ?? 1));
  });
}

await rm(matrix, { force: true });
let status = await run("node", ["tools/build/build.ts"]);
if (status === 0) {
  const args = ["--timeout", "0", ...process.argv.slice(2), ...files];
  status = await run("mocha", args, { LANE: "slow", FAULT_MATRIX: matrix });
  console.log(tableOf(JSON.parse(await readFile(matrix, "utf8")) as Row[]));
}
process.exitCode = status;
