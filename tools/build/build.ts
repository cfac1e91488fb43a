/**
 * npm run build: bundles `dist/` from the entry points, says how large each is, and writes their types.
 *
 *     npm run build [-- part-of-a-name…]
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { root } from "../setup/where.mjs";
import { bundles } from "./bundles.ts";
import { buildDemo } from "./demo.ts";
import { makeABundle } from "./make-bundle.ts";
import { copyRuntime } from "./runtime.ts";

const bindings = spawnSync(process.execPath, ["tools/idl/run.ts", "--source", "--check"], {
  cwd: root,
  stdio: "inherit",
});
if (bindings.status !== 0) process.exit(1);

const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.some((part) => name.includes(part));

mkdirSync(path.join(root, "dist"), { recursive: true });
for (const bundle of bundles) {
  const { outfile, limit } = bundle;
  if (!isWanted(outfile)) continue;
  const { script, map } = await makeABundle(bundle);
  writeFileSync(path.join(root, outfile), script);
  writeFileSync(path.join(root, `${outfile}.map`), map);
  const bytes = Buffer.from(script);
  const { length } = gzipSync(bytes, { level: 9 });
  console.log(`${outfile}  ${kilobytes(bytes.length)}, ${kilobytes(length)} compressed`);
  if (limit !== undefined && length > limit) {
    console.error(`${outfile} is heavier than ${kilobytes(limit)}: see its limit in tools/build/bundles.ts.`);
    process.exitCode = 1;
  }
}
if (isWanted("dist/types")) {
  declare();
  console.log("dist/types/");
}
if (isWanted("dist/onnxruntime")) console.log(`${path.relative(root, await copyRuntime(root))}/`);
if (isWanted("dist/demo")) console.log(`${path.relative(root, await buildDemo(root))}/`);

/** Writes the types of the entry points, which package.json's `exports` names. */
function declare(): void {
  // The compiler remembers what it has written, and not that somebody has deleted it since.
  const again = existsSync(path.join(root, "dist/types")) ? [] : ["--force"];
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(
    process.execPath,
    [tsc, "-b", "tools/types/browser.json", "tools/types/node.json", ...again],
    { cwd: root, stdio: "inherit" },
  );
  if (status !== 0) process.exit(1);
}

function kilobytes(length: number): string {
  return `${(length / 1000).toFixed(1)} kB`;
}
