import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "mocha";
import { writeOnnxModel } from "./onnx/model-file.ts";
import { DataType, onnxModel, operator, tensorDeclaration } from "./onnx/onnx-parts.ts";

describe("the command hybrid-ai", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "hybrid-ai-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function run(...words: string[]): Promise<string> {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "hybrid-ai.ts"), ...words], {
      cwd: folder,
      env: { ...process.env, XDG_CACHE_HOME: folder },
    });
    return (await Promise.all([text(child.stdout), text(child.stderr)])).join("");
  }

  const trick = "\u001b]0;title\u0007";
  // eslint-disable-next-line no-control-regex
  const hasNoControl = (printed: string) => assert.doesNotMatch(printed, /[\0-\t\v-\x1f\x7f-\x9f]/);

  it("prints no name of a model as a command to the terminal", async () => {
    const model = onnxModel({
      name: "graph",
      operatorSet: 13,
      operators: [operator("Strange", [trick], ["y"])],
      constants: [],
      inputs: [tensorDeclaration(trick, DataType.FLOAT, [3])],
      outputs: [tensorDeclaration("y", DataType.FLOAT, [3])],
    });
    model.graph!.node[0]!.name = trick;
    await writeFile(path.join(folder, "model.onnx"), writeOnnxModel(model));
    const printed = await run("lock", "model.onnx");
    assert.match(printed, /Strange "\\u001b\]0;title\\u0007"/);
    hasNoControl(printed);
  });

  it("prints no words of a server so", async () => {
    const server = createServer((socket) => {
      socket.once("data", () => socket.end(`HTTP/1.1 404 ${trick}\r\nContent-Length: 0\r\n\r\n`));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const printed = await run("lock", `http://127.0.0.1:${port}/model.onnx`);
    server.close();
    assert.match(
      printed,
      /^hybrid-ai: http:\/\/127\.0\.0\.1:\d+\/model\.onnx: (the server answers 404|no answer)/,
    );
    hasNoControl(printed);
  });

  it("prints its help in lines", async () => {
    assert.match(await run("--help"), /^Usage: .*\n\n {2}lock /);
    assert.match(await run("lock", "--help"), /\n {6}--max-bytes BYTES /);
    assert.match(await run("unlock"), /no command unlock/);
  });
});
