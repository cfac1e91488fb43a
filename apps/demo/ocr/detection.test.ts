import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { detectionInput, findTextBoxes, inReadingOrder } from "./detection.ts";

function blank(width: number, height: number) {
  return { width, height, data: new Float32Array(3 * width * height).fill(255) };
}

/** A map of probabilities with filled rectangles: [left, top, width, height, probability]. */
function probabilityMap(width: number, height: number, filled: [number, number, number, number, number][]) {
  const map = new Float32Array(width * height);
  for (const [left, top, boxWidth, boxHeight, probability] of filled) {
    for (let y = top; y < top + boxHeight; y += 1)
      map.fill(probability, y * width + left, y * width + left + boxWidth);
  }
  return map;
}

describe("the input of the detection model", () => {
  const shapes: [number, number, number, number][] = [
    [640, 480, 640, 480],
    [1, 1, 32, 32],
    [1920, 1080, 960, 544],
    [100, 4000, 32, 960],
  ];
  for (const [width, height, modelWidth, modelHeight] of shapes) {
    it(`of ${width} x ${height} is ${modelWidth} x ${modelHeight}`, () => {
      const { shape, data } = detectionInput(blank(width, height));
      assert.deepEqual(shape, [1, 3, modelHeight, modelWidth]);
      assert.equal(data.length, 3 * modelHeight * modelWidth);
    });
  }

  it("has the mean and deviation of the training pictures, a plane for each colour", () => {
    const { data } = detectionInput(blank(32, 32));
    const planes = [data[0], data[1024], data[2048]].map((value) => value?.toFixed(4));
    assert.deepEqual(planes, ["2.2489", "2.4286", "2.6400"]);
  });
});

describe("find the boxes", () => {
  it("finds each line, grown to the whole letters, in the picture's pixels", () => {
    const map = probabilityMap(64, 64, [[10, 20, 30, 6, 0.9]]);
    const [box, ...others] = findTextBoxes(map, [1, 1, 64, 64], blank(128, 64));
    assert.equal(others.length, 0);
    // A core of 30 x 6 grows by 2 * 180 / 72 on every side; the picture is twice as wide as the map.
    assert.deepEqual(box, { centre: { x: 50, y: 23 }, right: { x: 1, y: 0 }, width: 80, height: 16 });
  });

  it("leaves out what is faint, unsure or a speck", () => {
    const map = probabilityMap(64, 64, [
      [2, 2, 20, 6, 0.29],
      [2, 20, 20, 6, 0.55],
      [40, 40, 2, 2, 1],
    ]);
    assert.deepEqual(findTextBoxes(map, [1, 1, 64, 64], blank(64, 64)), []);
  });

  it("turns a high box: its text runs downwards", () => {
    const [box] = findTextBoxes(
      probabilityMap(64, 64, [[20, 10, 6, 30, 0.9]]),
      [1, 1, 64, 64],
      blank(64, 64),
    );
    assert.deepEqual(box?.right, { x: -0, y: 1 });
    assert.ok(box.width > box.height);
  });

  it("finds nothing on an empty page", () => {
    assert.deepEqual(findTextBoxes(new Float32Array(1024), [1, 1, 32, 32], blank(32, 32)), []);
  });
});

describe("reading order", () => {
  const box = (x: number, y: number, right = { x: 1, y: 0 }) => ({
    centre: { x, y },
    right,
    width: 20,
    height: 10,
  });

  it("is by line, then from left to right", () => {
    const boxes = [box(60, 12), box(10, 40), box(10, 10), box(60, 38)];
    const lines = inReadingOrder(boxes).map((line) => line.map(({ centre }) => [centre.x, centre.y]));
    assert.deepEqual(lines, [
      [
        [10, 10],
        [60, 12],
      ],
      [
        [10, 40],
        [60, 38],
      ],
    ]);
  });

  it("follows a turned page", () => {
    const right = { x: Math.SQRT1_2, y: Math.SQRT1_2 };
    const lines = inReadingOrder([box(40, 40, right), box(-10, 10, right), box(0, 0, right)]);
    assert.deepEqual(
      lines.map((line) => line.map(({ centre }) => centre.x)),
      [[0, 40], [-10]],
    );
  });
});
