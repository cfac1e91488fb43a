import { cutOut, resize } from "./picture.ts";
import type { Colours } from "./picture.ts";
import { cornersOf, downOf } from "./rectangle.ts";
import type { Rectangle } from "./rectangle.ts";
import type { Tensor } from "./tensor.ts";

const lineHeight = 48;
/** The model was trained on lines of this width: shorter ones are filled up with grey. */
const leastWidth = 320;
/** Longer lines are as wide as they need, in steps: fewer shapes, each of which a runtime has to plan for. */
const widthStep = 32;

/** A line is cut out of the picture this much higher than the model takes it, at most. */
const sharpest = 3 * lineHeight;

/** The input of the recognition model for one box: shape [1, 3, 48, width]. */
export function recognitionInput(colours: Colours, box: Rectangle): Tensor {
  const text = cutText(colours, box);
  const width = Math.max(leastWidth, Math.ceil(text.width / widthStep) * widthStep);
  const plane = lineHeight * width;
  const data = new Float32Array(3 * plane);
  for (let row = 0; row < lineHeight; row += 1) {
    for (let column = 0; column < text.width; column += 1) {
      const from = 3 * (row * text.width + column);
      const at = row * width + column;
      data[at] = text.data[from]! / 127.5 - 1;
      data[plane + at] = text.data[from + 1]! / 127.5 - 1;
      data[2 * plane + at] = text.data[from + 2]! / 127.5 - 1;
    }
  }
  return { dataType: "float32", shape: [1, 3, lineHeight, width], data };
}

/** The text in a box, upright, as high as the model takes it and as wide as it then is. */
function cutText(colours: Colours, box: Rectangle): Colours {
  const scale = Math.min(1, sharpest / box.height);
  const columns = Math.max(1, Math.round(box.width * scale));
  const rows = Math.max(1, Math.round(box.height * scale));
  const along = box.width / columns;
  const across = box.height / rows;
  const down = downOf(box);
  const cut = cutOut(
    colours,
    cornersOf(box)[0],
    { x: box.right.x * along, y: box.right.y * along },
    { x: down.x * across, y: down.y * across },
    columns,
    rows,
  );
  return resize(cut, Math.max(1, Math.ceil((lineHeight * box.width) / box.height)), lineHeight);
}

/** The characters of the recognition model in output order, from its dictionary file: one a line; the space comes last. */
export function readDictionary(file: string): string[] {
  return [...file.replace(/\r?\n$/, "").split(/\r?\n/), " "];
}

/** A text and how sure the model is of it, from 0 to 1. */
export interface RecognizedText {
  text: string;
  confidence: number;
}

/**
 * The text in the recognition model's output [1, steps, 1 + characters]: the most probable class at each step, where
 * class 0 is "no character" and a class that lasts is written once.
 */
export function decodeText(
  probabilities: Float32Array,
  shape: readonly number[],
  dictionary: readonly string[],
): RecognizedText {
  const [steps = 0, classes = 0] = shape.slice(-2);
  if (classes !== dictionary.length + 1) {
    throw new RangeError(
      `The dictionary has ${dictionary.length} characters but the model tells ${classes - 1} apart: take the dictionary that belongs to it.`,
    );
  }
  let text = "";
  let certainty = 0;
  let count = 0;
  let previous = 0;
  for (let step = 0; step < steps; step += 1) {
    const start = step * classes;
    let best = 0;
    for (let index = 1; index < classes; index += 1) {
      if (probabilities[start + index]! > probabilities[start + best]!) best = index;
    }
    if (best !== 0 && best !== previous) {
      text += dictionary[best - 1] ?? "";
      certainty += probabilities[start + best]!;
      count += 1;
    }
    previous = best;
  }
  return { text, confidence: count === 0 ? 0 : certainty / count };
}
