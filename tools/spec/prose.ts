/**
 * What a reader of the built page sees of a line of Bikeshed source, as plain text: links by their text, variables by their name,
 * code without its marks.
 */
export function plainText(markup: string): string {
  return markup
    .replace(/`` ?(.+?) ?``/g, (_match, code: string) => code.replaceAll("`", literalMark))
    .replace(/\s*\[\[!?[A-Za-z][^\]]*\]\]/g, "")
    .replace(/\[\[#([^\]]+)\]\]/g, "$1")
    .replace(/\[=([^=]+)=\]/g, (_match, link: string) => linkText(link))
    .replace(/\{\{([^}]+)\}\}/g, (_match, link: string) => linkText(link))
    .replace(/\[([^\][]+)\]\((?:[^()\s]+)\)/g, "$1")
    .replace(/<sup>([^<]*)<\/sup>/g, "^$1")
    .replace(/<[^>]+>/g, "")
    .replace(/\|([^|\s][^|]*)\|/g, "$1")
    .replace(/`([^`]+)`/g, "$1")
    .replace(/(^|[\s("])\*([^*\s][^*]*)\*/g, "$1$2")
    .replace(/&([a-z]+|#[0-9]+);/g, (entity, name: string) => entities.get(name) ?? entity)
    .replaceAll(literalMark, "`")
    .replace(/\s+/g, " ")
    .trim();
}

/** Stands for a mark of code that is itself meant, until all others are gone. */
const literalMark = "\u0001";

const entities = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["nbsp", " "],
  ["times", "×"],
  ["le", "≤"],
  ["ge", "≥"],
]);

/** `for/term` reads "term", `term|other words` reads "other words", `Interface/member!!kind` reads "member". */
function linkText(link: string): string {
  const bar = link.indexOf("|");
  if (bar !== -1) return link.slice(bar + 1);
  const term = link.replace(/!![a-z-]+$/, "");
  const quote = term.indexOf('/"');
  return quote === -1 ? term.slice(term.lastIndexOf("/") + 1) : term.slice(quote + 1);
}
