import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Checked } from "./check.ts";
import { farAddress, withAFarAddress } from "./far-address.test.ts";
import { runLockCommand } from "./lock-command.ts";
import type { Manifest } from "./manifest.ts";
import { matrixModel } from "./matrix-model.test.ts";
import { RangedServer } from "./ranged-server.test.ts";

describe("hybrid-ai lock --check", () => {
  let parent: string;
  let folder: string;
  let downloads: string;
  beforeEach(async () => {
    parent = await mkdtemp(path.join(os.tmpdir(), "check-"));
    folder = path.join(parent, "model");
    downloads = path.join(parent, "caches", "hybrid-ai");
    await mkdir(folder);
    await put("model.onnx", matrixModel({ from: 200, to: 300 }));
    await put("words.txt", "words");
    await run(
      "-o",
      file("manifest.json"),
      "--quiet",
      "--chunk-size",
      "65536",
      file("model.onnx"),
      "--asset",
      `words=${file("words.txt")}`,
    );
  });
  afterEach(() => rm(parent, { recursive: true }));

  const file = (name: string) => path.join(folder, name);
  const put = (name: string, bytes: Uint8Array | string) => writeFile(file(name), bytes);

  async function run(...words: string[]): Promise<{ code: number; lines: string[] }> {
    const lines: string[] = [];
    const terminal = { write: () => {} };
    const code = await runLockCommand(words, { print: (line) => lines.push(line), terminal }, downloads);
    return { code, lines };
  }

  async function check(manifest = file("manifest.json")): Promise<Checked & { code: number }> {
    const { code, lines } = await run("--check", manifest, "--json");
    return { ...(JSON.parse(lines.join("\n")) as Checked), code };
  }

  async function change(steps: (manifest: Manifest) => void): Promise<void> {
    const manifest = JSON.parse(await readFile(file("manifest.json"), "utf8")) as Manifest;
    steps(manifest);
    await put("manifest.json", JSON.stringify(manifest));
  }

  async function findsOne(member: string, source: string, problem: RegExp): Promise<void> {
    const { code, faults } = await check();
    assert.deepEqual(
      faults.map((fault) => [fault.member, path.relative(folder, fault.source)]),
      [[member, source]],
    );
    assert.match(faults[0]!.problem, problem);
    assert.notEqual(faults[0]!.remedy, "");
    assert.equal(code, 2);
  }

  it("finds all well where nothing was changed", async () => {
    const { code, faults, sources } = await check();
    assert.deepEqual([code, faults], [0, []]);
    assert.equal(sources.length, 3);
    const { lines } = await run("--check", file("manifest.json"));
    assert.match(lines.join("\n"), /all is as the manifest says, at 3 places/);
    assert.deepEqual((await run("--check", file("manifest.json"), "--quiet")).lines, []);
  });

  it("tells which chunk of a file is another", async () => {
    const bytes = matrixModel({ from: 200, to: 300 });
    bytes[2 * 65536 + 5]! ^= 1;
    await put("model.onnx", bytes);
    await findsOne("variants[0].parts[0].file", "model.onnx", /of its 4 chunks these are others: 2$/);
  });

  it("finds a file of another size, another file, and none", async () => {
    await put("words.txt", "word");
    await findsOne('assets["words"]', "words.txt", /has 4 bytes, and the manifest says 5/);
    await put("words.txt", "Words");
    await findsOne('assets["words"]', "words.txt", /is sha256-.*and the manifest says sha256-/);
    await rm(file("words.txt"));
    await findsOne('assets["words"]', "words.txt", /no such file/);
  });

  it("finds a chunk table that is another, and one that is not this file's", async () => {
    const [name] = await readdir(file("chunks"));
    const table = await readFile(file(`chunks/${name!}`));
    table[30]! ^= 1;
    await put(`chunks/${name!}`, table);
    await findsOne("variants[0].parts[0].file.chunks", `chunks/${name!}`, /a table of another name/);
    table[30]! ^= 1;
    await put(`chunks/${name!}`, table);
    await change(({ variants }) => {
      const { chunks } = variants[0]!.parts[0]!.file;
      chunks!.urls = [];
      chunks!.digest = `sha256tree-${Buffer.alloc(32).toString("base64")}`;
    });
    await findsOne("variants[0].parts[0].file", "model.onnx", /its chunks are not those of sha256tree-AAAA/);
  });

  it("holds the tensors against the graph", async () => {
    await change(({ inputs }) => (inputs["x"]!.shape = ["rows", 201]));
    await findsOne("variants[0]", "manifest.json", /of x the manifest's inputs .*201.* and the graph .*200/);
    await change(({ inputs, variants }) => {
      inputs["x"]!.shape = ["rows", 200];
      variants[0]!.parts[0]!.outputs = ["z"];
    });
    await findsOne(
      "variants[0].parts[0].outputs",
      "model.onnx",
      /graph's outputs are y, and the manifest says z/,
    );
  });

  it("finds a part that is no model, though it is the file that was locked", async () => {
    await change(({ variants, assets }) => (variants[0]!.parts[0]!.file = assets!["words"]!));
    await findsOne("variants[0].parts[0]", "words.txt", /not an ONNX model/);
  });

  it("finds what keeps a manifest from being read", async () => {
    await change((manifest) => Object.assign(manifest.variants[0]!, { fidelity: 2 }));
    await findsOne("variants[0].fidelity", "manifest.json", /must be <= 1/);
    await put("manifest.json", "{");
    await findsOne("", "manifest.json", /is not JSON/);
    await put("manifest.json", " ".repeat(70000));
    await findsOne("", "manifest.json", /more than 65536 bytes/);
    await assert.rejects(check(file("none.json")), /no such file/);
    await assert.rejects(run("--check", "one", "two"), /name the manifest alone/);
  });

  /** Serves the folder's files as they are now. */
  async function withServer(
    use: (origin: string, server: RangedServer) => Promise<void>,
    address?: string,
  ): Promise<void> {
    const server = new RangedServer();
    const origin = await server.start(address);
    try {
      const tables = (await readdir(file("chunks"))).map((table) => `chunks/${table}`);
      for (const name of ["manifest.json", "model.onnx", "words.txt", ...tables]) {
        server.files.set(`/${name}`, await readFile(file(name)));
      }
      await use(origin, server);
    } finally {
      server.stop();
    }
  }

  it("checks each URL, and goes on with a download that broke off", async () => {
    await withServer(async (origin, server) => {
      server.breaksAfter = 150_000;
      assert.equal((await check(`${origin}/manifest.json`)).code, 0);
      assert.ok(server.requests.some(({ range }) => range !== undefined));

      await change(({ assets }) => assets!["words"]!.urls.push(`${origin}/elsewhere.txt`));
      const { faults, code } = await check();
      assert.deepEqual([code, faults.map(({ source }) => source)], [2, [`${origin}/elsewhere.txt`]]);
      assert.match(faults[0]!.problem, /404/);
      assert.deepEqual(await readdir(downloads), [], "a download was left");
      assert.deepEqual((await readdir(folder)).toSorted(), [
        "chunks",
        "manifest.json",
        "model.onnx",
        "words.txt",
      ]);
    });
  });

  it("takes nothing that came with the manifest for a download of its own", async () => {
    await withServer(async (origin) => {
      const url = `${origin}/words.txt`;
      await change(({ assets }) => (assets!["words"]!.urls = [url]));
      // What a clone may bring, for any folder of downloads whose name it can guess.
      const name = createHash("sha256").update(url).digest("hex").slice(0, 32);
      await put("theirs", "words");
      await mkdir(file("manifest.json.downloads"));
      await symlink(file("theirs"), file(`manifest.json.downloads/${name}.bytes`));
      assert.equal((await check()).code, 0);
      assert.equal(await readFile(file("theirs"), "utf8"), "words");

      await rm(file(`manifest.json.downloads/${name}.bytes`));
      await change(({ assets }) => {
        assets!["words"]!.digest = `sha256-${createHash("sha256").update("Words").digest("base64")}`;
      });
      const piece = `5 ${createHash("sha256").update("Words").digest("hex")}`;
      const head = JSON.stringify({ url, validator: '"one"', size: 5 });
      await put(`manifest.json.downloads/${name}.bytes`, "Words");
      await put(`manifest.json.downloads/${name}.journal`, `${head}\n${piece}\n`);
      const { faults } = await check();
      assert.deepEqual(
        faults.map(({ source }) => source),
        [url],
      );
      assert.equal(await readFile(file(`manifest.json.downloads/${name}.bytes`), "utf8"), "Words");
    });
  });

  it("keeps downloads in a folder of the user's own alone", async () => {
    await withServer(async (origin) => {
      const theirs = path.join(parent, "theirs");
      await mkdir(theirs, { mode: 0o700 });
      await mkdir(path.dirname(downloads));
      await symlink(theirs, downloads);
      await assert.rejects(check(`${origin}/manifest.json`), /folder of your own/);
      await rm(downloads);
      await mkdir(downloads);
      await chmod(downloads, 0o770);
      await assert.rejects(check(`${origin}/manifest.json`), /mode 0700/);
      await rm(downloads, { recursive: true });
      assert.equal((await check(`${origin}/manifest.json`)).code, 0);
      assert.equal((await stat(downloads)).mode & 0o777, 0o700);
      assert.deepEqual(await readdir(theirs), []);
    });
  });

  it("reads no file of this machine for a manifest from elsewhere", async () => {
    const here = pathToFileURL(file("words.txt")).href;
    await change(({ assets }) => assets!["words"]!.urls.push(here, "file:///dev/zero"));
    await change(({ variants }) => variants[0]!.parts[0]!.file.chunks!.urls.push("file:///dev/zero"));
    await withServer(async (origin) => {
      const { code, faults } = await check(`${origin}/manifest.json`);
      assert.equal(code, 2);
      assert.deepEqual(
        faults.map(({ source, problem }) => [source, problem]),
        ["file:///dev/zero", here, "file:///dev/zero"].map((url) => [url, "is no http or https URL"]),
      );
    });
  });

  it("reads no file outside the manifest's folder, and none that is no file", async () => {
    await writeFile(path.join(parent, "secret.txt"), "words");
    await symlink(path.join(parent, "secret.txt"), file("link.txt"));
    await symlink("words.txt", file("inside.txt"));
    const urls = {
      "../secret.txt": /outside the manifest's folder/,
      "link.txt": /outside the manifest's folder/,
      "file:///dev/zero": /outside the manifest's folder/,
      chunks: /is no regular file/,
      ".": /is no regular file/,
      "file://host/words.txt": /names no file on this machine/,
      "a%2Fb": /names no file on this machine/,
      "http://[": /is no http or https URL/,
      "data:,words": /is no http or https URL/,
    };
    await change(({ assets }) => (assets!["words"]!.urls = [...Object.keys(urls), "inside.txt"]));
    const { faults } = await check();
    assert.equal(faults.length, Object.keys(urls).length);
    for (const [index, problem] of Object.values(urls).entries()) {
      assert.match(faults[index]!.problem, problem);
      assert.doesNotMatch(faults[index]!.problem, /sha256|\d+ bytes/);
    }
  });

  it("takes no more bytes than the manifest says, and no longer a manifest than user agents do", async () => {
    await withServer(async (origin, server) => {
      const [table] = await readdir(file("chunks"));
      const long = new Uint8Array(1_000_000);
      for (const name of ["words.txt", `chunks/${table!}`]) server.files.set(`/${name}`, long);
      const { faults } = await check(`${origin}/manifest.json`);
      assert.deepEqual(
        faults.map(({ source, problem }) => [source, problem]),
        [
          [`${origin}/chunks/${table!}`, "has more than 148 bytes"],
          [`${origin}/words.txt`, "has more than 5 bytes"],
        ],
      );
      server.files.set("/manifest.json", long);
      const { code, faults: ofManifest } = await check(`${origin}/manifest.json`);
      assert.deepEqual([code, ...ofManifest.map(({ problem }) => problem)], [2, "has more than 65536 bytes"]);
    });
    const [table] = await readdir(file("chunks"));
    await put(`chunks/${table!}`, new Uint8Array(1_000_000));
    await findsOne(
      "variants[0].parts[0].file.chunks",
      `chunks/${table!}`,
      /has 1000000 bytes, and a table of this file has 148/,
    );
  });

  it("downloads no more than it may, and begins nothing that would be too much", async () => {
    await withServer(async (origin, server) => {
      const manifest = `${origin}/manifest.json`;
      const { code, lines } = await run("--check", manifest, "--json", "--max-bytes", "100000");
      const { faults } = JSON.parse(lines.join("\n")) as Checked;
      assert.deepEqual([code, faults.map(({ member }) => member)], [2, ["variants[0].parts[0].file"]]);
      assert.match(faults[0]!.problem, /more than 100000 bytes would be downloaded. Say with --max-bytes/);
      assert.ok(server.requests.every(({ path: asked }) => asked !== "/model.onnx"));
      assert.equal((await run("--check", manifest, "--max-bytes", "1000000")).code, 0);
      await assert.rejects(run("--max-bytes", "100000", `${origin}/model.onnx`), /would be downloaded/);
      assert.deepEqual(await readdir(downloads), [], "nothing is left");
      await assert.rejects(run("--check", manifest, "--max-bytes", "few"), /a whole number/);
    });
  });

  describe("of a manifest from far away", () => {
    withAFarAddress();

    it("asks no server here for it", async () => {
      await withServer(async (origin, server) => {
        const here = origin.replace(farAddress, "127.0.0.1");
        await change(({ assets }) => assets!["words"]!.urls.push(`${here}/admin`, "/words.txt"));
        server.files.set("/manifest.json", await readFile(file("manifest.json")));
        const { faults } = await check(`${origin}/manifest.json`);
        assert.deepEqual(
          faults.map(({ source, problem }) => [source, /nearer to this machine/.test(problem)]),
          [[`${here}/admin`, true]],
        );
      }, farAddress);
    });
  });

  it("says so in words, too", async () => {
    await rm(file("words.txt"));
    const { lines } = await run("--check", file("manifest.json"));
    assert.match(
      lines.join("\n"),
      /1 fault\.\n {2}assets\["words"\], .*words\.txt\n {4}.*no such file\.\n {4}Put the file there/,
    );
  });
});
