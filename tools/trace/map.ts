import { readFileSync } from "node:fs";
import { chapterFiles } from "../spec/chapters.ts";
import { specification } from "../steps/code.ts";
import type { Trace, TracedAlgorithm } from "./trace.ts";

const begin = "<!-- map: written by npm run trace -->";
const end = "<!-- /map -->";

/** The document with the map of the house between its marks: section, code, tests. */
export function writeMap(document: string, { algorithms }: Trace): string {
  const start = document.indexOf(begin);
  const stop = document.indexOf(end);
  if (start === -1 || stop === -1)
    throw new Error(`The document has no place for the map: ${begin} … ${end}.`);
  const chapters = chapterFiles().flatMap((file) => {
    const ofChapter = algorithms.filter(({ algorithm }) => algorithm.file === file);
    if (ofChapter.length === 0) return [];
    const title = /^<h2[^>]*>(.*)<\/h2>/.exec(readFileSync(file, "utf8"))![1]!;
    return [
      `### [${title}](../${file})`,
      "",
      "| algorithm | steps | code | tests |",
      "| --- | --- | --- | --- |",
      ...ofChapter.map(row),
      "",
    ];
  });
  return `${document.slice(0, start + begin.length)}\n\n<!-- prettier-ignore-start -->\n\n${chapters.join("\n")}\n<!-- prettier-ignore-end -->\n\n${document.slice(stop)}`;
}

function row({ algorithm, codes, steps }: TracedAlgorithm): string {
  const text = `[${algorithm.name.replace(/\|/g, "\\|")}](${specification}#${algorithm.id})`;
  const code = codes.map(({ name, file }) => `[${name}](../${file})`).join(", ");
  const files = new Set(steps.flatMap(({ tests }) => tests.map(({ file }) => file)));
  const tests = [...files].toSorted().map((file) => `[${file.replace(/^.*\//, "")}](../${file})`);
  return `| ${text} | ${steps.length} | ${code} | ${tests.join(", ")} |`;
}
