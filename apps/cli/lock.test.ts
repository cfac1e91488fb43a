import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { LockError } from "./lock-error.ts";
import { runLockCommand } from "./lock-command.ts";
import type { FileDescriptor, Manifest } from "./manifest.ts";
import { matrixModel } from "./matrix-model.test.ts";
import { ProgressBar } from "./progress-bar.ts";

describe("hybrid-ai lock", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "lock-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const file = (name: string) => path.join(folder, name);
  const put = (name: string, bytes: Uint8Array | string) => writeFile(file(name), bytes);
  const inFolder = (words: string[]) => words.map((word) => word.replaceAll("@", `${folder}${path.sep}`));

  /** Runs the command; "@" stands for the folder. Returns what was printed, line by line. */
  async function run(...words: string[]): Promise<string[]> {
    const lines: string[] = [];
    const output = { print: (line: string) => lines.push(line), terminal: { write: () => {} } };
    await runLockCommand(inFolder(words), output, file("caches/hybrid-ai"));
    return lines;
  }

  async function lock(...words: string[]): Promise<Manifest> {
    await run("-o", "@manifest.json", ...words);
    return JSON.parse(await readFile(file("manifest.json"), "utf8")) as Manifest;
  }

  async function rejects(words: string[], ...expected: (string | RegExp)[]): Promise<void> {
    await assert.rejects(run("-o", "@manifest.json", ...words), (error: Error) => {
      for (const part of expected) assert.match(error.message, new RegExp(part));
      return true;
    });
    assert.ok(!(await readdir(folder)).includes("manifest.json"), "a manifest was written");
  }

  it("describes one model: its tensors, its costs, its file", async () => {
    const bytes = matrixModel();
    await put("model.onnx", bytes);
    assert.deepEqual(
      await lock("@model.onnx", "--dimension", "rows=10", "--license", "MIT", "--name", "it"),
      {
        name: "it",
        version: "1.0.0",
        license: "MIT",
        inputs: { x: { dataType: "float32", shape: ["rows", 4] } },
        outputs: { y: { dataType: "float32", shape: ["rows", 2] } },
        variants: [
          {
            name: "model",
            format: "onnx",
            precision: "float32",
            fidelity: 1,
            costs: {
              operations: 10 * 2 * 4 * 2,
              bytes: 4 * (10 * 4 + 4 * 2 + 10 * 2),
              memory: 4 * 4 * 2 + Math.max(bytes.length, 4 * (10 * 4 + 10 * 2)),
            },
            parts: [
              {
                file: {
                  digest: `sha256-${createHash("sha256").update(bytes).digest("base64")}`,
                  size: bytes.length,
                  urls: ["model.onnx"],
                },
                inputs: ["x"],
                outputs: ["y"],
              },
            ],
          },
        ],
      },
    );
  });

  it("gives the same bytes each time", async () => {
    await put("model.onnx", matrixModel());
    await lock("@model.onnx");
    const first = await readFile(file("manifest.json"));
    await lock("@model.onnx");
    assert.deepEqual(await readFile(file("manifest.json")), first);
  });

  it("writes a chunk table, named by its hash, for a file of more than a chunk", async () => {
    const bytes = matrixModel({ from: 200, to: 100 });
    await put("model.onnx", bytes);
    const manifest = await lock("@model.onnx", "--chunk-size", "65536");
    const [part] = manifest.variants[0]!.parts;
    const chunks = part!.file.chunks!;
    const [url] = chunks.urls;
    const table = await readFile(file(url!));
    const hash = createHash("sha256").update(table).digest();
    assert.equal(chunks.digest, `sha256tree-${hash.toString("base64")}`);
    assert.equal(url, `chunks/${hash.toString("hex")}`);
    assert.equal(chunks.size, 65536);
    assert.equal(table.length, 20 + 32 * Math.ceil(bytes.length / 65536));
  });

  it("makes each file of a folder a variant", async () => {
    await put("b.onnx", matrixModel());
    await put("a.onnx", matrixModel());
    await put("notes.txt", "no model");
    const { variants } = await lock(folder, "--fidelity", "b=0.5", "--group", "g", "--feature", "b=float16");
    assert.deepEqual(
      variants.map(({ name, fidelity, group, costs }) => [name, fidelity, group, costs.features]),
      [
        ["a", 1, "g", undefined],
        ["b", 0.5, "g", ["float16"]],
      ],
    );
  });

  it("joins parts, names what crosses the cut, and adds up what they cost", async () => {
    await put("first.onnx", matrixModel({ output: "hidden", to: 3, rows: "batch" }));
    await put("second.onnx", matrixModel({ input: "hidden", from: 3, rows: "n" }));
    const manifest = await lock("cut=@first.onnx+@second.onnx", "--dimension", "batch=5");
    assert.deepEqual(Object.keys(manifest.inputs), ["x"]);
    assert.deepEqual(Object.keys(manifest.outputs), ["y"]);
    const [variant] = manifest.variants;
    assert.equal(variant!.name, "cut");
    assert.equal(variant!.costs.operations, 5 * 2 * (4 * 3 + 3 * 2));
    assert.deepEqual(
      variant!.parts.map(({ inputs, outputs }) => [inputs, outputs]),
      [
        [["x"], ["hidden"]],
        [["hidden"], ["y"]],
      ],
    );
  });

  it("locks assets, renames dimensions and tells mirrors", async () => {
    await put("model.onnx", matrixModel());
    await put("some words.txt", "words");
    const manifest = await lock(
      "@model.onnx",
      ...["--asset", "words=@some words.txt"],
      ...["--rename-dimension", "rows=batch"],
      ...["--mirror", "https://mirror.example/models"],
    );
    assert.deepEqual(manifest.inputs["x"]?.shape, ["batch", 4]);
    const words: FileDescriptor = {
      digest: `sha256-${createHash("sha256").update("words").digest("base64")}`,
      size: 5,
      urls: ["some%20words.txt", "https://mirror.example/models/some%20words.txt"],
    };
    assert.deepEqual(manifest.assets, { words });
  });

  it("locks each file of a folder as an asset", async () => {
    await put("model.onnx", matrixModel());
    await mkdir(file("tokenizer/vocabularies"), { recursive: true });
    await put("tokenizer/tokenizer.json", "{}");
    await put("tokenizer/vocabularies/words.txt", "words");
    const { assets } = await lock("@model.onnx", "--asset", "t=@tokenizer", "--asset", "again=@model.onnx");
    assert.deepEqual(
      Object.entries(assets!).map(([name, { urls }]) => [name, ...urls]),
      [
        ["t/tokenizer.json", "tokenizer/tokenizer.json"],
        ["t/vocabularies/words.txt", "tokenizer/vocabularies/words.txt"],
        ["again", "model.onnx"],
      ],
    );
  });

  it("locks what a server has, where it is", async () => {
    const bytes = matrixModel();
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/model.onnx?v=1" ? 200 : 404;
      response.end(response.statusCode === 200 ? bytes : "no");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { variants } = await lock(`${origin}/model.onnx?v=1`);
      assert.equal(variants[0]!.name, "model");
      assert.deepEqual(variants[0]!.parts[0]!.file.urls, [`${origin}/model.onnx?v=1`]);
      assert.equal(variants[0]!.parts[0]!.file.size, bytes.length);
      assert.deepEqual((await readdir(folder)).toSorted(), ["caches", "manifest.json"]);
      assert.deepEqual(await readdir(file("caches/hybrid-ai")), [], "a download was left");
      await rm(file("manifest.json"));
      await rejects([`${origin}/other.onnx`], "/other.onnx", "404");
    } finally {
      server.close();
    }
    await rejects(["http://127.0.0.1:1/model.onnx"], "no answer");
  });

  it("prints what it did, or one JSON object, or its help", async () => {
    await put("model.onnx", matrixModel());
    assert.ok((await run("-o", "@manifest.json", "@model.onnx")).some((line) => line.startsWith("Wrote ")));
    const [json, ...others] = await run("-o", "@manifest.json", "--json", "@model.onnx");
    assert.deepEqual(others, []);
    assert.deepEqual((JSON.parse(json!) as { written: string[] }).written, [file("manifest.json")]);
    assert.deepEqual(await run("-o", "@manifest.json", "--quiet", "@model.onnx"), []);
    assert.match((await run("--help")).join("\n"), /^Usage: hybrid-ai lock/);
  });

  it("says what is wrong, and writes nothing", async () => {
    await put("model.onnx", matrixModel());
    await put("wider.onnx", matrixModel({ from: 5 }));
    await put("loop.onnx", matrixModel({ input: "y", output: "x", from: 2, to: 4 }));
    await put("narrow.onnx", matrixModel({ input: "y", output: "z", from: 3 }));
    await put("huge.onnx", "");
    await put("text.onnx", "this is no model");
    await rejects([], "Name an ONNX file");
    await rejects(["@none.onnx"], "none.onnx", "no such file");
    await rejects(["@text.onnx"], "text.onnx", "not an ONNX model");
    await truncate(file("huge.onnx"), 2 ** 31);
    await rejects(["@huge.onnx"], "huge.onnx", "2 GiB");
    await rejects(["@model.onnx", "@wider.onnx"], "same inputs", "\\[rows, 4\\]", "\\[rows, 5\\]");
    await rejects(["@model.onnx", "@model.onnx"], "Two variants are called model");
    await rejects(["@model.onnx+@narrow.onnx"], "do not fit", "\\[rows, 2\\]", "\\[rows, 3\\]");
    await rejects(["@model.onnx+@loop.onnx"], "two tensors called x");
    await rejects(["@model.onnx", "--fidelity", "other=1"], "no variant other", "model");
    await rejects(["@model.onnx", "--fidelity", "model=2"], "from 0 to 1");
    await rejects(["@model.onnx", "--fidelity", "model"], "NAME=VALUE");
    await rejects(["@model.onnx", "--chunk-size", "1000"], "power of two");
    await rejects(["@model.onnx", "--dimension", "rows=0"], "whole number");
    await rejects(["@model.onnx", "--mirror", "mirror"], "http");
    await rejects(["@model.onnx", "--surprise"], "--surprise");
    await assert.rejects(run("-o", "@below/manifest.json", "@model.onnx"), /outside the manifest's folder/);
  });

  it("refuses to write a manifest that user agents refuse to read", async () => {
    await put("model.onnx", matrixModel());
    const mirror = `https://mirror.example/${"long/".repeat(15000)}`;
    await assert.rejects(run("-o", "@manifest.json", "@model.onnx", "--mirror", mirror), LockError);
  });
});

describe("the progress bar", () => {
  it("grows on a terminal, and leaves it empty", () => {
    let screen = "";
    const bar = new ProgressBar({ isTTY: true, columns: 60, write: (text) => (screen += text) }, 4e6);
    bar.add(1e6);
    assert.match(screen, /\[#+-+\] 1\.0 MB$/);
    bar.add(3e6);
    assert.match(screen, /\[#+\] 4\.0 MB$/);
    bar.clear();
    assert.match(screen, /\r *\r$/);
  });

  it("learns how much there is to read", () => {
    let screen = "";
    const bar = new ProgressBar({ isTTY: true, columns: 60, write: (text) => (screen += text) }, 0);
    bar.add(1e6);
    assert.match(screen, /^\rreading 1\.0 MB$/);
    bar.expect(4e6);
    bar.add(1e6);
    assert.match(screen, /\[#+-+\] 2\.0 MB$/);
  });

  it("stays silent elsewhere", () => {
    let screen = "";
    const bar = new ProgressBar({ write: (text) => (screen += text) }, 4e6);
    bar.add(1e6);
    bar.clear();
    assert.equal(screen, "");
  });
});
