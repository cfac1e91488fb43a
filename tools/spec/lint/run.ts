/** Holds the text against spec/conventions.md: prints each finding and ends with 1 where there is one. */
import { readFileSync } from "node:fs";
import { readAlgorithms } from "../algorithms.ts";
import { chapterFiles } from "../chapters.ts";
import { lints } from "./lints.ts";

const chapters = ["index.bs", ...chapterFiles()].map((file) => {
  const source = readFileSync(file, "utf8");
  return { file, source, lines: source.split("\n"), algorithms: readAlgorithms(source, file) };
});
const findings = chapters.flatMap((chapter) =>
  lints.flatMap((lint) =>
    lint
      .check(chapter, chapters)
      .map(({ line, message }) => `${chapter.file}:${line}: ${message} (${lint.name})`),
  ),
);
for (const finding of findings) console.log(finding);
console.log(`${chapters.length} chapters, ${lints.length} conventions, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;
