import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";

const script = `
  const { stepsOfChangedTests } = await import(${JSON.stringify(new URL("changed.ts", import.meta.url).href)});
  console.log([...stepsOfChangedTests("HEAD")].toSorted().join(", "));
`;

describe("the steps of changed tests", () => {
  let folder: string;
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: folder, encoding: "utf8" }).trim();
  const steps = () => run(process.execPath, "--input-type=module", "--eval", script);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "changed-tests-"));
    write("index.bs", "<pre class=include>path: spec/bread.bs</pre>\n");
    write(
      "spec/bread.bs",
      "<div algorithm>\n  To <dfn>bake</dfn>:\n\n  1. Heat.\n  1. Wait.\n  1. Return.\n</div>\n",
    );
    write("wpt/hybrid-ai/a.js", '// META: script=resources/oven.js\ntest(f, "bake, step 1: a");\n');
    write("wpt/hybrid-ai/b.js", 'test(f, "bake, step 2: b");\n');
    write("wpt/hybrid-ai/resources/oven.js", "const oven = 1;\n");
    run("git", "init", "--quiet");
    run("git", "add", ".");
    run("git", "-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "-m", "bread");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("are none where nothing changed", () => {
    assert.equal(steps(), "");
  });

  it("are those that a test cites, and those that it cited", () => {
    write("wpt/hybrid-ai/b.js", 'test(f, "bake, step 3: b");\n');
    assert.equal(steps(), "bake 2, bake 3");
  });

  it("are those that a test cited which is gone", () => {
    rmSync(path.join(folder, "wpt/hybrid-ai/b.js"));
    assert.equal(steps(), "bake 2");
  });

  it("are those of all tests that load a changed resource", () => {
    write("wpt/hybrid-ai/resources/oven.js", "const oven = 2;\n");
    assert.equal(steps(), "bake 1");
  });
});
