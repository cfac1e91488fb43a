import type { Point } from "./picture.ts";

/** A rectangle that may be turned: `width` lies along the unit vector `right`, `height` a quarter turn clockwise of it. */
export interface Rectangle {
  readonly centre: Point;
  readonly right: Point;
  readonly width: number;
  readonly height: number;
}

/** The unit vector along a rectangle's height. */
export function downOf({ right }: Rectangle): Point {
  return { x: -right.y, y: right.x };
}

/** Top left, top right, bottom right, bottom left, as seen along `right`. */
export function cornersOf(rectangle: Rectangle): [Point, Point, Point, Point] {
  const { centre, right, width, height } = rectangle;
  const down = downOf(rectangle);
  const corner = (along: number, across: number): Point => ({
    x: centre.x + (along * width * right.x + across * height * down.x) / 2,
    y: centre.y + (along * width * right.y + across * height * down.y) / 2,
  });
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** The rectangle of least area around the points; its `right` points within an eighth turn of the picture's right. */
export function smallestRectangleAround(points: readonly Point[]): Rectangle {
  const hull = convexHull(points);
  let best = rectangleAlong(hull, { x: 1, y: 0 });
  hull.forEach((from, index) => {
    const to = hull[(index + 1) % hull.length] ?? from;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length === 0) return;
    const direction = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
    const candidate = rectangleAlong(hull, upright(direction));
    if (candidate.width * candidate.height < best.width * best.height) best = candidate;
  });
  return best;
}

/** The rectangle with its sides along and across `right` around the points. */
function rectangleAlong(points: readonly Point[], right: Point): Rectangle {
  let [left, top, far, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    const along = x * right.x + y * right.y;
    const across = y * right.x - x * right.y;
    left = Math.min(left, along);
    far = Math.max(far, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const along = (left + far) / 2;
  const across = (top + bottom) / 2;
  return {
    centre: { x: along * right.x - across * right.y, y: along * right.y + across * right.x },
    right,
    width: far - left,
    height: bottom - top,
  };
}

/** The quarter turn of a direction that lies nearest to the picture's right. */
function upright({ x, y }: Point): Point {
  if (Math.abs(x) >= Math.abs(y)) return x > 0 ? { x, y } : { x: -x, y: -y };
  return y > 0 ? { x: y, y: -x } : { x: -y, y: x };
}

/** The corners of the convex hull, in order around it. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const chain = (along: readonly Point[]): Point[] => {
    const kept: Point[] = [];
    for (const point of along) {
      while (kept.length > 1 && !turnsLeft(kept[kept.length - 2], kept[kept.length - 1], point)) kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return sorted.length < 2 ? sorted : [...chain(sorted), ...chain(sorted.toReversed())];
}

function turnsLeft(from: Point | undefined, over: Point | undefined, to: Point): boolean {
  if (from === undefined || over === undefined) return true;
  return (over.x - from.x) * (to.y - from.y) - (over.y - from.y) * (to.x - from.x) > 0;
}
