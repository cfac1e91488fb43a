import { readFileSync } from "node:fs";
import type { Algorithm } from "./algorithms.ts";
import { readAlgorithms } from "./algorithms.ts";

/** The chapters' files, from the root of the repository, in reading order: those that index.bs includes. */
export function chapterFiles(): string[] {
  const index = readFileSync("index.bs", "utf8");
  return [...index.matchAll(/^<pre class=include>path: (spec\/[a-z-]+\.bs)<\/pre>$/gm)].map(
    ([, file]) => file!,
  );
}

/** Every algorithm of the specification, in reading order. */
export function specificationAlgorithms(): Algorithm[] {
  return chapterFiles().flatMap((file) => readAlgorithms(readFileSync(file, "utf8"), file));
}
