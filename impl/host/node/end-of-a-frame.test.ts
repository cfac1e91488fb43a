import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { describe, it } from "mocha";
import type { FrameElement } from "./end-of-a-frame.ts";
import { endOfAFrame } from "./end-of-a-frame.ts";

describe("the end of a frame", () => {
  it("is when it is taken out, with whatever it stands in, and no earlier", async () => {
    const { document } = new JSDOM("<p>A<div><iframe></iframe></div>").window;
    const end = endOfAFrame(document.querySelector("iframe") as unknown as FrameElement);
    document.querySelector("p")!.remove();
    await Promise.resolve();
    assert.equal(end.aborted, false);
    document.querySelector("div")!.remove();
    await Promise.resolve();
    assert.equal(end.aborted, true);
  });
});
