import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { describe, it } from "mocha";
import { inOnePiece } from "./in-one-piece.ts";

const files: Readonly<Record<string, string>> = {
  "main.ts": `
    import { answer } from "./answer.ts";
    export const here: string = answer("page", import.meta.url);
    export const start = () => new Worker(new URL("./a.worker.ts", import.meta.url), { name: "a" });`,
  "a.worker.ts": `
    /** Says where it is. */
    import {
      answer
    } from "./answer.ts";

    let said: string = answer("worker", import.meta.url);
    postMessage(said);`,
  "answer.ts": "export const answer = (who: string, url: string) => `an answer from the ${who} of ${url}`;",
};

async function bundleWith(exported: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "in-one-piece-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    const { outputFiles } = await build({
      entryPoints: [path.join(folder, "main.ts")],
      bundle: true,
      write: false,
      ...inOnePiece({ minify: true }, exported),
    });
    return outputFiles![0]!.text;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("bundling in one piece", () => {
  it("starts a worker from the text of the whole, which has what both need once", async () => {
    const text = await bundleWith(["here", "start"]);
    assert.equal(text.split("an answer from").length, 2);
    // The place of a module is its URL; a script of node:vm has none.
    const script = text
      .replace(
        /^export const \{ here, start \} = bundle\(import\.meta\.url\);/m,
        'var exported = bundle("u:/");',
      )
      .concat("\nexported.start(); exported.here");
    const posted: unknown[] = [];
    const here: unknown = runInNewContext(script, {
      URL: { createObjectURL: (blob: { text: string }) => blob },
      Blob: function (this: { text: string }, [source]: [string]) {
        this.text = source;
      },
      Worker: function (blob: { text: string }, options: object) {
        runInNewContext(blob.text, { postMessage: (message: unknown) => posted.push(message, options) });
      },
    });
    assert.equal(here, "an answer from the page of u:/");
    assert.equal(JSON.stringify(posted), '["an answer from the worker of u:/",{"name":"a"}]');
  });

  it("exports what the entry point does", async () => {
    const text = await bundleWith(["here"]);
    const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { here: string };
    assert.match(module.here, /^an answer from the page of data:/);
    assert.doesNotMatch(text, /__esModule/, "nothing of another kind of modules");
  });

  it("makes of an entry point that exports nothing a classic script", async () => {
    const text = await bundleWith([]);
    assert.doesNotMatch(text, /^export|import\.meta/m);
    runInNewContext(text);
  });
});
