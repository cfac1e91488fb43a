/**
 * npm run steps: writes the text's steps into the code as comments above their stanzas.
 * With --check it only compares, and ends with 1 where text and code differ.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { specificationAlgorithms } from "../spec/chapters.ts";
import { readCodeOfAlgorithms } from "./code.ts";
import type { CodeOfAlgorithm } from "./code.ts";
import { compareSteps } from "./compare.ts";
import type { Difference, Rewrite } from "./compare.ts";
import { rewriteComments, writeComment } from "./rewrite.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const sources = new Map(
  globSync("impl/**/*.ts", { exclude: ["impl/generated/**", "impl/**/*.test.ts"] })
    .toSorted()
    .map((file) => [file, readFileSync(file, "utf8")]),
);
const codes = Map.groupBy(
  [...sources].flatMap(([file, source]) => readCodeOfAlgorithms(source, file)),
  ({ id }) => id,
);
const algorithms = specificationAlgorithms();
const known = new Set(algorithms.map(({ id }) => id));

const differences: Difference[] = [];
const rewrites: Rewrite[] = [];
for (const algorithm of algorithms) {
  const code = codes.get(algorithm.id);
  if (code === undefined) continue;
  const comparison = compareSteps(algorithm, code);
  differences.push(...comparison.differences);
  rewrites.push(
    ...comparison.rewrites,
    ...overlong(code, new Set(comparison.rewrites.map(({ comment }) => comment))),
  );
}
for (const [id, functions] of codes) {
  if (known.has(id)) continue;
  for (const { file, firstLine } of functions) {
    differences.push({
      file,
      line: firstLine,
      message: `the text has no algorithm #${id}: its definition was renamed or taken out.`,
      mendable: false,
    });
  }
}

if (!values.check) {
  for (const [file, ofFile] of Map.groupBy(rewrites, ({ file }) => file)) {
    writeFileSync(file, rewriteComments(sources.get(file)!, ofFile));
  }
}
const left = values.check ? differences : differences.filter(({ mendable }) => !mendable);
for (const { file, line, message } of left) console.log(`${file}:${line}: ${message}`);
const mended = values.check ? "" : `${rewrites.length} comments written, `;
console.log(
  `${algorithms.length} algorithms, ${mended}${left.length} differences${values.check && left.some(({ mendable }) => mendable) ? " (npm run steps mends the numbers and words)" : ""}`,
);
process.exitCode = left.length > 0 ? 1 : 0;

/** Comments that say the right words in a line that is too long, or wrapped in another way than this tool wraps. */
function overlong(functions: readonly CodeOfAlgorithm[], but: ReadonlySet<object>): Rewrite[] {
  return functions.flatMap(({ file, comments }) =>
    comments
      .filter((comment) => !but.has(comment))
      .filter((comment) => {
        const lines = sources
          .get(file)!
          .split("\n")
          .slice(comment.firstLine - 1, comment.lastLine);
        const indentation = /^\s*/.exec(lines[0]!)![0];
        const opening = comment.kind === "step" ? `${comment.number}. ` : "NOTE: ";
        const written = writeComment(
          `${opening}${comment.text}`,
          indentation,
          comment.kind === "step" ? opening.length : 2,
        );
        return written.join("\n") !== lines.join("\n");
      })
      .map((comment) => ({ file, comment, number: comment.number, text: comment.text })),
  );
}
