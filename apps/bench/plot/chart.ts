import type { Table } from "../harness/benchmark.ts";
import { inWords } from "../harness/report.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";

const width = 420;
const left = 8;
const rowHeight = 38;
const barHeight = 12;
const top = 34;

/** One column of a table as bars, each with a line from its least to its most. */
export function chartOf({ title, unit, columns, rows }: Table, column: number): Markup {
  const shown = rows.filter(({ cells }) => (cells[column] ?? null) !== null);
  const most = Math.max(0, ...shown.map(({ cells }) => cells[column]!.max));
  const { end, step } = niceScale(most);
  const right = width - 12;
  const place = (value: number) => round(left + (value / end) * (right - left));
  const height = top + shown.length * rowHeight + 4;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step);

  return html`<svg
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="${title}: ${columns[column]!}, in ${unit}"
  >
    <text class="title" x="${left}" y="12">${columns[column]!} (${unit})</text>
    ${ticks.map(
      (tick) =>
        html`<line class="grid" x1="${place(tick)}" x2="${place(tick)}" y1="${top - 4}" y2="${height}" />
          <text class="tick" x="${place(tick)}" y="${top - 8}" text-anchor="${anchorOf(tick, end)}"
            >${numberOf(tick)}</text
          >`,
    )}
    ${shown.map(({ name, ours, cells }, index) => {
      const spread = cells[column]!;
      const y = top + index * rowHeight;
      const middle = y + 20 + barHeight / 2;
      return html`<g class="${ours ? "ours" : ""}">
        <text class="name" x="${left}" y="${y + 14}">${name}</text>
        <text class="value" x="${right}" y="${y + 14}" text-anchor="end"
          >${inWords({ median: spread.median, min: spread.median, max: spread.median })}</text
        >
        <rect
          class="bar"
          x="${left}"
          y="${y + 20}"
          width="${round(Math.max(1, place(spread.median) - left))}"
          height="${barHeight}"
          rx="2"
        />
        <line
          class="range"
          x1="${place(spread.min)}"
          x2="${place(spread.max)}"
          y1="${middle}"
          y2="${middle}"
        />
      </g>`;
    })}
  </svg>`;
}

/** An end that the largest value does not reach, and a round step: at most six of them. */
export function niceScale(most: number): { end: number; step: number } {
  if (most <= 0) return { end: 1, step: 0.5 };
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough)!;
  return { end: Math.ceil(most / step) * step, step };
}

function anchorOf(tick: number, end: number): string {
  if (tick === 0) return "start";
  return tick > 0.97 * end ? "end" : "middle";
}

function numberOf(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
