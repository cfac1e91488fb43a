import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { coloursOf, cutOut, resize } from "./picture.ts";
import type { Colours } from "./picture.ts";

/** Grey pixels, opaque. */
function grey(width: number, values: number[]) {
  return {
    width,
    height: values.length / width,
    data: Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255])),
  };
}

const firstChannel = ({ data }: Colours) => [...data].filter((_, index) => index % 3 === 0);

describe("the colours of a picture", () => {
  it("are blue, green, red", () => {
    const picture = { width: 1, height: 1, data: Uint8Array.of(10, 20, 30, 255) };
    assert.deepEqual([...coloursOf(picture).data], [30, 20, 10]);
  });

  it("show white through what is transparent", () => {
    const picture = { width: 1, height: 1, data: Uint8Array.of(0, 0, 0, 51) };
    assert.deepEqual([...coloursOf(picture).data], [204, 204, 204]);
  });
});

describe("resize", () => {
  it("leaves a picture of the same size as it is", () => {
    const colours = coloursOf(grey(2, [1, 2, 3, 4]));
    assert.deepEqual(resize(colours, 2, 2), colours);
  });

  it("keeps the mean where it makes smaller, however small", () => {
    const colours = coloursOf(grey(8, [0, 0, 0, 0, 240, 240, 240, 240]));
    const [only] = firstChannel(resize(colours, 1, 1));
    assert.ok(Math.abs((only ?? 0) - 120) < 1e-3);
  });

  it("mixes neighbours where it makes larger", () => {
    const values = firstChannel(resize(coloursOf(grey(2, [0, 100])), 4, 1));
    assert.deepEqual(values, [0, 25, 75, 100]);
  });
});

describe("cut out", () => {
  const picture = grey(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]);

  it("takes whole pixels as they are", () => {
    const cut = cutOut(coloursOf(picture), { x: 1, y: 1 }, { x: 1, y: 0 }, { x: 0, y: 1 }, 2, 2);
    assert.deepEqual(firstChannel(cut), [5, 6, 8, 9]);
  });

  it("follows a turned rectangle", () => {
    const cut = cutOut(coloursOf(picture), { x: 3, y: 0 }, { x: 0, y: 1 }, { x: -1, y: 0 }, 3, 3);
    assert.deepEqual(firstChannel(cut), [3, 6, 9, 2, 5, 8, 1, 4, 7]);
  });

  it("repeats the edge beyond the picture", () => {
    const cut = cutOut(coloursOf(picture), { x: -2, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }, 3, 1);
    assert.deepEqual(firstChannel(cut), [1, 1, 1]);
  });
});
