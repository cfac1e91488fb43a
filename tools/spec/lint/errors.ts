import type { Algorithm } from "../algorithms.ts";
import { allSteps } from "../algorithms.ts";
import type { Finding, Lint } from "./lint.ts";
import { foundInSteps } from "./steps.ts";

/** What follows “throw”, or the “with” of “reject with”. */
const errorInHand =
  /^ (?:(?:an?|a new) (?:\{\{(?:TypeError|RangeError|QuotaExceededError|Model\w+Error)\}\}|"\{\{\w+\}\}" \{\{DOMException\}\})|\|[A-Za-z][A-Za-z0-9 ]*\||(?:it|that)\b)/;

/** The places of a step where an error is thrown or rejected with, each as what follows. */
const errorsFollow: readonly RegExp[] = [
  /\[=(?:exception\/)?(?:re-?)?throw(?:\|[^=]*)?=\](.*)/gi,
  /(?<![=/|])\bthrow(?= an? (?!exception))(.*)/gi,
  /\[=a promise rejected with(?:\|[^=]*)?=\](.*)/gi,
  /\[=(?:promise\/)?reject(?:\|[^=]*)?=\] [^.;]*?\bwith\b(.*)/gi,
];

export const errorsTyped: Lint = {
  name: "errors-typed",
  check(chapter) {
    return foundInSteps(chapter, ({ markup }) =>
      errorsFollow
        .flatMap((pattern) => [...markup.matchAll(pattern)])
        .every(([, rest]) => errorInHand.test(rest!))
        ? null
        : 'say what is thrown or rejected with: a {{TypeError}}, a "{{…}}" {{DOMException}}, or a variable that holds an error.',
    );
  },
};

/** The methods of the IDL that return promises, as `Interface/member`. */
function promiseMethods(source: string): Set<string> {
  const found = new Set<string>();
  for (const [, name, body] of source.matchAll(/^interface (\w+)[^{]*\{([\s\S]*?)^\};/gm)) {
    for (const [, member] of body!.matchAll(/^\s+(?:static )?Promise<[^;]*?> +(\w+)\(/gm))
      found.add(`${name!}/${member!}`);
  }
  return found;
}

const memberName = ({ interface: scope, name }: Algorithm) => `${scope ?? ""}/${name.replace(/\(.*$/, "")}`;

export const promisesDoNotThrow: Lint = {
  name: "promises-do-not-throw",
  check({ algorithms, source }) {
    const methods = promiseMethods(source);
    return algorithms
      .filter((algorithm) => methods.has(memberName(algorithm)))
      .flatMap((algorithm) =>
        allSteps(algorithm)
          .filter(({ markup }) => /\[=exception\/throw/.test(markup))
          .map(({ line }) => ({
            line,
            message:
              "a method that returns a promise does not throw: it returns [=a promise rejected with=] the error.",
          })),
      );
  },
};

export const failureIsHandled: Lint = {
  name: "failure-is-handled",
  check({ algorithms }, all) {
    const canFail = algorithmsThatCanFail(all.flatMap((chapter) => chapter.algorithms));
    return algorithms.flatMap((algorithm) => {
      const steps = allSteps(algorithm);
      return steps.flatMap(({ markup, line }, index): Finding[] =>
        callsIn(markup, canFail).flatMap(({ variable, after }) => {
          if (variable === null) {
            return asks(after) || isForwarded(markup)
              ? []
              : [{ line, message: "this can be failure: say what then happens." }];
          }
          const reader = steps.slice(index + 1).find((step) => reads(step.markup, variable));
          return (/\. If /.test(after) && asks(after)) || (reader !== undefined && asks(reader.markup))
            ? []
            : [
                {
                  line,
                  message: `this can be failure: the first step that reads it says what then happens to |${variable}|.`,
                },
              ];
        }),
      );
    });
  },
};

const asks = (markup: string) => /\b(?:is|are) (?:not )?failure\b/.test(markup);

interface Call {
  /** What the result is set to, if it is. */
  readonly variable: string | null;
  /** The rest of the step. */
  readonly after: string;
}

/** Where a step has the result of an algorithm that can fail, but where it is set as an item of something: others read that. */
function callsIn(markup: string, canFail: ReadonlySet<string>): Call[] {
  const calls =
    /(?<!'s \[=[^=]+=\] to )(?:\b(?:let|set) \|([^|]+)\| (?:be|to) )?the result of \[=([^=|]+)(?:\|[^=]*)?=\](.*)/gi;
  return [...markup.matchAll(calls)]
    .filter(([, , term]) => canFail.has(infinitive(term!, canFail)))
    .map(([, variable, , after]) => ({ variable: variable ?? null, after: after! }));
}

/** Whether a step gives the result of what it calls to its own caller. */
const isForwarded = (markup: string) => /\breturn the result of /i.test(markup);

/** Whether a step does more with a variable than set it anew, or wait for it. */
const reads = (markup: string, variable: string) =>
  !markup.startsWith("Wait until ") &&
  markup.replace(new RegExp(`\\b(?:let|set) \\|${variable}\\| `, "gi"), "").includes(`|${variable}|`);

/** The names of those that return failure themselves, or the result of one that can. */
function algorithmsThatCanFail(algorithms: readonly Algorithm[]): Set<string> {
  const canFail = new Set<string>();
  for (let before = -1; before !== canFail.size;) {
    before = canFail.size;
    for (const algorithm of algorithms) {
      const fails = allSteps(algorithm).some(
        ({ markup, text }) =>
          /\breturn failure\b/i.test(text) || (isForwarded(markup) && callsIn(markup, canFail).length > 0),
      );
      if (fails) canFail.add(algorithm.name);
    }
  }
  return canFail;
}

/** “parsing a digest” for “parse a digest”: Bikeshed links both. */
function infinitive(phrase: string, names: ReadonlySet<string>): string {
  const term = phrase.slice(phrase.lastIndexOf("/") + 1);
  const [verb = "", ...rest] = term.split(" ");
  const stem = verb.replace(/ing$/, "");
  for (const candidate of [verb, stem, `${stem}e`, stem.slice(0, -1)]) {
    const name = [candidate, ...rest].join(" ");
    if (names.has(name)) return name;
  }
  return term;
}
