import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { describe, it } from "mocha";
import { runtimeFolder } from "./runtime-folder.ts";

function inScope(scope: object, steps: () => void): void {
  Object.assign(globalThis, scope);
  try {
    steps();
  } finally {
    for (const name of Reflect.ownKeys(scope)) Reflect.deleteProperty(globalThis, name);
  }
}

function windowWith(page: string): object {
  const { window } = new JSDOM(page);
  const { document } = window;
  const script = document.querySelector("script");
  Object.defineProperty(document, "currentScript", { get: () => script });
  return { document, HTMLScriptElement: window.HTMLScriptElement };
}

describe("the folder of the runtime", () => {
  it("is beside the script that a window runs", () => {
    inScope(windowWith('<base href="https://example.com/a/"><script src="b/c.js"></script>'), () => {
      assert.equal(runtimeFolder(), "https://example.com/a/b/onnxruntime/");
    });
  });

  it("is beside the page for a script within it", () => {
    inScope(windowWith('<base href="https://example.com/a/"><script></script>'), () => {
      assert.equal(runtimeFolder(), "https://example.com/a/onnxruntime/");
    });
  });

  it("is beside the script of a worker", () => {
    assert.equal(runtimeFolder(), new URL("./onnxruntime/", import.meta.url).href);
  });

  it("is where the page says", () => {
    const location = { href: "https://example.com/a/" };
    inScope({ location, [Symbol.for("hybrid-ai runtime")]: "/runtime/" }, () => {
      assert.equal(runtimeFolder(), "https://example.com/runtime/");
    });
  });

  it("is nowhere for a script that has no place, and that is no error yet", () => {
    inScope(windowWith('<base href="data:text/html,"><script></script>'), () => {
      assert.equal(runtimeFolder(), "about:blank");
    });
  });
});
