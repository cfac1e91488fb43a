import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { mostProbableLanguage, ngramFrequencies } from "./ngrams.ts";

describe("the frequencies of n-grams", () => {
  const vocabulary = { languages: ["eng", "deu"], ngrams: ["a", " ", "ab", "abab", "zz"] };
  const frequencies = (text: string) =>
    [...ngramFrequencies(text, vocabulary)].map((share) => share.toFixed(4));

  it("are shares of all n-grams of the same length, in a text between two spaces", () => {
    // " abab " has six characters, five pairs and three fours.
    assert.deepEqual(frequencies("abab"), ["0.3333", "0.3333", "0.4000", "0.3333", "0.0000"]);
  });

  it("count letters in any case, and neither digits nor signs nor runs of spaces", () => {
    assert.deepEqual(frequencies("  AB1a,b! "), frequencies("abab"));
    assert.deepEqual(frequencies("ab--ab"), frequencies("ab   ab"));
  });

  it("are finite for no text at all", () => {
    assert.ok(ngramFrequencies("", vocabulary).every(Number.isFinite));
  });
});

describe("the most probable language", () => {
  it("is that of the highest probability", () => {
    const vocabulary = { languages: ["eng", "deu", "fra"], ngrams: [] };
    assert.deepEqual(mostProbableLanguage(Float32Array.of(0.25, 0.5, 0.25), vocabulary), {
      language: "deu",
      probability: 0.5,
    });
  });
});
