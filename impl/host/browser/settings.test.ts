import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { FramedWindow } from "../frames.ts";
import { isAlive, mayUse } from "./settings.ts";

function frame(allow: string | null): FramedWindow {
  const top: { parent?: FramedWindow } = { frameElement: null, origin: "https://a.example" } as object;
  top.parent = top as FramedWindow;
  return {
    parent: top as FramedWindow,
    frameElement: { getAttribute: () => allow },
    origin: "https://a.example",
  };
}

describe("is alive", () => {
  it("step 2: a window whose document has its window is, another is not", () => {
    const parts = { window: frame(null) };
    assert.equal(isAlive({ ...parts, document: { defaultView: {} } }), true);
    assert.equal(isAlive({ ...parts, document: { defaultView: null } }), false);
  });

  it("step 3: a worker is", () => {
    assert.equal(isAlive({}), true);
  });
});

describe("may use", () => {
  it("step 2: a window may what its embedder allows", () => {
    const document = { defaultView: {} };
    assert.equal(mayUse({ window: frame(null), document }, "model-cache"), true);
    assert.equal(mayUse({ window: frame("model-cache 'none'"), document }, "model-cache"), false);
  });

  it("step 3: a worker may", () => {
    assert.equal(mayUse({}, "model-cache"), true);
  });
});
