import type { Algorithm } from "../algorithms.ts";

/** A chapter as a lint sees it. */
export interface Chapter {
  readonly file: string;
  readonly source: string;
  readonly lines: readonly string[];
  readonly algorithms: readonly Algorithm[];
}

/** A place that does not keep a convention, and what to write instead. */
export interface Finding {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface Lint {
  /** The name of the convention in spec/conventions.md. */
  readonly name: string;
  /** `all`: the whole specification, for what one chapter cannot tell. */
  check(chapter: Chapter, all: readonly Chapter[]): Finding[];
}
