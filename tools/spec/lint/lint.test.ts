import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { readAlgorithms } from "../algorithms.ts";
import type { Chapter } from "./lint.ts";
import { lints } from "./lints.ts";

function chapter(source: string): Chapter {
  const file = "spec/bread.bs";
  return { file, source, lines: source.split("\n"), algorithms: readAlgorithms(source, file) };
}

const head = '<h2 id="bread">Bread</h2>\n\n<p class=intro>It rises.</p>\n';

/** A chapter with one algorithm of these steps. */
const steps = (text: string, sentence = "To <dfn>bake</dfn> |dough|:") =>
  `${head}\n<div algorithm>\n  ${sentence}\n\n${text.replace(/^/gm, "  ")}\n</div>\n`;

const idl = (text: string, prose = "") => `${head}\n<xmp class="idl">\n${text}\n</xmp>\n${prose}`;

const promiseMethod = (text: string) =>
  idl("[Exposed=Window, SecureContext]\ninterface Oven {\n  Promise<Loaf> bake();\n};") +
  steps(text, 'The <dfn method for="Oven">bake()</dfn> method steps are:').slice(head.length);

const canFail = `\n<div algorithm>\n  To <dfn>parse a loaf</dfn> |loaf|:\n\n  1. If |loaf| is stale, then return failure.\n  1. Return |loaf|.\n</div>\n`;

const forwards = `\n<div algorithm>\n  To <dfn>get a loaf</dfn> |loaf|:\n\n  1. Return the result of [=parsing a loaf=] |loaf|.\n</div>\n`;

