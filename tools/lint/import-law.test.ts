import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "mocha";
import { ESLint, Linter } from "eslint";
import { parser } from "typescript-eslint";
import { importLaw } from "./import-law.ts";
import { chapters } from "./rooms.ts";

const root = path.resolve(import.meta.dirname, "../..");

function complaints(file: string, code: string): string[] {
  const linter = new Linter({ cwd: root });
  return linter
    .verify(
      code,
      {
        files: ["**"],
        languageOptions: { parser },
        plugins: { house: { rules: { "import-law": importLaw } } },
        rules: { "house/import-law": "error" },
      },
      path.join(root, file),
    )
    .map(({ message, messageId }) => messageId ?? message);
}

describe("the import law", () => {
  const refused: [file: string, code: string, messageId: string][] = [
    ["impl/infra/queue.ts", `import { fetchAFile } from "../model-cache/fetch.ts";`, "room"],
    ["impl/concepts/digest.ts", `import { fetchAFile } from "../model-cache/fetch.ts";`, "room"],
    ["impl/remote-execution/infer.ts", `import { run } from "../hybrid-dispatch/run.ts";`, "room"],
    ["impl/model-cache/fetch.ts", `import { host } from "../host/browser/browser-host.ts";`, "room"],
    ["impl/model-cache/fetch.ts", `import type { Browser } from "../host/browser/browser-host.ts";`, "room"],
    ["impl/model-cache/fetch.ts", `const host = await import("../host/node/node-host.ts");`, "room"],
    ["impl/model-cache/fetch.ts", `export { install } from "../install/install.ts";`, "room"],
    ["impl/model-cache/fetch.ts", `type Host = import("../host/node/node-host.ts").NodeHost;`, "room"],
    ["impl/model-cache/fetch.ts", `import "../polyfill.ts";`, "room"],
    ["impl/model-cache/fetch.ts", `import { sha256 } from "@noble/hashes/sha2.js";`, "package"],
    ["impl/host/browser/store.ts", `import type { ModelFile } from "../../model-cache/file.ts";`, "room"],
    ["impl/host/browser/store.ts", `import { parse } from "../../concepts/digest.ts";`, "room"],
    ["impl/host/browser/store.ts", `import { folder } from "../node/store.ts";`, "room"],
    ["impl/install/install.ts", `import { polyfill } from "../polyfill.ts";`, "room"],
    ["impl/install/install.ts", `import { HybridModel } from "hybrid-ai/ponyfill";`, "self"],
    ["apps/demo/page.ts", `import { run } from "../../impl/hybrid-dispatch/run.ts";`, "room"],
    ["apps/demo/page.ts", `import { serve } from "../server/serve.ts";`, "room"],
    ["apps/server/serve.test.ts", `import { nodeHost } from "../../impl/host/node/node-host.ts";`, "room"],
    ["wpt/hybrid-ai/resources/files.js", `import { hash } from "../../../impl/concepts/digest.ts";`, "room"],
    ["wpt/runner/run.ts", `import { listThePlans } from "../../impl/hybrid-dispatch/plan.ts";`, "room"],
    ["impl/model-cache/fetch.ts", `import { scratch } from "../../scratch/fetch.ts";`, "outside"],
  ];
  for (const [file, code, messageId] of refused) {
    it(`refuses, in ${file}: ${code}`, () => {
      assert.deepEqual(complaints(file, code), [messageId]);
    });
  }

  const allowed: [file: string, code: string][] = [
    ["impl/model-cache/fetch.ts", `import { inParallel } from "../infra/in-parallel.ts";`],
    ["impl/model-cache/fetch.ts", `import type { ModelFile } from "../../idl/contracts.ts";`],
    ["impl/model-cache/fetch.ts", `import type { Host } from "../host/host.ts";`],
    ["impl/model-cache/fetch.ts", `import { parse } from "../concepts/digest.ts";`],
    ["impl/model-cache/fetch.ts", `import { commit } from "./commit.ts";`],
    ["impl/model-cache/fetch.test.ts", `import { virtualHost } from "../host/virtual/virtual-host.ts";`],
    ["impl/model-cache/fetch.test.ts", `import { it } from "mocha";`],
    ["impl/host/browser/store.ts", `import type { Digest } from "../../concepts/digest.ts";`],
    ["impl/host/browser/store.ts", `import { type Digest } from "../../concepts/digest.ts";`],
    ["impl/backend/onnxruntime-web/session.ts", `import { InferenceSession } from "onnxruntime-web";`],
    ["impl/install/install.ts", `import { browserHost } from "../host/browser/browser-host.ts";`],
    ["impl/polyfill.ts", `import { install } from "./install/install.ts";`],
    ["apps/demo/page.ts", `import "hybrid-ai/polyfill";`],
    ["wpt/runner/run.ts", `import { chromiumExecutable } from "../../tools/setup/where.mjs";`],
  ];
  for (const [file, code] of allowed) {
    it(`allows, in ${file}: ${code}`, () => {
      assert.deepEqual(complaints(file, code), []);
    });
  }

  it("lets a chapter import each earlier one and no later one", () => {
    for (const [position, importer] of chapters.entries()) {
      for (const [other, imported] of chapters.entries()) {
        const found = complaints(`impl/${importer}/file.ts`, `import { it } from "../${imported}/other.ts";`);
        assert.equal(found.length === 0, other <= position, `${importer} imports ${imported}`);
      }
    }
  });

  it("holds in the project's own configuration, in every room", async () => {
    const eslint = new ESLint({ cwd: root });
    for (const file of [
      "impl/model-cache/fetch.ts",
      "apps/demo/page.ts",
      "wpt/hybrid-ai/resources/files.js",
    ]) {
      const { rules } = (await eslint.calculateConfigForFile(path.join(root, file))) as {
        rules: Record<string, unknown>;
      };
      assert.deepEqual(rules["house/import-law"], [2], file);
    }
  });
});
