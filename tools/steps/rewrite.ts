import type { Rewrite } from "./compare.ts";

const width = 110;

/** The source with each comment saying what its step says, wrapped at the house's width. */
export function rewriteComments(source: string, rewrites: readonly Rewrite[]): string {
  const lines = source.split("\n");
  for (const { comment, number, text } of rewrites.toSorted(
    (a, b) => b.comment.firstLine - a.comment.firstLine,
  )) {
    const indentation = /^\s*/.exec(lines[comment.firstLine - 1]!)![0];
    const opening = comment.kind === "step" ? `${number}. ` : "NOTE: ";
    lines.splice(
      comment.firstLine - 1,
      comment.lastLine - comment.firstLine + 1,
      ...writeComment(`${opening}${text}`, indentation, comment.kind === "step" ? opening.length : 2),
    );
  }
  return lines.join("\n");
}

/** Lines after the first stand in by `hang`, at least two, beyond the slashes' one space. */
export function writeComment(text: string, indentation: string, hang: number): string[] {
  const room = width - indentation.length - 3;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > room) {
      lines.push(line);
      line = " ".repeat(Math.max(hang, 2)) + word;
    } else line = longer;
  }
  lines.push(line);
  return lines.map((content) => `${indentation}// ${content}`);
}
