import { detectionInput, findTextBoxes, inReadingOrder } from "./detection.ts";
import { coloursOf } from "./picture.ts";
import type { Picture } from "./picture.ts";
import { decodeText, recognitionInput } from "./recognition.ts";
import type { RecognizedText } from "./recognition.ts";
import type { Rectangle } from "./rectangle.ts";
import { float32Of } from "./tensor.ts";
import type { ResultTensor, Tensor } from "./tensor.ts";

/** One inference with a model of one input and one output, wherever it runs. */
export type Run = (input: Tensor) => Promise<ResultTensor>;

export interface Reader {
  /** The detection model. */
  detect: Run;
  /** The recognition model. */
  recognize: Run;
  /** The recognition model's characters: see readDictionary(). */
  dictionary: readonly string[];
}

export interface ReadBox extends RecognizedText {
  box: Rectangle;
}

export interface ReadPicture {
  /** Every line, top to bottom; its boxes from left to right. */
  lines: ReadBox[][];
  /** The lines' texts, boxes of a line joined by a space. */
  text: string;
}

/** Below this the model only guesses. */
const leastConfidence = 0.5;

/** Reads the text in a picture: one run that finds the boxes, then one run for each box. */
export async function readPicture(picture: Picture, reader: Reader): Promise<ReadPicture> {
  const colours = coloursOf(picture);
  const found = await reader.detect(detectionInput(colours));
  const boxes = findTextBoxes(float32Of(found), found.shape, picture);
  const texts = new Map<Rectangle, ReadBox>();
  for (const box of boxes) {
    const result = await reader.recognize(recognitionInput(colours, box));
    const read = decodeText(float32Of(result), result.shape, reader.dictionary);
    const text = read.text.trim();
    if (text !== "" && read.confidence >= leastConfidence) texts.set(box, { ...read, text, box });
  }
  const lines = inReadingOrder([...texts.keys()]).map((line) =>
    line.map((box) => texts.get(box)).filter((read) => read !== undefined),
  );
  const text = lines.map((line) => line.map((read) => read.text).join(" ")).join("\n");
  return { lines, text };
}
