import { JSDOM } from "jsdom";
import type { Trace, TracedAlgorithm, TracedStep } from "../trace/trace.ts";
import { escapeHTML, pageOf, stepId } from "./page.ts";
import type { Findings } from "./steps.ts";
import { stepDetails } from "./steps.ts";

/** Where the page that Bikeshed made says something else than our reader of the source understood. */
export class PageDiffersError extends Error {}

/** The specification's page with the code, the tests and the mutants of every step beside it. */
export function furnish(page: string, { algorithms }: Trace, findings: Findings): string {
  const dom = new JSDOM(page);
  const { document } = dom.window;
  for (const traced of algorithms) furnishAlgorithm(document, traced, findings);
  document.head.insertAdjacentHTML("beforeend", '<link rel="stylesheet" href="room/room.css">');
  document.body.insertAdjacentHTML("afterbegin", bar);
  document.body.insertAdjacentHTML("beforeend", '<script src="room/room.js"></script>');
  return dom.serialize();
}

const bar = `<div class="room-bar" role="group" aria-label="Reading room">
<a href="room/map.html">Map</a>
<button type="button" data-room="unfold" aria-pressed="false" hidden>Unfold all code</button>
<button type="button" data-room="hide" aria-pressed="false" hidden>Text only</button>
</div>`;

function furnishAlgorithm(
  document: Document,
  { algorithm, codes, steps }: TracedAlgorithm,
  findings: Findings,
): void {
  const definition = document.getElementById(algorithm.id);
  const block = definition?.closest(".algorithm") ?? null;
  if (block === null) throw new PageDiffersError(`The page has no algorithm #${algorithm.id}.`);
  const list = [...block.children].find(({ localName }) => localName === "ol");
  if (list === undefined) throw new PageDiffersError(`The page has no steps for #${algorithm.id}.`);
  if (codes.length > 0) {
    const links = codes.map(
      ({ name, file, firstLine }) =>
        `<a href="${pageOf(file)}#L${firstLine}"><code>${escapeHTML(name)}</code></a>`,
    );
    list.insertAdjacentHTML("beforebegin", `<p class="room room-code">${links.join(", ")}</p>`);
  }
  const byNumber = new Map(steps.map((each) => [each.step.number, each]));
  furnishList(list, "", (item, number) => {
    const traced = byNumber.get(number);
    if (traced === undefined)
      throw new PageDiffersError(`The page has a step ${number} of #${algorithm.id}, the source has none.`);
    compareWords(item, traced, algorithm.id);
    item.id = stepId(algorithm, traced.step);
    const details = stepDetails(traced, `${algorithm.id} ${number}`, findings);
    const inner = [...item.children].find(({ localName }) => localName === "ol");
    if (inner === undefined) item.insertAdjacentHTML("beforeend", details);
    else inner.insertAdjacentHTML("beforebegin", details);
    byNumber.delete(number);
  });
  for (const number of byNumber.keys()) {
    throw new PageDiffersError(`The source has a step ${number} of #${algorithm.id}, the page has none.`);
  }
}

function furnishList(list: Element, prefix: string, each: (item: Element, number: string) => void): void {
  const items = [...list.children].filter(({ localName }) => localName === "li");
  items.forEach((item, index) => {
    const number = `${prefix}${index + 1}`;
    const inner = [...item.children].filter(({ localName }) => localName === "ol");
    for (const innerList of inner) furnishList(innerList, `${number}.`, each);
    each(item, number);
  });
}

/** Holds the words of the page, but for typographic marks and references, against those that the source has. */
function compareWords(item: Element, { step }: TracedStep, id: string): void {
  const copy = item.cloneNode(true) as Element;
  for (const raised of copy.querySelectorAll("sup")) raised.prepend("^");
  const first = copy.firstElementChild;
  const words = (first?.localName === "p" ? first.textContent : textBefore(copy)) ?? "";
  const plain = (text: string) =>
    text
      .replace(/ \[[A-Z][A-Z0-9-]*\]/g, "")
      .replace(/[‘’]/g, "'")
      .replace(/[“”]/g, '"')
      .replace(/[\s\u00a0]+/g, " ")
      .trim();
  if (plain(words) !== plain(step.text)) {
    throw new PageDiffersError(
      `Step ${step.number} of #${id} reads “${plain(words)}” on the page, and “${step.text}” to the steps tool.`,
    );
  }
}

function textBefore(item: Element): string {
  return [...item.childNodes]
    .slice(0, [...item.childNodes].findIndex((node) => ["OL", "P", "DETAILS"].includes(node.nodeName)) >>> 0)
    .map((node) => node.textContent)
    .join("");
}
