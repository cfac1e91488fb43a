import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { describe, it } from "mocha";
import { embedWorkers } from "./embed-workers.ts";

async function bundleWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "embed-workers-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    const { outputFiles } = await build({
      entryPoints: [path.join(folder, "main.ts")],
      bundle: true,
      write: false,
      format: "iife",
      plugins: [embedWorkers({ minify: true })],
    });
    return outputFiles[0]!.text;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("embedding workers", () => {
  it("puts the worker's bundle into the script that starts it", async () => {
    const text = await bundleWith({
      "main.ts":
        'export const worker = new Worker(new URL("./a.worker.ts", import.meta.url), { name: "a" });',
      "a.worker.ts": 'import { answer } from "./answer.ts"; postMessage(`$& ${answer}`);',
      "answer.ts": "export const answer: number = 42;",
    });
    const posted: unknown[] = [];
    const sandbox = {
      URL: { createObjectURL: (blob: { text: string }) => blob },
      Blob: function (this: { text: string }, [script]: [string]) {
        this.text = script;
      },
      Worker: function ({ text: script }: { text: string }, options: object) {
        runInNewContext(script, { postMessage: (message: unknown) => posted.push(message, options) });
      },
    };
    runInNewContext(text, sandbox);
    assert.equal(JSON.stringify(posted), '["$& 42",{"name":"a"}]');
  });

  it("leaves every other URL alone", async () => {
    const text = await bundleWith({
      "main.ts": 'export const url = new URL("./a.wasm", self.location.href);',
    });
    assert.match(text, /new URL\("\.\/a\.wasm", self\.location\.href\)/);
  });
});
