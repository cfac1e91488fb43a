import type { Chapter, Finding, Lint } from "./lint.ts";

export const chapterOpens: Lint = {
  name: "chapter-opens",
  check({ file, lines }) {
    if (file === "index.bs") return [];
    const name = file.replace(/^spec\/|\.bs$/g, "");
    const findings: Finding[] = [];
    if (!lines[0]!.startsWith(`<h2 id="${name}">`)) {
      findings.push({ line: 1, message: `the chapter opens with <h2 id="${name}">.` });
    }
    const second = lines.slice(1).find((line) => line.trim() !== "") ?? "";
    if (!second.startsWith("<p class=intro>") && second !== "*This section is non-normative.*") {
      findings.push({
        line: 2,
        message: "the heading is followed by <p class=intro>, or by “*This section is non-normative.*”.",
      });
    }
    return findings;
  },
};

export const headingIds: Lint = {
  name: "heading-ids",
  check({ lines }) {
    return found(lines, (line) =>
      /^<h[2-6]/.test(line) && !/^<h[2-6] id="[a-z0-9]+(?:-[a-z0-9]+)*"[ >]/.test(line)
        ? 'a heading has an id in lower case with hyphens: <h3 id="model-store">.'
        : null,
    );
  },
};

export const lineEndings: Lint = {
  name: "line-endings",
  check({ lines }) {
    return found(lines, (line) =>
      /\t|\s$/.test(line) ? "no tabs, and no spaces at the end of a line." : null,
    );
  },
};

/** The lines for which `judge` has a message. */
export function found(lines: Chapter["lines"], judge: (line: string) => string | null): Finding[] {
  return lines.flatMap((line, index) => {
    const message = judge(line);
    return message === null ? [] : [{ line: index + 1, message }];
  });
}
