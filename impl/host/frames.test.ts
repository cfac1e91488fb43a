import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isAllowedInItsFrames } from "./frames.ts";
import type { FramedWindow } from "./frames.ts";

function top(origin: string): FramedWindow {
  const window = { origin, frameElement: null } as {
    -readonly [Key in keyof FramedWindow]: FramedWindow[Key];
  };
  window.parent = window;
  return window;
}

function framed(parent: FramedWindow, allow: string | null, origin = parent.origin): FramedWindow {
  return { parent, origin, frameElement: { getAttribute: () => allow } };
}

describe("is allowed in its frames", () => {
  const page = top("https://example.com");
  const cases: [what: string, window: FramedWindow, answer: boolean][] = [
    ["a top-level window", page, true],
    ["a frame that says nothing", framed(page, null), true],
    ["a frame that names another feature", framed(page, "camera 'none'"), true],
    ["a frame that allows it", framed(page, "camera; model-cache"), true],
    ["a frame that allows it its origin", framed(page, "model-cache https://example.com"), true],
    ["a frame that allows it nobody", framed(page, "model-cache 'none'"), false],
    ["a frame that allows it another origin", framed(page, "model-cache https://a.example"), false],
    ["a frame in one that is not allowed", framed(framed(page, "model-cache 'none'"), "model-cache"), false],
    ["a frame of another origin", framed(page, "model-cache", "https://a.example"), false],
  ];
  for (const [what, window, answer] of cases) {
    it(`${what}: ${answer ? "yes" : "no"}`, () => {
      assert.equal(isAllowedInItsFrames(window, "model-cache"), answer);
    });
  }

  it("does not fail where the parent cannot be read", () => {
    const parent = {
      get origin(): string {
        throw new Error("cross-origin");
      },
    } as FramedWindow;
    assert.equal(
      isAllowedInItsFrames(framed(parent, "model-cache", "https://a.example"), "model-cache"),
      false,
    );
  });
});
