import { readFileSync } from "node:fs";
import { chapterFiles } from "../spec/chapters.ts";
import type { Trace, TracedAlgorithm, TracedTest } from "../trace/trace.ts";
import { escapeHTML, pageOf } from "./page.ts";
import { targetNames, targetsOf } from "./steps.ts";

/** The body of the map's page, `room/map.html`: section, files, tests, and how many of these pass on each target. */
export function mapPage({ algorithms }: Trace): string {
  const byChapter = Map.groupBy(algorithms, ({ algorithm }) => algorithm.file);
  const heads = ["algorithm", "steps", "code", "tests", ...targetNames]
    .map((head) => `<th scope="col">${head}</th>`)
    .join("");
  return chapterFiles()
    .filter((file) => byChapter.has(file))
    .map((file) => {
      const [, id, title] = /^<h2 id="([^"]*)"[^>]*>(.*)<\/h2>/.exec(readFileSync(file, "utf8"))!;
      const rows = byChapter.get(file)!.map(row).join("\n");
      return `<h2><a href="../index.html#${id!}">${title!}</a></h2>
<div class="room-map" tabindex="0" role="group" aria-label="${title!}"><table><thead><tr>${heads}</tr></thead><tbody>
${rows}
</tbody></table></div>`;
    })
    .join("\n");
}

function row({ algorithm, codes, steps }: TracedAlgorithm): string {
  const tests = [...new Set(steps.flatMap((step) => step.tests))];
  const files = [...new Set(tests.map(({ file }) => file))].toSorted();
  const link = (file: string, text: string) =>
    `<a href="${pageOf(file).replace(/^room\//, "")}">${escapeHTML(text)}</a>`;
  const cells = [
    `<a href="../index.html#${algorithm.id}">${escapeHTML(algorithm.name)}</a>`,
    String(steps.length),
    codes.map(({ file, name }) => link(file, name)).join(", "),
    files.map((file) => link(file, file.replace(/^.*\//, ""))).join(", "),
    ...targetNames.map((name) => resultOn(name, tests)),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function resultOn(name: string, tests: readonly TracedTest[]): string {
  const results = tests.flatMap((test) => {
    const target = targetsOf(test).find(([, each]) => each === name)?.[0];
    return target === undefined ? [] : [test.results[target]];
  });
  if (results.length === 0) return "";
  const ran = results.filter((outcome) => outcome !== undefined);
  if (ran.length === 0) return '<span class="room-quiet">not run</span>';
  const passed = ran.filter((outcome) => outcome === "passed").length;
  if (passed === ran.length) return `<span class="room-good">${passed} ✓</span>`;
  const counts = `${passed} of ${ran.length}`;
  return ran.includes("failed") ? `<span class="room-bad">${counts} ✗</span>` : counts;
}
