import { found } from "./chapters.ts";
import type { Chapter, Lint } from "./lint.ts";

/** Of each pair the text uses the first. */
const terms: readonly [term: string, instead: RegExp][] = [
  ["user agent", /\bbrowsers?\b/i],
  ["fidelity", /\bquality level\b/i],
  ["digest", /\bchecksum\b/i],
  ["remote", /\bback-?end server\b/i],
  ["manifest", /\bmodel card\b/i],
  ["verdict", /\bcapability score\b/i],
  ["chunk table", /\bchunk (?:list|index)\b/i],
  ["in parallel", /\bin the background\b/i],
  ["return failure", /\breturn (?:an )?error\b(?! with)/i],
];

export const oneTerm: Lint = {
  name: "one-term",
  check({ lines }) {
    return found(lines, (line) => {
      const pair = terms.find(([, instead]) => instead.test(line));
      return pair === undefined ? null : `the text's word for this is “${pair[0]}”.`;
    });
  },
};

export const noNames: Lint = {
  name: "no-names",
  check({ lines }) {
    return found(lines, (line) =>
      /^(?:Editor|Former Editor): (?!The editors)|\b(?:Inc\.|Corporation|GmbH|Ltd\.?)(?:\W|$)/.test(line)
        ? "the text names no people and no companies: write “the editors”."
        : null,
    );
  },
};

export const notes: Lint = {
  name: "notes",
  check({ lines }) {
    return paragraphs(lines).flatMap(({ line, text }) => {
      if (/^\s*(?:NOTE|Nota|N\.B\.|Remark):? /.test(text)) {
        return [{ line, message: "a note begins with “Note: ”." }];
      }
      const requires = /^\s*Note: .*\b(?:must|shall|required to)\b/i.test(text);
      return requires ? [{ line, message: "a note requires nothing." }] : [];
    });
  },
};

export const privacy: Lint = {
  name: "privacy",
  check({ file, lines }) {
    if (file === "spec/privacy.bs") {
      return found(lines, (line) =>
        /^<h[3-6]/.test(line) && !/ id="privacy-/.test(line)
          ? "the id of a section of the privacy considerations begins with “privacy-”."
          : null,
      );
    }
    return paragraphs(lines).flatMap(({ line, text }) =>
      /\b(?:privacy|fingerprint\w*|track(?:ed|ing))\b/i.test(text.replace(/<pre class=include>.*/, "")) &&
      !/\[\[#privacy/.test(text)
        ? [
            {
              line,
              message: "what bears on privacy is said in the privacy considerations: link to [[#privacy-…]].",
            },
          ]
        : [],
    );
  },
};

/** Lines that belong together: up to an empty line, or to a step or a note of its own. */
function paragraphs(lines: Chapter["lines"]): { line: number; text: string }[] {
  const all: { line: number; text: string }[] = [];
  lines.forEach((text, index) => {
    const begins =
      index === 0 ||
      lines[index - 1]!.trim() === "" ||
      /^\s*(?:1\. |\* |(?:NOTE|Note|Nota|N\.B\.|Remark)\b)/.test(text);
    if (text.trim() === "") return;
    if (begins) all.push({ line: index + 1, text });
    else all.at(-1)!.text += ` ${text.trim()}`;
  });
  return all;
}

export const issues: Lint = {
  name: "issues",
  check({ lines }) {
    return found(lines, (line) => {
      if (/\b(?:TODO|TBD|FIXME|XXX)\b/.test(line))
        return "what is not yet written is said in an inline “Issue: ”.";
      return /^\s*Issue:\s*$/.test(line) ? "an issue says in words what is missing." : null;
    });
  },
};
