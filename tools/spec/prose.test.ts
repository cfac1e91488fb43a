import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { plainText } from "./prose.ts";

describe("plainText", () => {
  const cases: [markup: string, text: string][] = [
    [
      'If |environment| is not [=eligible for reuse=], then return "`hidden`".',
      'If environment is not eligible for reuse, then return "hidden".',
    ],
    ["Let |x| be |ledger|'s [=probe ledger/decisions=][|digest|].", "Let x be ledger's decisions[digest]."],
    ['Return |descriptor|["{{ModelFileDescriptor/digest}}"].', 'Return descriptor["digest"].'],
    ['It is {{MLOperandDataType/"float32"}}.', 'It is "float32".'],
    ["Set |x| to the result of [=parsing a digest|the parse=].", "Set x to the result of the parse."],
    ["The {{ModelCache/match(digest)}} method", "The match(digest) method"],
    ["A {{Window!!interface}} is a [=/request=] [[!FETCH]].", "A Window is a request."],
    ["At most 2<sup>40</sup> &times; <var ignore>n</var> bytes *ever*.", "At most 2^40 × n bytes ever."],
    ["See [the list](https://example.com/a).", "See the list."],
    ["To <dfn>decide the visibility</dfn> of", "To decide the visibility of"],
    ["20 + 32 × |count|, and a || b", "20 + 32 × count, and a || b"],
    ["Get `` `Some-Header` `` from `x`.", "Get `Some-Header` from x."],
    ["{{a|b c}} and {{DOMException}}", "b c and DOMException"],
  ];
  for (const [markup, text] of cases) {
    it(`${markup} → ${text}`, () => {
      assert.equal(plainText(markup), text);
    });
  }
});
