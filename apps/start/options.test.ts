import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { usualPort } from "../server/server.ts";
import { readOptions } from "./options.ts";

describe("what follows npm start", () => {
  it("is read", () => {
    assert.deepEqual(readOptions(["--once", "--port", "0", "--browser", "firefox"]), {
      once: true,
      json: false,
      port: 0,
      browser: "firefox",
      built: false,
      screenshots: undefined,
      help: false,
    });
    const usual = readOptions([]);
    assert.ok(typeof usual === "object" && usual.port === usualPort);
  });

  for (const [args, words] of [
    [["--bogus"], /^Unknown option '--bogus'$/],
    [["--port", "abc"], /^--port takes a number from 0 to 65535, and “abc” is none\.$/],
    [["--port", "70000"], /“70000” is none/],
    [["--port=-1"], /“-1” is none/],
    [["--port"], /argument missing/],
    [["stray"], /^Unexpected argument 'stray'$/],
  ] as const) {
    it(`is refused in a line where it is ${args.join(" ")}`, () => {
      const refused = readOptions(args);
      assert.ok(typeof refused === "string" && !refused.includes("\n"));
      assert.match(refused, words);
    });
  }

  it("is answered with the usage and status 2 where it is wrong, and with no stack", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(import.meta.dirname, "start.ts"), "--bogus"],
      { encoding: "utf8" },
    );
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^Unknown option '--bogus'\n\nThe main job/);
    assert.doesNotMatch(stderr, /\bat .*:\d+:\d+/);
  });

  it("with --json and without --once prints its JSON last, and then stays up", async () => {
    const script = path.join(import.meta.dirname, "start.ts");
    // With no such browser it comes to its end soon.
    const args = ["--json", "--built", "--port", "0", "--browser", "none"];
    const running = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const lines: string[] = [];
      for await (const line of createInterface({ input: running.stdout })) {
        lines.push(line);
        if (line.startsWith("{")) break;
      }
      assert.ok(lines.some((line) => line.startsWith("This stays up")));
      assert.deepEqual(Object.keys(JSON.parse(lines.at(-1)!) as object), ["error"]);
      assert.equal(running.exitCode, null);
    } finally {
      running.kill();
    }
  });
});
