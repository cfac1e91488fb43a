import type { Step } from "../spec/algorithms.ts";

const effects: readonly RegExp[] = [
  /\[=(?:exception\/)?(?:re-?)?throw/i,
  /\[=(?:promise\/)?(?:resolve|reject|a promise (?:rejected|resolved) with)/i,
  /\b[Rr]eturn\b/,
  /\[=fire an event|\[=firing an event/i,
  /\[=queue a/i,
  /\[=(?:\/)?fetch(?:=|\|)/i,
  /^Run \|/,
  /\[=invok(?:e|ing)/i,
  /\b(?:[Aa]dd|[Ee]nd|[Tt]erminate|[Ss]et|[Ii]ncrement|[Ii]ncrease|[Dd]ecrease|[Aa]ppend|[Rr]emove|[Ee]mpty|[Cc]lear|[Ss]tore|[Ww]rite|[Cc]ommit|[Rr]ename|[Dd]elete|[Cc]ancel|[Ss]ignal abort|[Ww]ait)\b/,
];

/** What a step does to a page even where it names what comes of it. */
const effectsWithResults = /\[=invoking/i;

/**
 * Whether something outside can see that a step was run: it throws, settles, returns, fires, queues, requests or changes
 * something. A step that only names a value, asserts, or opens others is not observable by itself.
 */
export function isObservable({ markup, text, steps }: Step): boolean {
  if (/^(?:Assert:|Otherwise:)/.test(text) || steps.length > 0) return false;
  if (text.startsWith("Let ")) return effectsWithResults.test(markup);
  return effects.some((effect) => effect.test(markup));
}
