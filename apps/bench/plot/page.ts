import { readFileSync } from "node:fs";
import path from "node:path";
import { isMet } from "../harness/benchmark.ts";
import type { Figure, Report, Table } from "../harness/benchmark.ts";
import { inWords } from "../harness/report.ts";
import { chartOf } from "./chart.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";

/** A page that shows the reports of one benchmark, one of each browser. It needs nothing but itself. */
export function drawPage(question: string, reports: readonly Report[]): string {
  const style = readFileSync(path.join(import.meta.dirname, "page.css"), "utf8");
  const { name = "" } = reports[0] ?? {};
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Benchmark: ${name}</title>
        <link rel="icon" href="data:," />
        <style>
          ${html.verbatim(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>Benchmark: ${name}</h1>
          <p>
            What is asked: ${question}. Bars end at the median of the rounds; lines go from the least to the
            most.
          </p>
        </header>
        <main>${reports.map(sectionOf)}</main>
      </body>
    </html>`.text;
}

function sectionOf(report: Report): Markup {
  const { browser, rounds, seed, figures, tables, failures } = report;
  return html`<section>
    <h2>${browser}</h2>
    <p class="conditions">${rounds} rounds, arms in an order shuffled with the seed ${seed}.</p>
    ${goalsOf(figures)} ${tables.map((table) => plotOf(table))}
    ${
      failures.length === 0
        ? ""
        : html`<h3>Not measured</h3>
            <ul>
              ${failures.map((failure) => html`<li>${failure}</li>`)}
            </ul>`
    }
  </section>`;
}

function goalsOf(figures: readonly Figure[]): Markup {
  const row = (figure: Figure) => {
    const met = isMet(figure);
    const { name, what, unit, goal, spread } = figure;
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="number">${inWords(spread)} ${unit}</td>
      <td class="number">${goal === null ? "" : `≤ ${goal}`}</td>
      <td>
        ${met === null ? "" : met ? html`<span class="met">met</span>` : html`<span class="missed">not met</span>`}
      </td>
      <td>${what}</td>
    </tr>`;
  };
  return html`<h3>Goals</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Goals">
      <table class="goals">
        <thead>
          <tr>
            <th scope="col">Goal</th>
            <th scope="col" class="number">Median, least–most</th>
            <th scope="col" class="number">At most</th>
            <th scope="col"></th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          ${figures.map(row)}
        </tbody>
      </table>
    </div>`;
}

function plotOf(table: Table): Markup {
  const { title, unit, note, columns, rows } = table;
  return html`<figure>
    <figcaption>
      <h3>${title}</h3>
      <p>${note}</p>
    </figcaption>
    <div class="charts">${columns.map((_, column) => chartOf(table, column))}</div>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}, as a table">
      <table>
        <thead>
          <tr>
            <th scope="col"></th>
            ${columns.map((column) => html`<th scope="col" class="number">${column} (${unit})</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ name, ours, cells }) =>
              html`<tr class="${ours ? "ours" : ""}">
                <th scope="row">${name}</th>
                ${cells.map((cell) => html`<td class="number">${inWords(cell)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </figure>`;
}
