import hljs from "highlight.js/lib/core";
import javascript from "highlight.js/lib/languages/javascript";
import typescript from "highlight.js/lib/languages/typescript";
import type { Algorithm, Step } from "../spec/algorithms.ts";
import type { CodeOfAlgorithm } from "../steps/code.ts";
import { specification } from "../steps/code.ts";

hljs.registerLanguage("javascript", javascript);
hljs.registerLanguage("typescript", typescript);

export function escapeHTML(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function highlight(code: string, file: string): string {
  return hljs.highlight(code, { language: file.endsWith(".ts") ? "typescript" : "javascript" }).value;
}

/** The file's own page in the reading room, from the root of the build. */
export function pageOf(file: string): string {
  return `room/${file}.html`;
}

/** The fragment of a step in the specification's page. */
export function stepId({ id }: Pick<Algorithm, "id">, { number }: Pick<Step, "number">): string {
  return `step-${id}-${number.replaceAll(".", "-")}`;
}

/** A page beside the specification, at `path` from the root of the build. */
export function writePage(path: string, title: string, body: string): string {
  const up = "../".repeat(path.split("/").length - 1);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHTML(title)} — Hybrid AI for the Web</title>
<link rel="stylesheet" href="${up}room/room.css">
<body class="room-page">
<header><a href="${up}index.html">Hybrid AI for the Web</a> <span aria-hidden="true">›</span> <h1>${escapeHTML(title)}</h1></header>
<main>
${body}
</main>
</body>
</html>
`;
}

/**
 * The source, each line with an id of its own (`L12`), so that a step can point at it.
 *
 * @param lead - what a line leads to, if it does: a step's comment to its step, and a URL of the text to its place
 */
export function sourceListing(source: string, file: string, lead = plainLine): string {
  const lines = splitHighlighted(highlight(source.replace(/\n$/, ""), file));
  const rows = lines.map((html, index) => {
    const line = index + 1;
    return `<span class="line" id="L${line}"><a href="#L${line}" tabindex="-1" aria-label="line ${line}">${line}</a>${lead(html, line)}\n</span>`;
  });
  return `<pre class="listing" tabindex="0"><code>${rows.join("")}</code></pre>`;
}

const plainLine = (html: string, _line: number): string => html;

/** Leads from a file's page back to the specification: the numbers of its steps, and the anchors of its algorithms. */
export function leadBack(file: string, codes: readonly CodeOfAlgorithm[]): typeof plainLine {
  const index = `${"../".repeat(pageOf(file).split("/").length - 1)}index.html`;
  const steps = new Map(
    codes.flatMap((code) =>
      code.comments
        .filter(({ kind }) => kind === "step")
        .map(({ firstLine, number }) => [firstLine, stepId(code, { number })]),
    ),
  );
  return (html, line) => {
    const step = steps.get(line);
    return (
      step === undefined ? html : html.replace(/\/\/ ([\d.]+)\./, `// <a href="${index}#${step}">$1.</a>`)
    ).replace(
      new RegExp(`${specification.replace(/\./g, "\\.")}#([\\w-]+)`, "g"),
      `<a href="${index}#$1">$&</a>`,
    );
  };
}

/** Highlighted code by lines: what is open at the end of a line is closed there, and opened again in the next. */
export function splitHighlighted(html: string): string[] {
  const open: string[] = [];
  return html.split("\n").map((line) => {
    const before = open.join("");
    for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
      if (tag === "</span>") open.pop();
      else open.push(tag);
    }
    return before + line + "</span>".repeat(open.length);
  });
}
