import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { allSteps, DialectError, readAlgorithms } from "./algorithms.ts";

const visibility = `
<h3>Visibility</h3>

<div algorithm>
  To <dfn>decide the visibility</dfn> of a [=digest=] |digest|:

  1. If |environment| is not [=eligible=], then return "\`hidden\`".

     Note: This costs nothing,
     because the list is public.
  1. [=list/For each=] |string| of |strings|:
      1. Let |url| be |string|,
         parsed.
      1. Append |url|.
  1. Return.
</div>

<div algorithm>
  The <dfn method for="ModelCache">match(|digest|)</dfn> method steps are:

  1. Return null.
</div>
`;

describe("readAlgorithms", () => {
  it("numbers steps as the page does", () => {
    const [algorithm] = readAlgorithms(visibility, "spec/model-cache.bs");
    assert.deepEqual(
      allSteps(algorithm!).map(({ number, text, line }) => [number, text, line]),
      [
        ["1", 'If environment is not eligible, then return "hidden".', 7],
        ["2", "For each string of strings:", 11],
        ["2.1", "Let url be string, parsed.", 12],
        ["2.2", "Append url.", 14],
        ["3", "Return.", 15],
      ],
    );
    assert.deepEqual(algorithm!.steps[0]!.notes, ["This costs nothing, because the list is public."]);
  });

  it("gives the fragments that Bikeshed gives", () => {
    const sources: [definition: string, id: string][] = [
      ["To <dfn>decide the visibility</dfn> of x:", "decide-the-visibility"],
      ['The <dfn method for="ModelCache">match(|digest|)</dfn> method steps are:', "dom-modelcache-match"],
      ["The <dfn method for=ModelCache>keys()</dfn> method steps are:", "dom-modelcache-keys"],
      [
        'The <dfn attribute for="NavigatorModels">modelCache</dfn> getter steps are:',
        "dom-navigatormodels-modelcache",
      ],
      ['The <dfn constructor for="E" lt="E(message)">new E(|m|)</dfn> constructor steps are:', "dom-e-e"],
      ['To <dfn for="model store">open</dfn> x:', "model-store-open"],
      ['It <dfn lt="may use">may really use</dfn> x:', "may-use"],
      ['To <dfn id="here">go</dfn> x:', "here"],
    ];
    for (const [definition, id] of sources) {
      const [algorithm] = readAlgorithms(`<div algorithm>\n  ${definition}\n\n  1. Return.\n</div>`, "a.bs");
      assert.equal(algorithm!.id, id);
    }
  });

  const refused: [what: string, source: string, message: RegExp][] = [
    [
      "without a definition",
      "<div algorithm>\n  To do:\n\n  1. Return.\n</div>",
      /a\.bs:1: an algorithm opens/,
    ],
    [
      "that is not closed",
      "<div algorithm>\n  To <dfn>do</dfn>:\n\n  1. Return.\n",
      /a\.bs:1: .* never closed/,
    ],
    [
      "with numbers of its own",
      "<div algorithm>\n  To <dfn>do</dfn>:\n\n  1. Return.\n\n  2. Return.\n</div>",
      /a\.bs:6: every step begins with/,
    ],
    [
      "with a step between two columns",
      "<div algorithm>\n  To <dfn>do</dfn>:\n\n  1. If:\n      1. Return.\n    1. Return.\n</div>",
      /a\.bs:6: this step stands neither/,
    ],
  ];
  for (const [what, source, message] of refused) {
    it(`refuses an algorithm ${what}`, () => {
      assert.throws(
        () => readAlgorithms(source, "a.bs"),
        (error) => error instanceof DialectError && message.test(error.message),
      );
    });
  }
});
