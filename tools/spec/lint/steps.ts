import type { Algorithm, Step } from "../algorithms.ts";
import { allSteps } from "../algorithms.ts";
import { found } from "./chapters.ts";
import type { Chapter, Finding, Lint } from "./lint.ts";

/** The findings of `judge` for every step of a chapter. */
export function foundInSteps(
  { algorithms }: Chapter,
  judge: (step: Step, algorithm: Algorithm) => string | null,
): Finding[] {
  return algorithms.flatMap((algorithm) =>
    allSteps(algorithm).flatMap((step) => {
      const message = judge(step, algorithm);
      return message === null ? [] : [{ line: step.line, message }];
    }),
  );
}

export const algorithmSentence: Lint = {
  name: "algorithm-sentence",
  check({ algorithms, lines }) {
    const inside = new Set(algorithms.flatMap((algorithm) => allSteps(algorithm).map(({ line }) => line)));
    return [
      ...algorithms
        .filter(({ introduction }) => !introduction.endsWith(":"))
        .map(({ line }) => ({
          line: line + 1,
          message: "the sentence that opens an algorithm ends with a colon.",
        })),
      ...found(lines, (line) => (/^ *1\. /.test(line) ? "step" : null))
        .filter(({ line }) => !inside.has(line))
        .map(({ line }) => ({
          line,
          message: "a list of steps stands in a <div algorithm>, after its sentence.",
        })),
    ];
  },
};

/** Other numbers than “1.” are refused where the text is read: what this lint adds is the columns. */
export const stepMarks: Lint = {
  name: "step-marks",
  check({ algorithms, lines }) {
    const column = (line: number) => /^ */.exec(lines[line - 1]!)![0].length;
    const check = (parent: Algorithm | Step, expected: number): Finding[] =>
      parent.steps.flatMap((step) => [
        ...(column(step.line) === expected
          ? []
          : [{ line: step.line, message: `this step stands ${expected} columns in.` }]),
        ...check(step, expected + 4),
      ]);
    return algorithms.flatMap((algorithm) => check(algorithm, column(algorithm.line) + 2));
  },
};

export const stepEnds: Lint = {
  name: "step-ends",
  check(chapter) {
    return foundInSteps(chapter, ({ text, steps }) => {
      if (steps.length > 0)
        return text.endsWith(":") ? null : "a step with steps inside it ends with a colon.";
      return text.endsWith(".")
        ? null
        : "a step ends with a full stop, or with a colon where steps stand inside it.";
    });
  },
};

export const ifThen: Lint = {
  name: "if-then",
  check(chapter) {
    const siblings = (parent: Algorithm | Step): Finding[] =>
      parent.steps.flatMap((step, index) => {
        const before = parent.steps[index - 1]?.text ?? "";
        const findings = siblings(step);
        const say = (message: string) => findings.push({ line: step.line, message });
        if (
          /^(?:Otherwise, if|If) /.test(step.text) &&
          step.steps.length === 0 &&
          !/, then /.test(step.text)
        ) {
          say("“If …” is followed by “, then …”, or ends with a colon and opens steps of its own.");
        }
        if (/^If /.test(step.text) && step.steps.length > 0 && / then:$/.test(step.text)) {
          say("a condition that opens steps ends with a colon alone, without “then”.");
        }
        if (/^Otherwise\b/.test(step.text) && !/^(?:If|Otherwise, if)\b/.test(before)) {
          say("“Otherwise” follows the step whose condition it answers at once.");
        }
        return findings;
      });
    return chapter.algorithms.flatMap(siblings);
  },
};

export const oneIdea: Lint = {
  name: "one-idea",
  check(chapter) {
    return foundInSteps(chapter, ({ text }) => {
      const sentences = text.replace(/\b(?:e\.g|i\.e)\./g, "").match(/[.:](?= [A-Z]|$)/g)?.length ?? 0;
      return sentences > 2 ? "a step is one sentence, two at the most: what explains it is a note." : null;
    });
  },
};

export const variables: Lint = {
  name: "variables",
  check({ algorithms }) {
    return algorithms.flatMap(({ markupIntroduction, steps }) => {
      const known = new Set(named(markupIntroduction));
      const findings: Finding[] = [];
      const read = (list: readonly Step[]): void => {
        for (const step of list) {
          for (const name of declared(step.markup)) known.add(name);
          for (const name of named(step.markup)) {
            if (known.has(name)) continue;
            findings.push({ line: step.line, message: `|${name}| is read before any step sets it.` });
            known.add(name);
          }
          read(step.steps);
        }
      };
      read(steps);
      return findings;
    });
  },
};

function named(markup: string): string[] {
  return [...withoutLinks(markup).matchAll(/\|([A-Za-z][A-Za-z0-9 ]*)\|/g)].map(([, name]) => name!);
}

/** Variables all written alike, and the bars of links gone. */
function withoutLinks(markup: string): string {
  return markup.replace(/<var[^>]*>([^<]+)<\/var>/g, "|$1|").replace(/\[=(?:[^=|]*[/|])?([^=]*)=\]/g, "$1");
}

/** What a step itself sets: by “Let”, by going through a list or a map, and by naming what a called piece is given. */
function declared(markup: string): string[] {
  const patterns = [
    /\b[Ll]et (\|[^|]+\|(?:(?:, | and |, and )\|[^|]+\|)*)/g,
    /[Ff]or each +(\|[^|]+\|(?: → \|[^|]+\|)?)/g,
    /\band (\|[^|]+\|) be\b/g,
    /\b(?:given|with) (?:an?|the) [^|]*?(\|[^|]+\|)/g,
    /\b(?:exception|error|reason|value) (\|[^|]+\|)/g,
    /, (?:called|as) (\|[^|]+\|)/g,
    /\bthere is an? [^|]*?(\|[^|]+\|)/g,
    /\b(?:fulfilled|rejected|resolved) with (\|[^|]+\|)/g,
  ];
  return patterns.flatMap((pattern) =>
    [...withoutLinks(markup).matchAll(pattern)].flatMap(([, names]) => named(names!)),
  );
}

export const assertions: Lint = {
  name: "assert",
  check(chapter) {
    return foundInSteps(chapter, ({ markup, text }) => {
      if (!/^Assert\b/.test(text)) return null;
      if (!text.startsWith("Assert: ")) return "an assertion begins with “Assert: ”.";
      return declared(markup).length > 0 || /\b(?:set|increment|append|queue|run) /i.test(text)
        ? "an assertion has no effect: it neither sets nor calls anything."
        : null;
    });
  },
};

export const stepsByName: Lint = {
  name: "steps-by-name",
  check(chapter) {
    return foundInSteps(chapter, ({ text }) =>
      /\bsteps? \d/.test(text)
        ? "no step cites another by number, because numbers move: name a variable, or define an algorithm."
        : null,
    );
  },
};
