/**
 * npm run spec: Bikeshed makes the page from `index.bs`, with the data that it came with and no warning, and the reading room
 * puts the code and the tests beside each step: `build/index.html`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { furnishTheBuild } from "../reading-room/build.ts";
import { bikeshed, root } from "../setup/where.mjs";

const plainPage = "build/plain.html";

const program = bikeshed();
if (program === null) {
  console.error(
    "There is no Bikeshed. `npm run spec` brings it where there is Python 3.9 or later with its venv module.",
  );
  process.exitCode = 1;
} else {
  mkdirSync(path.join(root, "build"), { recursive: true });
  const args = ["--no-update", "--die-on=warning", "spec", "index.bs", plainPage];
  process.exitCode = spawnSync(program, args, { cwd: root, stdio: "inherit" }).status ?? 1;
  if (process.exitCode === 0) furnishTheBuild(plainPage);
}
