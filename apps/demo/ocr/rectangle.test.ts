import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { cornersOf, smallestRectangleAround } from "./rectangle.ts";

describe("the smallest rectangle around points", () => {
  for (const degrees of [0, 12, -30, 44]) {
    it(`finds one that is turned by ${degrees}°`, () => {
      const angle = (degrees * Math.PI) / 180;
      const rectangle = {
        centre: { x: 50, y: 40 },
        right: { x: Math.cos(angle), y: Math.sin(angle) },
        width: 30,
        height: 10,
      };
      const found = smallestRectangleAround([{ x: 50, y: 40 }, ...cornersOf(rectangle)]);
      const numbers = ({ centre, right, width, height }: typeof rectangle) =>
        [centre.x, centre.y, right.x, right.y, width, height].map((number) => Math.round(number * 1e9) / 1e9);
      assert.deepEqual(numbers(found), numbers(rectangle));
    });
  }

  it("is a line, or a point, where the points are", () => {
    const line = smallestRectangleAround([
      { x: 1, y: 1 },
      { x: 5, y: 1 },
    ]);
    assert.deepEqual([line.width, line.height], [4, 0]);
    const point = smallestRectangleAround([{ x: 1, y: 2 }]);
    assert.deepEqual([point.centre, point.width, point.height], [{ x: 1, y: 2 }, 0, 0]);
  });
});
