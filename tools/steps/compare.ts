import type { Algorithm, Step } from "../spec/algorithms.ts";
import { allSteps } from "../spec/algorithms.ts";
import type { CodeOfAlgorithm, StepComment } from "./code.ts";

/** Something that differs between text and code, with what to do about it. */
export interface Difference {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  /** Whether `npm run steps` can mend it by itself. */
  readonly mendable: boolean;
}

/** A comment and what it is to say from now on. */
export interface Rewrite {
  readonly file: string;
  readonly comment: StepComment;
  readonly number: string;
  readonly text: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  readonly rewrites: readonly Rewrite[];
  /** For each step number, the comment that stands for it. */
  readonly stanzas: ReadonlyMap<string, { readonly code: CodeOfAlgorithm; readonly comment: StepComment }>;
}

/**
 * Holds an algorithm against the functions that bear its anchor. A comment belongs to the step whose words it has, or else
 * to the one whose words are most like it, in order: so a stanza keeps its step when the numbers move.
 */
export function compareSteps(algorithm: Algorithm, codes: readonly CodeOfAlgorithm[]): Comparison {
  const steps = allSteps(algorithm);
  const places = codes.flatMap((code) => code.comments.map((comment) => ({ code, comment })));
  const stepPlaces = places.filter(({ comment }) => comment.kind === "step");
  const matches = matchInOrder(
    stepPlaces.map(({ comment }) => comment),
    steps,
  );

  const differences: Difference[] = [];
  const rewrites: Rewrite[] = [];
  const stanzas = new Map<string, (typeof places)[number]>();

  stepPlaces.forEach((place, index) => {
    const step = matches[index];
    const { code, comment } = place;
    if (step === undefined) {
      differences.push({
        file: code.file,
        line: comment.firstLine,
        message: `no step of “${algorithm.name}” (${algorithm.file}:${algorithm.line}) says “${comment.number}. ${comment.text}”: take the stanza out, or mend the text.`,
        mendable: false,
      });
      return;
    }
    stanzas.set(step.number, place);
    if (comment.number !== step.number || comment.text !== step.text) {
      rewrites.push({ file: code.file, comment, number: step.number, text: step.text });
      differences.push({
        file: code.file,
        line: comment.firstLine,
        message: `step ${step.number} of “${algorithm.name}” now says: ${step.text}`,
        mendable: true,
      });
    }
  });

  for (const step of steps) {
    if (stanzas.has(step.number)) continue;
    differences.push({
      file: codes[0]!.file,
      line: codes[0]!.firstLine,
      message: `step ${step.number} of “${algorithm.name}” has no code: ${step.text}`,
      mendable: false,
    });
  }

  compareNotes(algorithm, places, matches, differences, rewrites);
  return { differences, rewrites, stanzas };
}

function compareNotes(
  algorithm: Algorithm,
  places: readonly { code: CodeOfAlgorithm; comment: StepComment }[],
  matches: readonly (Step | undefined)[],
  differences: Difference[],
  rewrites: Rewrite[],
): void {
  let stepIndex = -1;
  for (const { code, comment } of places) {
    if (comment.kind === "step") {
      stepIndex += 1;
      continue;
    }
    const notes = matches[stepIndex]?.notes ?? [];
    if (notes.includes(comment.text)) continue;
    const nearest = notes.toSorted((a, b) => likeness(b, comment.text) - likeness(a, comment.text))[0];
    if (nearest === undefined) {
      differences.push({
        file: code.file,
        line: comment.firstLine,
        message: `the text has no such note at this step of “${algorithm.name}”: a note of ours begins with “NB:”.`,
        mendable: false,
      });
    } else {
      rewrites.push({ file: code.file, comment, number: "", text: nearest });
      differences.push({
        file: code.file,
        line: comment.firstLine,
        message: `the note now says: ${nearest}`,
        mendable: true,
      });
    }
  }
}

const leastLikeness = 0.4;

/** The pairing of comments with steps, in order, whose words are together most alike; ties go to equal numbers. */
function matchInOrder(comments: readonly StepComment[], steps: readonly Step[]): (Step | undefined)[] {
  const score = (comment: StepComment, step: Step): number => {
    const words = likeness(comment.text, step.text);
    if (words < leastLikeness) return 0;
    return words + (comment.number === step.number ? 0.01 : 0);
  };
  const best = Array.from({ length: comments.length + 1 }, () => new Array<number>(steps.length + 1).fill(0));
  for (let i = comments.length - 1; i >= 0; i -= 1) {
    for (let j = steps.length - 1; j >= 0; j -= 1) {
      const pair = score(comments[i]!, steps[j]!);
      best[i]![j] = Math.max(best[i + 1]![j]!, best[i]![j + 1]!, pair > 0 ? pair + best[i + 1]![j + 1]! : 0);
    }
  }
  const matches: (Step | undefined)[] = comments.map(() => undefined);
  let i = 0;
  let j = 0;
  while (i < comments.length && j < steps.length) {
    const pair = score(comments[i]!, steps[j]!);
    if (pair > 0 && best[i]![j]! <= pair + best[i + 1]![j + 1]! + 1e-9) {
      matches[i] = steps[j]!;
      i += 1;
      j += 1;
    } else if (best[i + 1]![j]! >= best[i]![j + 1]!) i += 1;
    else j += 1;
  }
  return matches;
}

/** The share of words that two sentences have in common, from 0 to 1 (Dice's coefficient over word multisets). */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const left = words(a);
  const right = words(b);
  if (left.length + right.length === 0) return 0;
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count === 0) continue;
    counts.set(word, count - 1);
    common += 1;
  }
  return (0.999 * (2 * common)) / (left.length + right.length);
}
