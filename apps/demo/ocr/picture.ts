/** A picture as RGBA bytes, row by row from the top left: an ImageData is one. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** A picture's three colours as numbers from 0 to 255, transparency laid on white: blue, green, red per pixel. */
export interface Colours {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** The whole picture. */
export function coloursOf({ width, height, data: pixels }: Picture): Colours {
  const data = new Float32Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const opacity = pixels[4 * pixel + 3]! / 255;
    const white = 255 * (1 - opacity);
    data[3 * pixel] = pixels[4 * pixel + 2]! * opacity + white;
    data[3 * pixel + 1] = pixels[4 * pixel + 1]! * opacity + white;
    data[3 * pixel + 2] = pixels[4 * pixel]! * opacity + white;
  }
  return { width, height, data };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The part under a rectangle that may be turned: `origin` is its top left corner, `right` and `down` the steps of one
 * new pixel along its sides. Between pixels the colour is mixed of the four nearest; outside, it is that of the edge.
 */
export function cutOut(
  { width: fromWidth, height: fromHeight, data: from }: Colours,
  origin: Point,
  right: Point,
  down: Point,
  width: number,
  height: number,
): Colours {
  const data = new Float32Array(width * height * 3);
  let at = 0;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      // Half a step in: a pixel's colour is that of its centre.
      const x = clamp(origin.x + (column + 0.5) * right.x + (row + 0.5) * down.x - 0.5, fromWidth - 1);
      const y = clamp(origin.y + (column + 0.5) * right.y + (row + 0.5) * down.y - 0.5, fromHeight - 1);
      const left = Math.floor(x);
      const top = Math.floor(y);
      const upperLeft = 3 * (top * fromWidth + left);
      const upperRight = left + 1 < fromWidth ? upperLeft + 3 : upperLeft;
      const below = top + 1 < fromHeight ? 3 * fromWidth : 0;
      for (let channel = 0; channel < 3; channel += 1) {
        const upper = mix(from[upperLeft + channel]!, from[upperRight + channel]!, x - left);
        const lower = mix(from[upperLeft + below + channel]!, from[upperRight + below + channel]!, x - left);
        data[at] = mix(upper, lower, y - top);
        at += 1;
      }
    }
  }
  return { width, height, data };
}

/** The same picture at another size. A smaller one averages what falls together, so that thin strokes stay. */
export function resize(colours: Colours, width: number, height: number): Colours {
  return resizeColumns(resizeRows(colours, width), height);
}

function resizeRows({ width: fromWidth, height, data: from }: Colours, width: number): Colours {
  if (fromWidth === width) return { width, height, data: from };
  const data = new Float32Array(width * height * 3);
  const sources = sourcesOf(fromWidth, width);
  let at = 0;
  for (let row = 0; row < height; row += 1) {
    for (const { first, weights } of sources) {
      let source = 3 * (row * fromWidth + first);
      let [blue, green, red] = [0, 0, 0];
      for (let index = 0; index < weights.length; index += 1) {
        const weight = weights[index]!;
        blue += weight * from[source]!;
        green += weight * from[source + 1]!;
        red += weight * from[source + 2]!;
        source += 3;
      }
      data[at] = blue;
      data[at + 1] = green;
      data[at + 2] = red;
      at += 3;
    }
  }
  return { width, height, data };
}

function resizeColumns({ width, height: fromHeight, data: from }: Colours, height: number): Colours {
  if (fromHeight === height) return { width, height, data: from };
  const length = 3 * width;
  const data = new Float32Array(length * height);
  sourcesOf(fromHeight, height).forEach(({ first, weights }, row) => {
    weights.forEach((weight, index) => {
      const source = (first + index) * length;
      for (let column = 0; column < length; column += 1) {
        data[row * length + column] = data[row * length + column]! + weight * from[source + column]!;
      }
    });
  });
  return { width, height, data };
}

/** Which old places a new one is made of: neighbours from the `first` on, with weights that add up to 1. */
interface Sources {
  readonly first: number;
  readonly weights: Float64Array;
}

/** For each new place its old ones; their weights fall off as a triangle. */
function sourcesOf(from: number, to: number): Sources[] {
  const scale = from / to;
  const reach = Math.max(scale, 1);
  return Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * scale - 0.5;
    const first = Math.max(Math.ceil(centre - reach), 0);
    const last = Math.min(Math.floor(centre + reach), from - 1);
    const weights = Float64Array.from({ length: last - first + 1 }, (_, index) =>
      Math.max(1 - Math.abs(first + index - centre) / reach, 0),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

function clamp(place: number, last: number): number {
  return place < 0 ? 0 : place > last ? last : place;
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
