import type { Figure, Report, Table } from "./benchmark.ts";
import { isMet } from "./benchmark.ts";
import type { Spread } from "./spread.ts";

/** The report for people, as lines. */
export function linesOf({ figures, tables, failures }: Report): string[] {
  return [
    ...tables.flatMap((table) => ["", ...linesOfTable(table)]),
    "",
    ...linesOfFigures(figures),
    ...(failures.length === 0 ? [] : ["", "Not measured:", ...failures.map((failure) => `  ${failure}`)]),
  ];
}

/** The report for programs. */
export function jsonOf(report: Report): string {
  const { figures, ...rest } = report;
  const ratios = Object.fromEntries(
    figures.map((figure) => {
      const { name, what, unit, goal, spread } = figure;
      return [name, { ...spread, goal, met: isMet(figure), unit, what }];
    }),
  );
  return JSON.stringify({ ...rest, ratios });
}

function linesOfTable({ title, unit, note, columns, rows }: Table): string[] {
  const cells = rows.map(({ name, cells }) => [name, ...cells.map((cell) => inWords(cell))]);
  return [`${title} (${unit}; median, min–max)`, `  ${note}`, ...inColumns([["", ...columns], ...cells])];
}

function linesOfFigures(figures: readonly Figure[]): string[] {
  const words = { true: "met", false: "not met", null: "" };
  const cells = figures.map((figure) => {
    const { name, what, unit, goal, spread } = figure;
    const aim = goal === null ? "" : `≤ ${goal}`;
    return [name, `${inWords(spread)} ${unit}`.trim(), aim, words[`${isMet(figure)}`], what];
  });
  return inColumns([["goal", "median, min–max", "at most", "", "what"], ...cells]);
}

/** Aligned, each column as wide as its widest cell. */
function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd(),
  );
}

/** A spread in three digits. */
export function inWords(spread: Spread | null): string {
  if (spread === null) return "–";
  const { median, min, max } = spread;
  return min === max ? digits(median) : `${digits(median)}, ${digits(min)}–${digits(max)}`;
}

function digits(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
