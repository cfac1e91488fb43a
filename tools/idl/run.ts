/**
 * Extracts the specification's IDL and writes all that is made of it:
 *
 *     npm run idl [-- --source] [--check | --bindings]
 *
 * idl/hybrid-ai.idl   extracted by reffy from build/index.html, which `npm run spec` makes
 * idl/contracts.ts    the contracts between bindings and chapters
 * idl/page-types.ts   the same objects as a page sees them; idl/page-globals.ts, on its global
 * impl/generated/     the bindings (not committed)
 *
 * `--source` reads the IDL from the Bikeshed source instead: quicker, and without Bikeshed and a browser. Both agree.
 * `--check` leaves the committed files as they are, and fails where they would change; `--bindings` does not look at them.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import * as prettier from "prettier";
import { chromiumLauncher, root } from "../setup/where.mjs";
import { generateBindings } from "./bindings.ts";
import { emitContracts } from "./contracts.ts";
import { idlInPage } from "./page.ts";
import { emitPageGlobals, emitPageTypes } from "./page-types.ts";
import { blocksInSource, joinBlocks } from "./source.ts";
import { readTree } from "./tree.ts";

const { values: options } = parseArgs({
  options: {
    source: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    bindings: { type: "boolean", default: false },
  },
});

const idl = options.source ? joinBlocks(await blocksInSource(root)) : await extract();
const tree = await readTree(idl);
if (!options.bindings) {
  await commit("idl/hybrid-ai.idl", idl);
  await commit("idl/contracts.ts", emitContracts(tree));
  await commit("idl/page-types.ts", emitPageTypes(tree));
  await commit("idl/page-globals.ts", emitPageGlobals(tree));
}

await writeFolder(
  path.join(root, "impl/generated"),
  await generateBindings(tree, await findImplementations()),
);

async function extract(): Promise<string> {
  const page = path.join(root, "build/index.html");
  const browser = chromiumLauncher();
  if (!existsSync(page)) throw new Error("There is no build/index.html: `npm run spec` makes it.");
  if (browser === null)
    throw new Error("There is no Chromium for reffy: `npm run idl -- --source` needs none.");
  return idlInPage(page, browser);
}

/** Writes a file that is committed, or says how it differs from what would be written. */
async function commit(file: string, unformatted: string): Promise<void> {
  const absolute = path.join(root, file);
  const text = file.endsWith(".ts") ? await format(absolute, unformatted) : unformatted;
  const before = existsSync(absolute) ? await readFile(absolute, "utf8") : "";
  if (before === text) return;
  if (options.check) {
    console.error(`${file} is not what the specification's IDL makes it: run \`npm run idl\` and commit it.`);
    process.exitCode = 1;
  } else {
    await writeFile(absolute, text);
    console.log(`${file} has changed.`);
  }
}

async function format(filepath: string, text: string): Promise<string> {
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}

/** Leaves a file alone that is already what it should be: something else may be reading it. */
async function writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) {
    const file = path.join(folder, name);
    if (!existsSync(file) || (await readFile(file, "utf8")) !== text) await writeFile(file, text);
  }
  for (const name of await readdir(folder)) {
    if (!files.has(name) && !name.startsWith(".")) await rm(path.join(folder, name), { recursive: true });
  }
}

/** Where each implementation stands, as the bindings name it. */
async function findImplementations(): Promise<Map<string, string>> {
  const files = await readdir(path.join(root, "impl"), { recursive: true });
  const found = files.map((file) => file.replaceAll("\\", "/")).filter((file) => file.endsWith("-impl.ts"));
  return new Map(found.map((file) => [path.posix.basename(file, "-impl.ts"), `../${file}`]));
}
