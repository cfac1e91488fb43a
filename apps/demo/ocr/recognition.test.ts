import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decodeText, readDictionary, recognitionInput } from "./recognition.ts";

describe("read a dictionary", () => {
  it("has a character a line, and the space last", () => {
    assert.deepEqual(readDictionary("a\nb\n"), ["a", "b", " "]);
    assert.deepEqual(readDictionary("a\r\nb"), ["a", "b", " "]);
  });
});

describe("decode a text", () => {
  const dictionary = ["a", "b"];
  /** The probabilities of "no character", a and b at each step. */
  const decode = (steps: number[][]) =>
    decodeText(Float32Array.from(steps.flat()), [1, steps.length, 3], dictionary);

  const blank = [1, 0, 0];
  const a = [0, 1, 0];
  const b = [0, 0, 1];

  it("writes a character that lasts once, and again after a gap", () => {
    assert.equal(decode([blank, a, a, b, blank, b]).text, "abb");
  });

  it("tells the mean probability of the characters that it wrote", () => {
    const { text, confidence } = decode([blank, [0.2, 0.75, 0.05], a, [0.5, 0.25, 0.25], [0.25, 0.25, 0.5]]);
    assert.deepEqual([text, confidence], ["ab", 0.625]);
  });

  it("is not sure of nothing", () => assert.deepEqual(decode([blank, blank]), { text: "", confidence: 0 }));

  it("tells when the dictionary is another model's", () => {
    assert.throws(() => decodeText(new Float32Array(4), [1, 1, 4], dictionary), RangeError);
  });
});

describe("the input of the recognition model", () => {
  const picture = { width: 4, height: 2, data: new Float32Array(24).fill(255) };
  const box = (width: number, height: number) => {
    return { centre: { x: 2, y: 1 }, right: { x: 1, y: 0 }, width, height };
  };

  it("is 48 pixels high; a short line is filled up with grey", () => {
    const { shape, data } = recognitionInput(picture, box(4, 2));
    assert.deepEqual(shape, [1, 3, 48, 320]);
    assert.equal(data.length, 3 * 48 * 320);
    assert.deepEqual([data[0], data[95], data[96], data[319]], [1, 1, 0, 0]);
  });

  it("is as wide as a long line needs, in steps of 32", () => {
    assert.deepEqual(recognitionInput(picture, box(40, 4)).shape, [1, 3, 48, 480]);
    assert.deepEqual(recognitionInput(picture, box(41, 4)).shape, [1, 3, 48, 512]);
  });

  it("stands a box of no size", () => {
    assert.ok(recognitionInput(picture, box(0.2, 0.2)).data.every(Number.isFinite));
  });
});
