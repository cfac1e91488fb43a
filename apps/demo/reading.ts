import type { ModelReceipt, ModelPlacement } from "hybrid-ai";
import type { ReadPicture } from "./ocr/read-picture.ts";

/** One run of a model: what it was for, and its receipt. */
export interface Step {
  readonly purpose: string;
  readonly receipt: ModelReceipt;
}

/** One time that a picture was read, or that it was tried. */
export interface Reading {
  readonly picture: object;
  readonly steps: readonly Step[];
  /**
   * The servers to which a run that ended without a receipt may have sent something: one that was stopped has none. Empty where
   * every run left its receipt, and where none was permitted to send.
   */
  readonly perhapsSentTo: readonly string[];
  /** What was read; null where it failed. */
  readonly result: ReadPicture | null;
}

/** Where a reading took place, all its steps together. */
export function placementOf({ steps, result }: Reading): ModelPlacement {
  if (result === null) return "none";
  const placements = new Set(steps.map(({ receipt }) => receipt.placement));
  return placements.size === 1 ? [...placements][0]! : "split";
}

/** How long its runs took, in milliseconds. */
export function durationOf({ steps }: Reading): number {
  return sum(steps.map(({ receipt }) => receipt.duration));
}

/** How many bytes of input left the device for it, failed attempts included: as many as the receipts tell of. */
export function bytesSentFor({ steps }: Reading): number {
  return sum(steps.map(({ receipt }) => receipt.inputBytesSent));
}

/** The hosts that were asked, whether they answered or not. */
export function serversOf({ steps }: Reading): string[] {
  const origins = steps.flatMap(({ receipt }) => receipt.attempts.flatMap(({ origin }) => origin ?? []));
  return [...new Set(origins)].map((origin) => new URL(origin).hostname);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
