import type { TracedStep, TracedTest } from "../trace/trace.ts";
import { gap } from "../trace/titles.ts";
import { escapeHTML, highlight, pageOf } from "./page.ts";

/** The verdicts on the mutants of a step. */
export interface StepMutants {
  readonly killed: number;
  readonly alive: readonly string[];
  /** Whether each verdict is on the code and the tests as they are now. */
  readonly hold: boolean;
}

/** What the room shows beside the trace itself. */
export interface Findings {
  readonly linesOf: (file: string) => readonly string[];
  /** The fragment of a test in its file's page. */
  readonly idOf: (test: TracedTest) => string;
  /** By `algorithm id` and step, like the steps in `reached`. */
  readonly mutants: ReadonlyMap<string, StepMutants>;
  /** By target. */
  readonly reached: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether all tests ran, so that a step without one is known to be untested. */
  readonly areRun: boolean;
}

const targets: Readonly<Record<string, string>> = {
  unit: "unit",
  jsdom: "jsdom",
  chromium: "Chromium",
  firefox: "Firefox",
  webkit: "WebKit",
};

export const targetNames: readonly string[] = Object.values(targets);

/** The targets on which a test can run, by their names for people. */
export function targetsOf({ file }: Pick<TracedTest, "file">): [target: string, name: string][] {
  return Object.entries(targets).filter(([target]) => (target === "unit") === file.endsWith(".test.ts"));
}

export interface Stanza {
  readonly code: string;
  /** The number of the step below, where both share the code. */
  readonly with: string | null;
}

/**
 * The lines of code that belong to a step: from below its comment to the next one, without what they stand in and without the
 * notes, which the text has. Where the next comment follows at once, the code is that step's too.
 */
export function stanzaOf({ code }: TracedStep, lines: readonly string[]): Stanza | null {
  if (code === null) return null;
  const { comments, lastLine } = code.code;
  const steps = comments.filter(({ kind }) => kind === "step");
  const notes = comments.filter(({ kind }) => kind === "note");
  const isNote = (line: number) => notes.some((note) => note.firstLine <= line && line <= note.lastLine);

  for (let index = steps.indexOf(code.comment); index < steps.length; index += 1) {
    const first = steps[index]!.lastLine + 1;
    const last = (steps[index + 1]?.firstLine ?? lastLine) - 1;
    const stanza = lines.slice(first - 1, last).filter((_, offset) => !isNote(first + offset));
    const text = trim(stanza);
    if (text !== "") return { code: text, with: steps[index] === code.comment ? null : steps[index]!.number };
    if (stanza.some((line) => line.trim() === "}")) return null;
  }
  return null;
}

/** Without what closes the block that the lines stand in, and as far to the left as they go. */
function trim(lines: readonly string[]): string {
  const indentation = (line: string) => /^ */.exec(line)![0].length;
  const width = indentation(lines.find((line) => line.trim() !== "") ?? "");
  const kept = [...lines];
  while (kept.length > 0 && (kept.at(-1)!.trim() === "" || indentation(kept.at(-1)!) < width)) kept.pop();
  return kept.map((line) => line.slice(width)).join("\n");
}

