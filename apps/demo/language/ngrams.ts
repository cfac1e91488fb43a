/** What the language identifier knows: its languages (ISO 639-3) in output order, and its n-grams in input order. */
export interface LanguageVocabulary {
  languages: string[];
  ngrams: string[];
}

/**
 * The input of the language identifier for a text: for each n-gram of the vocabulary, how often it occurs among all
 * n-grams of its length in the text. The tensor has shape [1, number of n-grams].
 */
export function ngramFrequencies(text: string, vocabulary: LanguageVocabulary): Float32Array<ArrayBuffer> {
  const normalized = normalize(text);
  const counts = new Map<string, number>();
  for (const length of new Set(vocabulary.ngrams.map((ngram) => ngram.length))) {
    for (let start = 0; start + length <= normalized.length; start += 1) {
      const ngram = normalized.slice(start, start + length);
      counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
    }
  }
  return Float32Array.from(vocabulary.ngrams, (ngram) => {
    const total = normalized.length - ngram.length + 1;
    return (counts.get(ngram) ?? 0) / Math.max(total, 1);
  });
}

/** The language of the highest probability. */
export function mostProbableLanguage(
  probabilities: Float32Array,
  vocabulary: LanguageVocabulary,
): { language: string; probability: number } {
  let best = 0;
  probabilities.forEach((probability, index) => {
    if (probability > (probabilities[best] ?? 0)) best = index;
  });
  return { language: vocabulary.languages[best] ?? "und", probability: probabilities[best] ?? 0 };
}

/** Letters, marks and single spaces, in lower case, between two spaces: so the model was trained. */
function normalize(text: string): string {
  const letters = text
    .replace(/-+/g, " ")
    .replace(/[^\p{L}\p{M}\s]/gu, "")
    .replace(/\s{2,}/g, " ");
  return ` ${letters.toLowerCase().trim()} `;
}
