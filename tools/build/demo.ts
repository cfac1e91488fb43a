import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

/** Makes the demo's folder: its script in one file, and beside it the page, its style and its pictures as they are. */
export async function buildDemo(root: string): Promise<string> {
  const source = path.join(root, "apps/demo");
  const folder = path.join(root, "dist/demo");
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: [path.join(source, "main.ts")],
    outdir: folder,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: ["chrome123", "firefox120", "safari17.5"],
    sourcemap: true,
    logLevel: "warning",
  });
  for (const name of ["index.html", "style.css", "icon.svg", "pictures"]) {
    await cp(path.join(source, name), path.join(folder, name), { recursive: true });
  }
  return folder;
}
