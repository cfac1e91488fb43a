import { resize } from "./picture.ts";
import type { Colours, Point } from "./picture.ts";
import { cornersOf, smallestRectangleAround } from "./rectangle.ts";
import type { Rectangle } from "./rectangle.ts";
import type { Tensor } from "./tensor.ts";

/** The detection model halves a picture five times. */
const sizeStep = 32;
/** The size at which the model sees well: longer pictures are made smaller. */
const longestSide = 960;

const mean = [0.485, 0.456, 0.406] as const;
const deviation = [0.229, 0.224, 0.225] as const;

/** The input of the detection model: shape [1, 3, height, width]. */
export function detectionInput(colours: Colours): Tensor {
  const scale = Math.min(1, longestSide / Math.max(colours.width, colours.height));
  const step = (length: number): number => Math.max(1, Math.round((length * scale) / sizeStep)) * sizeStep;
  const { width, height, data } = resize(colours, step(colours.width), step(colours.height));
  const plane = width * height;
  const input = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel += 1) {
    const scale = 1 / (255 * deviation[channel]!);
    const offset = mean[channel]! / deviation[channel]!;
    for (let pixel = 0; pixel < plane; pixel += 1) {
      input[channel * plane + pixel] = data[3 * pixel + channel]! * scale - offset;
    }
  }
  return { dataType: "float32", shape: [1, 3, height, width], data: input };
}

/** In pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** A pixel counts as text from this probability on. */
const textThreshold = 0.3;
/** A box counts as text if its pixels do so on average with this probability. */
const boxThreshold = 0.6;
/**
 * The model marks the core of each line: a box grows by this multiple of its area over its circumference. Less room
 * than this around the letters, and the recognition model loses the spaces between the words.
 */
const growth = 2;
/** Boxes thinner than this, in pixels that the model saw, are specks. */
const thinnest = 3;

/** The boxes around the lines of text, in the picture's pixels, in reading order, from the model's output [1, 1, height, width]. */
export function findTextBoxes(
  probabilities: Float32Array,
  shape: readonly number[],
  picture: Size,
): Rectangle[] {
  const [height = 0, width = 0] = shape.slice(-2);
  const boxes: Rectangle[] = [];
  for (const points of connectedPixels(probabilities, width, height)) {
    const core = smallestRectangleAround(points);
    if (Math.min(core.width, core.height) < thinnest) continue;
    if (meanInside(core, probabilities, width, height) < boxThreshold) continue;
    const margin = (growth * core.width * core.height) / (2 * (core.width + core.height));
    const box = { ...core, width: core.width + 2 * margin, height: core.height + 2 * margin };
    boxes.push(alongTheText(scaled(box, picture.width / width, picture.height / height)));
  }
  return inReadingOrder(boxes).flat();
}

/** The boxes as lines from top to bottom, each from left to right, as the widest box is turned. */
export function inReadingOrder(boxes: readonly Rectangle[]): Rectangle[][] {
  const widest = boxes.reduce((wider, box) => (box.width > wider.width ? box : wider), {
    width: 0,
    right: { x: 1, y: 0 },
  });
  const along = ({ centre }: Rectangle): number => centre.x * widest.right.x + centre.y * widest.right.y;
  const down = ({ centre }: Rectangle): number => centre.y * widest.right.x - centre.x * widest.right.y;
  const lines: Rectangle[][] = [];
  for (const box of boxes.toSorted((a, b) => down(a) - down(b))) {
    const line = lines.at(-1);
    const first = line?.[0];
    const isOnTheLine =
      first !== undefined && down(box) - down(first) < Math.min(first.height, box.height) / 2;
    if (line !== undefined && isOnTheLine) line.push(box);
    else lines.push([box]);
  }
  return lines.map((line) => line.toSorted((a, b) => along(a) - along(b)));
}

/** The groups of touching pixels (also by their corners) that count as text: the corners of those on their outlines. */
function* connectedPixels(probabilities: Float32Array, width: number, height: number): Generator<Point[]> {
  // A frame of pixels that are no text saves asking for the border.
  const stride = width + 2;
  const isText = new Uint8Array(stride * (height + 2));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (probabilities[y * width + x]! > textThreshold) isText[(y + 1) * stride + x + 1] = 1;
    }
  }
  const neighbours = [-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1];
  const open = isText.slice();
  for (let start = open.indexOf(1); start !== -1; start = open.indexOf(1, start)) {
    const outline: Point[] = [];
    const waiting = [start];
    open[start] = 0;
    for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
      if (isText[pixel - 1] === 0 || isText[pixel + 1] === 0) {
        const x = (pixel % stride) - 1;
        const y = Math.floor(pixel / stride) - 1;
        outline.push({ x, y }, { x: x + 1, y }, { x, y: y + 1 }, { x: x + 1, y: y + 1 });
      }
      for (const step of neighbours) {
        if (open[pixel + step] === 0) continue;
        open[pixel + step] = 0;
        waiting.push(pixel + step);
      }
    }
    yield outline;
  }
}

function meanInside(box: Rectangle, probabilities: Float32Array, width: number, height: number): number {
  const corners = cornersOf(box);
  const between = (places: number[], end: number): [number, number] => [
    Math.max(0, Math.floor(Math.min(...places))),
    Math.min(end, Math.ceil(Math.max(...places))),
  ];
  const [left, far] = between(
    corners.map((corner) => corner.x),
    width,
  );
  const [top, bottom] = between(
    corners.map((corner) => corner.y),
    height,
  );
  let sum = 0;
  let count = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < far; x += 1) {
      const right = x + 0.5 - box.centre.x;
      const down = y + 0.5 - box.centre.y;
      if (Math.abs(right * box.right.x + down * box.right.y) > box.width / 2) continue;
      if (Math.abs(down * box.right.x - right * box.right.y) > box.height / 2) continue;
      sum += probabilities[y * width + x] ?? 0;
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** The box in the picture's own pixels. Both scales are the same but for rounding to the model's size step. */
function scaled(box: Rectangle, horizontally: number, vertically: number): Rectangle {
  const across = Math.hypot(box.right.x * horizontally, box.right.y * vertically);
  const along = Math.hypot(box.right.y * horizontally, box.right.x * vertically);
  return {
    centre: { x: box.centre.x * horizontally, y: box.centre.y * vertically },
    right: { x: (box.right.x * horizontally) / across, y: (box.right.y * vertically) / across },
    width: box.width * across,
    height: box.height * along,
  };
}

/** A box much higher than wide holds text that runs downwards. */
function alongTheText(box: Rectangle): Rectangle {
  if (box.height < 1.5 * box.width) return box;
  return { ...box, right: { x: -box.right.y, y: box.right.x }, width: box.height, height: box.width };
}
