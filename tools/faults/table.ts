import type { Row } from "./matrix.ts";

/** The fault matrix as a table of Markdown, which reads well on a terminal, too. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ["fault", "place", "engine", "cases", "survived"],
    ...rows.map(({ fault, place, engine, run, survived }) => [fault, place, engine, `${run}`, `${survived}`]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) => {
    const padded = row.map((cell, column) =>
      column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    return `| ${padded.join(" | ")} |`;
  });
  const rule = `| ${widths.map((width, column) => (column < 3 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}
