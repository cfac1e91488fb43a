import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { JSDOM } from "jsdom";
import { describe, it } from "mocha";
import { root } from "../setup/where.mjs";
import { bundles } from "./bundles.ts";
import { makeABundle } from "./make-bundle.ts";

/** Each is made once. */
const scripts = new Map<string, Promise<string>>();

function textOf(outfile: string): Promise<string> {
  const script =
    scripts.get(outfile) ??
    makeABundle(bundles.find((each) => each.outfile === outfile)!).then((made) => made.script);
  scripts.set(outfile, script);
  return script;
}

/** jsdom has none; Node's would keep the process alive. */
class MessageChannel {
  readonly port1: { onmessage: (() => void) | null } = { onmessage: null };
  readonly port2 = { postMessage: () => setTimeout(() => this.port1.onmessage?.()) };
}

/** A window that can run scripts, of a page that is not cross-origin isolated. */
function newWindow(isSecureContext = true) {
  const { window } = new JSDOM("", { url: "https://example.com/", runScripts: "outside-only" });
  Object.assign(window, { isSecureContext, MessageChannel, SharedArrayBuffer: undefined });
  return window;
}

describe("the bundles", () => {
  it("are all there after a build, with their types, under the names of package.json", () => {
    const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      exports: Record<string, string | Record<string, string>>;
    };
    const files = Object.values(exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    assert.deepEqual(
      files.filter((file) => !existsSync(path.join(root, file))),
      [],
    );
  });

  it("give a package that installs this one their types", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "hybrid-ai-consumer-"));
    try {
      await mkdir(path.join(folder, "node_modules"));
      await symlink(root, path.join(folder, "node_modules/hybrid-ai"), "junction");
      await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
      await writeFile(
        path.join(folder, "page.ts"),
        `import "hybrid-ai/polyfill";
         import type { ModelReceipt } from "hybrid-ai";
         const model = await HybridModel.create({ manifest: "/model.json" });
         const receipt: ModelReceipt = (await model.run({})).receipt;
         // @ts-expect-error -- it is a word
         const placement: number = receipt.placement;
         console.log(placement);`,
      );
      const tsc = path.join(root, "node_modules/typescript/bin/tsc");
      const options = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext"];
      const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, "page.ts"], {
        cwd: folder,
        encoding: "utf8",
      });
      assert.equal(status, 0, stdout);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("polyfill: installs the interfaces on the window that loads it, and does nothing the second time", async () => {
    const polyfill = await textOf("dist/polyfill.js");
    const window = newWindow();
    window.eval(polyfill);
    const modelCache: unknown = window.eval("navigator.modelCache");
    assert.equal(Object.prototype.toString.call(modelCache), "[object ModelCache]");
    assert.equal(typeof window.eval("HybridModel"), "function");
    window.eval(polyfill);
    assert.equal(window.eval("navigator.modelCache"), modelCache);
  });

  it("polyfill: leaves an insecure window as it is", async () => {
    const window = newWindow(false);
    const before = Reflect.ownKeys(window);
    window.eval(await textOf("dist/polyfill.js"));
    assert.deepEqual(Reflect.ownKeys(window), before);
    assert.equal("modelCache" in window.navigator, false);
  });

  it("polyfill: checks what it is given with errors and promises of the window's", async () => {
    const window = newWindow();
    window.eval(await textOf("dist/polyfill.js"));
    const promise: unknown = window.eval("navigator.modelCache.fetch({})");
    assert.ok(promise instanceof (window.eval("Promise") as typeof Promise));
    await assert.rejects(promise, window.eval("TypeError") as ErrorConstructor);
  });

  it("testing: has the hook that sets a virtual model environment", async () => {
    const window = newWindow();
    window.eval(await textOf("dist/testing.js"));
    const hook = Reflect.get(window, Symbol.for("hybrid-ai testing")) as Record<
      "setVirtualModelEnvironment" | "deleteVirtualModelEnvironment",
      (parameters?: object) => Promise<null>
    >;
    assert.equal(await hook.setVirtualModelEnvironment({ exposureLimit: "device" }), null);
    await assert.rejects(hook.setVirtualModelEnvironment({ exposureLimit: "nowhere" }), /exposureLimit/);
    assert.equal(await hook.deleteVirtualModelEnvironment(), null);
  });

  it("ponyfill: can be imported anywhere, and leaves the global as it is", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "hybrid-ai-ponyfill-"));
    try {
      const file = path.join(folder, "ponyfill.mjs");
      await writeFile(file, await textOf("dist/ponyfill.js"));
      const before = Reflect.ownKeys(globalThis);
      const ponyfill = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
      assert.deepEqual(Reflect.ownKeys(globalThis), before);
      assert.deepEqual(Object.keys(ponyfill).sort(), [
        ...["HybridModel", "ModelRunError", "createHybridAI", "modelCache", "modelCapabilities"],
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("say that they are strict where a worker's script is made of them, which is no module", async () => {
    for (const outfile of ["dist/cache.js", "dist/polyfill.js"]) {
      assert.match(await textOf(outfile), /^.{0,60}function \w+\(\w+,\w+\)\{"use strict"/);
    }
  });

  it("give another bundler nothing to warn of", async () => {
    for (const outfile of ["dist/cache.js", "dist/polyfill.js", "dist/transformers.js"]) {
      assert.deepEqual((await transform(await textOf(outfile), { logLevel: "silent" })).warnings, []);
    }
  });

  it("leave what only a shared store could do out of what pages load, and keep it in tests", async () => {
    assert.doesNotMatch(await textOf("dist/polyfill.js"), /sharedFile/);
    assert.match(await textOf("dist/testing.js"), /sharedFile/);
  });

  it("leave the text's assertions out of what pages load, and keep them in tests", async () => {
    assert.doesNotMatch(await textOf("dist/polyfill.js"), /Assertion failed/);
    assert.match(await textOf("dist/testing.js"), /Assertion failed/);
  });
});