const examples: Record<string, { good: string[]; bad: string[] }> = {
  "chapter-opens": {
    good: [head, '<h2 id="bread">Bread</h2>\n\n*This section is non-normative.*\n'],
    bad: ["<h2>Bread</h2>\n\n<p class=intro>It rises.</p>\n", '<h2 id="bread">Bread</h2>\n\nIt rises.\n'],
  },
  "heading-ids": {
    good: [`${head}<h3 id="rye-bread">Rye</h3>`],
    bad: [`${head}<h3>Rye</h3>`, `${head}<h3 id="Rye_Bread">Rye</h3>`],
  },
  "line-endings": { good: [head], bad: [`${head}rye \n`, `${head}\trye\n`] },
  "algorithm-sentence": {
    good: [steps("1. Return |dough|.")],
    bad: [steps("1. Return |dough|.", "To <dfn>bake</dfn> |dough|."), `${head}\nThen:\n\n1. Return it.\n`],
  },
  "step-marks": {
    good: [steps("1. If |dough| is risen:\n    1. Return.")],
    bad: [steps("1. If |dough| is risen:\n  1. Return.")],
  },
  "step-ends": {
    good: [steps("1. If |dough| is risen:\n    1. Return.")],
    bad: [
      steps("1. Return"),
      steps("1. If |dough| is risen.\n    1. Return."),
      steps("1. Either:\n1. Return."),
    ],
  },
  "if-then": {
    good: [
      steps("1. If |dough| is risen, then return.\n1. Otherwise, return null."),
      steps("1. If |dough| is risen:\n    1. Return.\n1. Otherwise, if it is not, then return."),
    ],
    bad: [
      steps("1. If |dough| is risen return."),
      steps("1. If |dough| is risen, then:\n    1. Return."),
      steps("1. Return.\n1. Otherwise, return null."),
    ],
  },
  "one-idea": {
    good: [steps("1. Heat it. Return it.")],
    bad: [steps("1. Heat it. Cool it. Return it.")],
  },
  variables: {
    good: [
      steps("1. Let |a| be 1.\n1. Return |a| and |dough|."),
      steps("1. [=list/For each=] |a| of |dough|:\n    1. Return |a|."),
      steps("1. [=map/For each=] |a| → <var ignore>b</var> of |dough|, return |a|."),
      steps("1. Let |a| be [=parse it|what |dough| says=].\n1. Return |a|."),
    ],
    bad: [steps("1. Return |a|."), steps("1. Set |a| to 1.")],
  },
  assert: {
    good: [steps("1. Assert: |dough| is risen.")],
    bad: [steps("1. Assert that |dough| is risen."), steps("1. Assert: let |a| be 1.")],
  },
  "steps-by-name": {
    good: [steps("1. Return |dough|.")],
    bad: [steps("1. Go back to step 2.")],
  },
  "errors-typed": {
    good: [
      steps("1. [=exception/Throw=] a {{TypeError}}."),
      steps('1. Return [=a promise rejected with=] a "{{NetworkError}}" {{DOMException}}.'),
      steps("1. [=reject=] |dough| with |dough|."),
      steps("1. Weigh |dough|. If this throws an exception |dough|, then return."),
    ],
    bad: [
      steps("1. [=exception/throw=] an error."),
      steps("1. [=exception/Throw=] an error."),
      steps("1. [=throw=] an error."),
      steps("1. If |dough| is raw, then throw an error."),
      steps("1. Return [=a promise rejected with=] something."),
      steps("1. Return [=a promise rejected with=] something that is wrong."),
      steps("1. [=Reject=] |dough| with an error."),
      steps("1. [=promise/reject=] |dough| with an error."),
    ],
  },
  "promises-do-not-throw": {
    good: [promiseMethod("1. Return [=a promise rejected with=] a {{TypeError}}.")],
    bad: [promiseMethod("1. [=exception/throw=] a {{TypeError}}.")],
  },
  "failure-is-handled": {
    good: [
      steps(
        "1. Let |a| be the result of [=parsing a loaf=] |dough|.\n1. Let |b| be 1.\n1. If |a| is failure, then return |b|.",
      ) + canFail,
      steps("1. Let |a| be the result of [=weighing=] |dough|.\n1. Return |a|.") + canFail,
      steps("1. Return the result of [=parsing a loaf=] |dough|.") + canFail,
      steps("1. If the result of [=parsing a loaf=] |dough| is failure, then return.") + canFail,
      steps(
        "1. Let |a| be null.\n1. If |dough| is risen, then set |a| to the result of [=parsing a loaf=] |dough|.\n1. Otherwise, set |a| to 1.\n1. If |a| is failure, then return.",
      ) + canFail,
    ],
    bad: [
      steps("1. Let |a| be the result of [=parsing a loaf=] |dough|.\n1. Return |a|.") + canFail,
      steps("1. Let |a| be null.\n1. Set |a| to the result of [=parsing a loaf=] |dough|.\n1. Return |a|.") +
        canFail,
      steps(
        "1. Let |a| be the result of [=parsing a loaf=] |dough|.\n1. If |dough| is risen:\n    1. Weigh |a|.\n1. If |a| is failure, then return.",
      ) + canFail,
      steps("1. Let |a| be the result of [=getting a loaf=] |dough|.\n1. Return |a|.") + canFail + forwards,
      steps("1. Weigh the result of [=parsing a loaf=] |dough|.") + canFail,
    ],
  },
  "settled-in-a-task": {
    good: [
      steps(
        "1. Run these steps [=in parallel=]:\n    1. Heat |dough|.\n    1. [=Queue a global task=] to do this:\n        1. [=Resolve=] |dough|.",
      ),
      steps("1. [=Resolve=] |dough|."),
      steps("1. [=Resolve=] |dough|, and heat it [=in parallel=]."),
    ],
    bad: [
      steps("1. Run these steps [=in parallel=]:\n    1. [=Resolve=] |dough|."),
      steps("1. Run these steps [=in parallel=]:\n    1. [=Fire an event=] named rise."),
      steps("1. Run these steps [=in parallel=]:\n    1. [=Invoke=] |dough|."),
      steps("1. Run these steps [=in parallel=]:\n    1. [=promise/Resolve=] |dough|."),
      steps("1. Run these steps [=in parallel=]:\n    1. Resolve |dough|."),
      steps("1. [=In parallel=], [=resolve=] |dough|."),
    ],
  },
  "no-platform-objects-in-parallel": {
    good: [steps("1. Let |a| be a new {{Loaf}}.\n1. Run these steps [=in parallel=]:\n    1. Heat |a|.")],
    bad: [steps("1. Run these steps [=in parallel=]:\n    1. Let |a| be a new {{Loaf}}.")],
  },
  exposed: {
    good: [
      idl("[Exposed=Window, SecureContext]\ninterface Oven {\n};"),
      idl("[Exposed=Window, SecureContext] namespace oven {\n};"),
      idl("partial interface Oven {\n};"),
    ],
    bad: [
      idl("[Exposed=Window]\ninterface Oven {\n};"),
      idl("interface Oven {\n};"),
      idl("namespace oven {\n};"),
      `${head}\n<pre class=idl>\ninterface Oven {\n};\n</pre>\n`,
    ],
  },
  "members-defined": {
    good: [
      idl(
        "dictionary Oven {\n  double heat = 7;\n};",
        '<dl dfn-type="dict-member" dfn-for="Oven">\n  : <dfn>heat</dfn>\n  :: Warm.\n</dl>',
      ),
      idl('enum Bread { "rye" };', '<dfn enum-value for="Bread">"rye"</dfn>'),
      idl(
        "[Exposed=Window]\ninterface Oven {\n  Promise<Loaf> bake(double heat);\n};",
        'The <dfn method for="Oven">bake(|heat|)</dfn> method',
      ),
    ],
    bad: [
      idl("dictionary Oven {\n  double heat;\n};"),
      idl('enum Bread { "rye" };'),
      idl("[Exposed=Window]\ninterface Oven {\n  readonly attribute double heat;\n};"),
    ],
  },
  "one-term": {
    good: [`${head}The digest of it, as a user agent has it.`],
    bad: [`${head}The checksum of it.`, `${head}As a browser has it.`],
  },
  "no-names": { good: ["Editor: The editors"], bad: ["Editor: Somebody", "Thanks to Bread Corporation."] },
  notes: {
    good: [`${head}Note: It is warm.`, `${head}Note: It is warm.\n\nIt must be.`],
    bad: [
      `${head}NOTE: It is warm.`,
      `${head}Note: It must be warm.`,
      `${head}Note: It is warm, and it\nmust stay so.`,
    ],
  },
  privacy: {
    good: [`${head}It is\nno fingerprint: [[#privacy-bread]].`, `${head}It is warm.`],
    bad: [`${head}It is a\nfingerprint.`, `${head}Note: Who knows the loaf is tracking you.`],
  },
  issues: { good: [`${head}Issue: Rye is missing.`], bad: [`${head}TODO rye`, `${head}Issue: `] },
};

describe("conventions", () => {
  it("are each named in spec/conventions.md, in the order of the lints", () => {
    const named = [...readFileSync("spec/conventions.md", "utf8").matchAll(/^- \*\*([a-z-]+)\*\* — /gm)].map(
      ([, name]) => name,
    );
    assert.deepEqual(
      named,
      lints.map(({ name }) => name),
    );
  });

  for (const lint of lints) {
    describe(lint.name, () => {
      const { good, bad } = examples[lint.name]!;
      for (const [index, source] of good.entries()) {
        it(`takes good example ${index + 1}`, () => {
          const read = chapter(source);
          assert.deepEqual(lint.check(read, [read]), []);
        });
      }
      for (const [index, source] of bad.entries()) {
        it(`finds bad example ${index + 1}`, () => {
          const read = chapter(source);
          const findings = lint.check(read, [read]);
          assert.ok(findings.length > 0);
          for (const { line } of findings) assert.ok(line >= 1 && line <= read.lines.length);
        });
      }
    });
  }
});
