import type { Reading } from "../reading.ts";
import { bytesSentFor, durationOf, placementOf } from "../reading.ts";
import { attemptInWords, receiptInWords, sizeInWords, timeInWords } from "../words.ts";
import { element, make } from "./element.ts";

const list = element("receipts", HTMLOListElement);
const nothing = element("no-receipts", HTMLElement);
const shown: { reading: Reading; span: HTMLElement }[] = [];

/** Puts a reading on top of the list. `remark` is one more sentence about it. */
export function addReceipt(reading: Reading, remark: string): void {
  nothing.hidden = true;
  const span = make("div", { class: "span", "aria-hidden": "true" });
  const item = make(
    "li",
    { class: placementOf(reading) },
    make("p", { class: "sentence" }, receiptInWords(reading)),
    make("p", { class: "remark" }, remark),
    span,
  );
  if (reading.steps.length > 0) item.append(stepsOf(reading));
  // For those who drive the page with a program: the transcript of `npm start` is one.
  item.dataset["reading"] = JSON.stringify({
    placement: placementOf(reading),
    text: reading.result?.text ?? null,
    milliseconds: durationOf(reading),
    // Null where nobody can tell.
    bytesSent: reading.perhapsSentTo.length > 0 ? null : bytesSentFor(reading),
    receipts: reading.steps.map(({ receipt }) => receipt),
  });
  list.prepend(item);

  shown.push({ reading, span });
  const longest = Math.max(...shown.map((each) => durationOf(each.reading)));
  for (const each of shown) {
    each.span.style.setProperty("--share", String(durationOf(each.reading) / (longest || 1)));
  }
}

function stepsOf({ steps }: Reading): HTMLElement {
  const rows = steps.map(({ purpose, receipt }) =>
    make(
      "tr",
      {},
      make("td", {}, purpose),
      make("td", {}, receipt.attempts.map(attemptInWords).join(", then ") || "nowhere"),
      make("td", { class: "number" }, timeInWords(receipt.duration)),
      make(
        "td",
        { class: "number" },
        receipt.inputBytesSent === 0 ? "–" : sizeInWords(receipt.inputBytesSent),
      ),
    ),
  );
  const head = make(
    "tr",
    {},
    make("th", { scope: "col" }, "Step"),
    make("th", { scope: "col" }, "Where"),
    make("th", { scope: "col", class: "number" }, "Time"),
    make("th", { scope: "col", class: "number" }, "Sent"),
  );
  return make(
    "details",
    {},
    make("summary", {}, steps.length === 1 ? "One step" : `${steps.length} steps`),
    make("div", { class: "steps" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))),
  );
}