/** What stands beside a step: folded, with its state in the line that unfolds it. */
export function stepDetails(
  traced: TracedStep,
  key: string,
  { linesOf, idOf, mutants, reached, areRun }: Findings,
): string {
  const { tests, excuse, code, step } = traced;
  if (code === null) return "";
  const { file } = code.code;
  const body: string[] = [];
  const stanza = stanzaOf(traced, linesOf(file));
  const sharedWith = stanza?.with ?? null;
  if (stanza !== null) {
    if (sharedWith !== null) body.push(`<p class="room-quiet">Together with step ${sharedWith}:</p>`);
    body.push(
      `<pre tabindex="0" role="group" aria-label="code of step ${step.number}"><code>${highlight(stanza.code, file)}</code></pre>`,
    );
  }
  const place = `${file}:${code.comment.firstLine}`;
  body.push(
    `<p class="room-place"><a href="${pageOf(file)}#L${code.comment.firstLine}">${escapeHTML(place)}</a></p>`,
  );
  if (tests.length > 0) {
    const items = tests.map(
      (test) =>
        `<li><a href="${pageOf(test.file)}#${idOf(test)}">${titleOf(test)}</a> ${resultMarks(test)}</li>`,
    );
    body.push(`<ul class="room-tests">${items.join("")}</ul>`);
  }
  if (excuse !== null) body.push(`<p>No test can see this step: ${escapeHTML(excuse)}</p>`);
  // Of code that two steps share, the mutants bear the number of the second.
  const ofStep = mutants.get(sharedWith === null ? key : key.replace(/ [\d.]+$/, ` ${sharedWith}`));
  if (ofStep !== undefined) body.push(`<p>${mutantWords(ofStep)}</p>`);
  const executed = [...reached].filter(([, steps]) => steps.has(key)).map(([target]) => targets[target]!);
  if (executed.length > 0) body.push(`<p>Executed in ${executed.join(", ")}.</p>`);
  const summary = summaryOf(traced, ofStep, areRun);
  return `<details class="room"><summary>${summary}<span class="room-hidden"> for step ${step.number}</span></summary>${body.join("")}</details>`;
}

function summaryOf(
  { tests, observable }: TracedStep,
  mutants: StepMutants | undefined,
  areRun: boolean,
): string {
  const words = ["code"];
  const results = tests.flatMap((test) => Object.values(test.results));
  if (tests.length > 0) {
    const mark = results.length === 0 ? "" : results.includes("failed") ? ` ${cross}` : ` ${tick}`;
    words.push(`${tests.length} ${tests.length === 1 ? "test" : "tests"}${mark}`);
  } else if (observable && areRun) words.push('<b class="room-bad">untested</b>');
  if (mutants?.hold === true) {
    words.push(mutants.alive.length > 0 ? '<b class="room-bad">a mutant lives</b>' : `mutants ${tick}`);
  }
  return words.join(" · ");
}

const tick = '<b class="room-good">✓</b>';
const cross = '<b class="room-bad">✗</b>';

/** A test's title for people: a string that may be one has its words alone. */
export function titleOf({ title }: TracedTest): string {
  return escapeHTML(title.startsWith(gap) || title.endsWith(gap) ? title.replace(/^…|…$/g, "") : title);
}

export function resultMarks(test: TracedTest): string {
  return targetsOf(test)
    .map(([target, name]) => {
      const outcome = test.results[target];
      if (outcome === undefined || outcome === "failed as expected") {
        return `<span class="room-result room-quiet">${name} ${outcome === undefined ? "not run" : "✗ expected"}</span>`;
      }
      const passed = outcome === "passed";
      return `<span class="room-result ${passed ? "room-good" : "room-bad"}">${name} ${passed ? "✓" : "✗"}<span class="room-hidden"> ${passed ? "passes" : "fails"}</span></span>`;
    })
    .join(" ");
}

/** A fragment for each test in its file's page; of those that would have the same, the later ones with a number. */
export function testIds(tests: Iterable<TracedTest>): Map<TracedTest, string> {
  const counts = new Map<string, number>();
  const ids = new Map<TracedTest, string>();
  for (const test of tests) {
    if (ids.has(test)) continue;
    const words = test.title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
    const count = (counts.get(`${test.file} ${words}`) ?? 0) + 1;
    counts.set(`${test.file} ${words}`, count);
    ids.set(test, count === 1 ? `test-${words}` : `test-${words}--${count}`);
  }
  return ids;
}

function mutantWords({ killed, alive, hold }: StepMutants): string {
  const count = killed + alive.length;
  const then = hold ? "" : ", before the code or the tests were last changed";
  if (alive.length === 0)
    return `${["", "Its one mutant was", "Both its mutants were"][count] ?? `All its ${count} mutants were`} noticed by a test${then}.`;
  return `Of ${count} mutants ${alive.length === 1 ? "one lives" : `${alive.length} live`}${hold ? "" : ` (${then.slice(2)})`}: ${alive.map(escapeHTML).join(", ")}.`;
}
