import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Algorithm } from "../spec/algorithms.ts";
import { readAlgorithms } from "../spec/algorithms.ts";
import { readCodeOfAlgorithms } from "./code.ts";
import { compareSteps, likeness } from "./compare.ts";
import { rewriteComments, writeComment } from "./rewrite.ts";

const file = "impl/bread/bake.ts";

const code = `
import { oven } from "./oven.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#bake-a-loaf */
export function bakeALoaf(dough: Dough): Loaf {
  // 1. If dough is not risen, then return failure.
  if (!dough.risen) return failure;

  // 2. For each slice of dough:
  for (const slice of dough) {
    // 2.1. Heat slice.
    // NOTE: Heat makes bread.
    oven.heat(slice);
  }

  // 3. Return a loaf.
  return loaf;
}
`;

const steps = `1. If |dough| is not risen, then return failure.
  1. For each |slice| of |dough|:
      1. Heat |slice|.

         Note: Heat makes bread.
  1. Return a loaf.`;

function algorithm(text: string): Algorithm {
  return readAlgorithms(
    `<div algorithm>\n  To <dfn>bake a loaf</dfn>:\n\n  ${text}\n</div>`,
    "spec/bread.bs",
  )[0]!;
}

function compare(text: string, source = code) {
  return compareSteps(algorithm(text), readCodeOfAlgorithms(source, file));
}

describe("steps", () => {
  it("finds nothing where text and code agree", () => {
    const { differences, rewrites, stanzas } = compare(steps);
    assert.deepEqual(differences, []);
    assert.deepEqual(rewrites, []);
    assert.deepEqual([...stanzas.keys()], ["1", "2", "2.1", "3"]);
  });

  it("tells a changed word with file, line and the new text", () => {
    const { differences } = compare(steps.replace("Heat |slice|", "Roast |slice| gently"));
    assert.deepEqual(differences, [
      {
        file,
        line: 11,
        message:
          "no step of “bake a loaf” (spec/bread.bs:1) says “2.1. Heat slice.”: take the stanza out, or mend the text.",
        mendable: false,
      },
      {
        file,
        line: 5,
        message: "step 2.1 of “bake a loaf” has no code: Roast slice gently.",
        mendable: false,
      },
      {
        file,
        line: 12,
        message: "the text has no such note at this step of “bake a loaf”: a note of ours begins with “NB:”.",
        mendable: false,
      },
    ]);
    const [changed] = compare(steps.replace("not risen", "not yet risen")).differences;
    assert.equal(changed!.mendable, true);
    assert.equal(changed!.line, 6);
    assert.match(changed!.message, /step 1 .* now says: If dough is not yet risen/);
  });

  it("keeps the stanza that belongs to a step when numbers move", () => {
    const moved = steps.replace("1. For each", "1. Let |oven| be hot.\n  1. For each");
    const { differences, rewrites } = compare(moved);
    assert.deepEqual(
      rewrites.map(({ number, text }) => [number, text]),
      [
        ["3", "For each slice of dough:"],
        ["3.1", "Heat slice."],
        ["4", "Return a loaf."],
      ],
    );
    assert.deepEqual(
      differences.filter(({ mendable }) => !mendable).map(({ message }) => message),
      ["step 2 of “bake a loaf” has no code: Let oven be hot."],
    );
    const written = rewriteComments(code, rewrites);
    assert.match(written, /\/\/ 3\.1\. Heat slice\.\n {4}\/\/ NOTE: Heat makes bread\.\n {4}oven\.heat/);
  });

  it("tells code that cites a step that is gone", () => {
    const { differences } = compare(steps.replace("\n  1. Return a loaf.", ""));
    assert.equal(differences.length, 1);
    assert.equal(differences[0]!.line, 16);
    assert.equal(differences[0]!.mendable, false);
  });

  it("tells a stanza that was deleted", () => {
    const { differences } = compare(steps, code.replace(/ {2}\/\/ 3\.[^}]*/, ""));
    assert.deepEqual(
      differences.map(({ message }) => message),
      ["step 3 of “bake a loaf” has no code: Return a loaf."],
    );
  });

  it("takes notes as the text's, and leaves ours alone", () => {
    const ours = code.replace("// NOTE: Heat makes bread.", "// NB: The oven is shared.");
    assert.deepEqual(compare(steps, ours).differences, []);
    const changed = compare(steps.replace("Heat makes bread", "Heat makes good bread"));
    assert.deepEqual(
      changed.rewrites.map(({ text }) => text),
      ["Heat makes good bread."],
    );
  });

  it("joins steps that two functions share", () => {
    const shared = `
/** https://hybrid-ai-web.github.io/hybrid-ai/#bake-a-loaf */
function first() {
  // 1. If dough is not risen, then return failure.
}
class Baker {
  /** https://hybrid-ai-web.github.io/hybrid-ai/#bake-a-loaf */
  second() {
    // 2. For each slice of dough:
    //    2.1 is not a step of its own here
  }
}`;
    const found = readCodeOfAlgorithms(shared, file);
    assert.deepEqual(
      found.map(({ name, comments }) => [name, comments.length]),
      [
        ["first", 1],
        ["second", 1],
      ],
    );
  });

  it("wraps long comments, and reads them again as they were", () => {
    const text = `1. ${Array.from({ length: 40 }, (_, index) => `word${index}`).join(" ")}`;
    const written = writeComment(text, "    ", 3);
    assert.ok(written.length > 1);
    for (const line of written) assert.ok(line.length <= 110);
    const source = `/** https://hybrid-ai-web.github.io/hybrid-ai/#x */\nfunction x() {\n${written.join("\n")}\n}\n`;
    const [read] = readCodeOfAlgorithms(source, file);
    assert.equal(`1. ${read!.comments[0]!.text}`, text);
  });

  it("measures likeness from 0 to 1", () => {
    assert.equal(likeness("a b", "a b"), 1);
    assert.equal(likeness("a b", "c d"), 0);
    assert.ok(likeness("a b c", "a b d") > 0.6);
    assert.ok(likeness("a b", "b a") < 1);
  });
});
