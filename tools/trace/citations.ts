import type { Algorithm } from "../spec/algorithms.ts";

/** Tests cite a step as `<algorithm>, step 3.1: …`, several as `<algorithm>, steps 3 and 4.2: …`, each by its number. */
const citation = /,? steps? (\d+(?:\.\d+)*(?:(?:, | and |, and )\d+(?:\.\d+)*)*)/g;

/** The names that tests may call an algorithm by: its definition's words, and for members `Interface.member()` too. */
export function namesOf({ name, interface: scope }: Algorithm): string[] {
  if (scope === null) return [name];
  const isCallable = name.includes("(");
  const member = name.replace(/\(.*$/, "");
  const short = isCallable ? `${member}()` : member;
  return [name, short, `${scope}.${short}`, `${scope}/${short}`];
}

/** The steps that a test's title cites, as `id step`; what it cites that is not in the text is in `unknown`. */
export function readCitations(
  title: string,
  algorithms: readonly Algorithm[],
): { cited: { algorithm: Algorithm; step: string }[]; unknown: string[] } {
  const cited: { algorithm: Algorithm; step: string }[] = [];
  const unknown: string[] = [];
  for (const match of title.matchAll(citation)) {
    const before = title.slice(0, match.index);
    const candidates = algorithms
      .map((algorithm) => ({ algorithm, length: lengthOfNameAtTheEnd(before, algorithm) }))
      .filter(({ length }) => length > 0);
    const longest = Math.max(0, ...candidates.map(({ length }) => length));
    const named = candidates.filter(({ length }) => length === longest);
    if (named.length === 0) unknown.push(`${before}${match[0]}`);
    for (const { algorithm } of named) {
      for (const step of match[1]!.split(/, and | and |, /)) cited.push({ algorithm, step });
    }
  }
  return { cited, unknown };
}

/** Whether a title cites steps as `steps 1 to 4`, which would count as 1 alone. */
export function citesARange(title: string): boolean {
  return / steps? \d[\d.]* to \d/.test(title);
}

function lengthOfNameAtTheEnd(text: string, algorithm: Algorithm): number {
  const lower = text.toLowerCase();
  const lengths = namesOf(algorithm)
    .filter((name) => {
      const start = lower.length - name.length;
      return lower.endsWith(name.toLowerCase()) && (start === 0 || /[^a-z0-9./]/.test(lower[start - 1]!));
    })
    .map((name) => name.length);
  return Math.max(0, ...lengths);
}
