import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { describe, it } from "mocha";
import { agree } from "./packages.mjs";
import { bikeshed, chromiumExecutable, isSuperUser, node, root } from "./where.mjs";

const setup = path.join(root, "tools/setup/setup.mjs");

describe("set-up", () => {
  describe("decides whether the installed packages are the locked ones", () => {
    const locked = {
      "": { version: "0.0.0" },
      "node_modules/one": { version: "1.0.0", integrity: "sha512-1" },
      "node_modules/for-another-platform": { version: "2.0.0", integrity: "sha512-2", optional: true },
    };
    const one = { "node_modules/one": { version: "1.0.0", integrity: "sha512-1" } };

    it("yes, where only another platform's are missing", () => {
      assert.equal(agree(locked, one), true);
    });
    it("no, where one is missing", () => {
      assert.equal(agree(locked, {}), false);
    });
    it("no, where one has another version or other content", () => {
      assert.equal(agree(locked, { "node_modules/one": { version: "1.0.1", integrity: "sha512-1" } }), false);
      assert.equal(agree(locked, { "node_modules/one": { version: "1.0.0", integrity: "sha512-3" } }), false);
    });
    it("no, where one is installed that is not locked", () => {
      assert.equal(agree(locked, { ...one, "node_modules/two": { version: "1.0.0" } }), false);
    });
  });

  describe("runs what it precedes", () => {
    it("on Node 24, with the project's own programs first on the PATH", () => {
      const code = "console.log(process.version, process.env.PATH.split(path.delimiter)[0])";
      const { stdout } = spawnSync(process.execPath, [setup, "node", "-e", code], { encoding: "utf8" });
      assert.match(stdout, /^v24\./);
      assert.ok(stdout.trimEnd().endsWith(path.join("node_modules", ".bin")), stdout);
    });

    it("with a HOME of the super-user's own, where it runs for the super-user in somebody else's", () => {
      const HOME = mkdtempSync(path.join(tmpdir(), "hybrid-ai-home-"));
      const homeSeen = () => {
        const code = "process.stdout.write(process.env.HOME)";
        const env = { ...process.env, HOME };
        return spawnSync(process.execPath, [setup, "node", "-e", code], { encoding: "utf8", env }).stdout;
      };
      try {
        assert.equal(homeSeen(), HOME);
        if (!isSuperUser()) return;
        chownSync(HOME, 1001, 1001);
        assert.equal(homeSeen(), userInfo().homedir);
      } finally {
        rmdirSync(HOME);
      }
    });
    it("and ends as that ends", async () => {
      assert.equal(spawnSync(process.execPath, [setup, "node", "-e", "process.exit(3)"]).status, 3);

      const child = spawn(process.execPath, [
        setup,
        "node",
        "-e",
        "console.log(1); setInterval(() => {}, 1e3)",
      ]);
      await once(child.stdout, "data");
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "exit"), [null, "SIGTERM"]);
    });

    it("and fails in words where there is no such program", () => {
      const { status, stderr } = spawnSync(process.execPath, [setup, "no-such-program"], {
        encoding: "utf8",
      });
      assert.equal(status, 127);
      assert.match(stderr, /"no-such-program" did not start/);
    });
  });

  it("tells where things are, by the environment first", () => {
    const answer = (environment: NodeJS.ProcessEnv) =>
      spawnSync(
        process.execPath,
        [
          "-e",
          `import(${JSON.stringify(setup)}.replace("setup.mjs", "where.mjs")).then((w) => console.log(w.chromiumExecutable()))`,
        ],
        { encoding: "utf8", env: { ...process.env, ...environment } },
      ).stdout.trim();
    assert.equal(answer({ CHROMIUM_PATH: process.execPath }), process.execPath);
    assert.equal(answer({ CHROMIUM_PATH: "/no/such/browser" }), "null");
    assert.equal(answer({ CHROMIUM_PATH: "" }), String(chromiumExecutable()));
  });

  it("finds Node 24, and nothing where nothing was installed", () => {
    assert.match(String(node()), /node(\.exe)?$/);
    const found = bikeshed();
    assert.ok(found === null || path.isAbsolute(found));
  });
});
