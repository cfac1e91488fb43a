import { readFile } from "node:fs/promises";
import path from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { scriptOfAWorker } from "./embed-workers.ts";

/**
 * Bundles a page's script and those of its workers as one function of the part to play, so that what they share is there
 * once. A worker is started from the function's own text, which is what the page loaded: as with an embedded script, it always
 * starts, wherever the bundle came from.
 *
 *     function bundle(scriptURL, part) { …; if (part === "storage.worker") { … } … }
 *
 * Everything else in the bundle is evaluated in a worker, too: it does nothing before it is called.
 *
 * @param exported - what the entry point exports; none for a classic script
 */
export function inOnePiece(options: BuildOptions, exported: readonly string[]): BuildOptions {
  const isAModule = exported.length > 0;
  const head = 'function bundle(scriptURL, part) { "use strict"; let exported;';
  return {
    ...options,
    format: "cjs",
    define: { ...options.define, "import.meta.url": "scriptURL" },
    plugins: [...(options.plugins ?? []), entryThatGives(exported), parts],
    banner: { js: isAModule ? head : `(${head}` },
    footer: {
      js: isAModule
        ? `return exported; }\nexport const { ${exported.join(", ")} } = bundle(import.meta.url);`
        : "})(null);",
    },
  };
}

/** An entry point of no exports: what the real one exports it sets the function's variable to. */
function entryThatGives(exported: readonly string[]): Plugin {
  const names = exported.join(", ");
  return {
    name: "entry",
    setup(build) {
      const namespace = "entry";
      const { absWorkingDir = "", entryPoints } = build.initialOptions;
      const entry = path.resolve(absWorkingDir, (entryPoints as string[])[0]!);
      build.onResolve({ filter: /./ }, ({ kind, path: file, resolveDir }) =>
        // What is injected is an entry point, too.
        kind === "entry-point" && path.resolve(resolveDir, file) === entry
          ? { path: entry, namespace }
          : null,
      );
      build.onLoad({ filter: /./, namespace }, () => {
        const from = JSON.stringify(entry);
        const contents = `import { ${names} } from ${from};\nexported = { ${names} };`;
        return {
          contents: exported.length === 0 ? `import ${from};` : contents,
          resolveDir: path.dirname(entry),
        };
      });
    },
  };
}

/** The imports at the beginning of a module. */
const imports = /^(?:\s*import\s(?:[^"';]*from\s)?"[^"]+";|\s*\/\*\*[\s\S]*?\*\/|\s*\/\/.*)*/;

const parts: Plugin = {
  name: "parts",
  setup(build) {
    build.onLoad({ filter: /\.worker\.ts$/ }, async ({ path: file }) => {
      const { before, after } = split(await withParts(file));
      return { contents: `${before}if (part === "${partOf(file)}") {\n${after}\n}`, loader: "ts" };
    });
    build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const contents = await withParts(file);
      return { contents, loader: "ts" };
    });
  },
};

/** A module, in which the workers that it starts are parts of the bundle. */
async function withParts(file: string): Promise<string> {
  const source = await readFile(file, "utf8");
  const workers = [...source.matchAll(scriptOfAWorker)].map((match) => match.groups!["file"]!);
  const contents = source.replaceAll(
    scriptOfAWorker,
    (_match, worker: string) =>
      `URL.createObjectURL(new Blob(["(" + bundle + ")(" + JSON.stringify(scriptURL) + ${JSON.stringify(`,"${partOf(worker)}")`)}], { type: "text/javascript" }))`,
  );
  return workers.map((worker) => `import "${worker}";\n`).join("") + contents;
}

function partOf(file: string): string {
  return path.basename(file, ".ts");
}

function split(source: string): { before: string; after: string } {
  const [before] = imports.exec(source)!;
  return { before, after: source.slice(before.length) };
}
