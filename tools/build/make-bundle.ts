import path from "node:path";
import { build } from "esbuild";
import { minify } from "terser";
import { root } from "../setup/where.mjs";
import type { Bundle } from "./bundles.ts";

/** A bundle's script, and the map from it to its sources. */
export interface MadeBundle {
  readonly script: string;
  readonly map: string;
}

/** Makes a bundle, in memory. What is to be small goes through a second minifier: it puts what is used once where it is used. */
export async function makeABundle({ entry, outfile, options }: Bundle): Promise<MadeBundle> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    sourcemap: "external",
    legalComments: "inline",
    logLevel: "warning",
    write: false,
    ...options,
  });
  const textOf = (end: string) => outputFiles!.find((file) => file.path.endsWith(end))!.text;
  const script = textOf(".js");
  const map = textOf(".map");
  const url = path.basename(`${outfile}.map`);
  if (options.minify !== true) return { script: `${script}//# sourceMappingURL=${url}\n`, map };
  const smaller = await minify(script, {
    ecma: 2020,
    module: /^export\b/m.test(script),
    compress: {
      passes: 3,
      // A worker's script is that of a function of the module, and no module itself: it says by itself that it is strict.
      directives: false,
      // Where what a function gives is spread into an object, a name would come twice, of which bundlers warn.
      inline: false,
    },
    sourceMap: { content: map, url },
  });
  return { script: `${smaller.code}\n`, map: smaller.map as string };
}
