/**
 * Furnishes the page that Bikeshed made: beside every step its code, its tests with their last results, and whether a mutant of it
 * lives; a page for every file of code and tests, which leads back to the steps; and the map of it all with the results.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readTrace } from "../trace/read.ts";
import { readReached } from "../trace/reached.ts";
import type { Trace, TracedTest } from "../trace/trace.ts";
import { lastVerdicts } from "../trace/verdicts.ts";
import { furnish } from "./furnish.ts";
import { mapPage } from "./map.ts";
import { escapeHTML, leadBack, pageOf, sourceListing, stepId, writePage } from "./page.ts";
import type { Findings, StepMutants } from "./steps.ts";
import { resultMarks, testIds, titleOf } from "./steps.ts";

const build = "build";

/** Reads the plain page and writes `build/index.html` and `build/room/`. */
export function furnishTheBuild(plainPage: string): void {
  const trace = readTrace();
  const sources = new Map<string, string[]>();
  const linesOf = (file: string) => {
    const lines = sources.get(file) ?? readFileSync(file, "utf8").split("\n");
    sources.set(file, lines);
    return lines;
  };
  const ids = testIds(trace.algorithms.flatMap(({ steps }) => steps.flatMap(({ tests }) => tests)));
  const findings: Findings = {
    linesOf,
    idOf: (test) => ids.get(test)!,
    mutants: readMutants(),
    reached: readReached(trace),
    areRun: trace.areRun,
  };
  const page = furnish(readFileSync(plainPage, "utf8"), trace, findings);

  rmSync(path.join(build, "room"), { recursive: true, force: true });
  mkdirSync(path.join(build, "room"), { recursive: true });
  for (const name of ["room.css", "room.js"])
    copyFileSync(path.join(import.meta.dirname, name), path.join(build, "room", name));
  writeFileSync(path.join(build, "index.html"), page);
  writeFileSync(path.join(build, "room/map.html"), writePage("room/map.html", "The map", mapPage(trace)));

  const codes = Map.groupBy(
    trace.algorithms.flatMap((each) => each.codes),
    ({ file }) => file,
  );
  const tests = Map.groupBy(ids.keys(), ({ file }) => file);
  // What tests share has titles too, and proves nothing by itself.
  const places = [...ids.keys()].flatMap(({ place }) => (place === undefined ? [] : [place.file]));
  for (const file of new Set([...codes.keys(), ...tests.keys(), ...places])) {
    const proofs = tests.get(file);
    const list = proofs === undefined ? "" : testList(trace, proofs, findings);
    const listing = sourceListing(linesOf(file).join("\n"), file, leadBack(file, codes.get(file) ?? []));
    const target = pageOf(file);
    mkdirSync(path.dirname(path.join(build, target)), { recursive: true });
    writeFileSync(path.join(build, target), writePage(target, file, list + listing));
  }
}

/** From a test to the steps that it proves. */
function testList({ algorithms }: Trace, tests: readonly TracedTest[], { idOf }: Findings): string {
  const items = tests.map((test) => {
    const up = "../".repeat(pageOf(test.file).split("/").length - 1);
    const steps = algorithms.flatMap(({ algorithm, steps: ofAlgorithm }) =>
      ofAlgorithm
        .filter((each) => each.tests.includes(test))
        .map(
          ({ step }) =>
            `<li><a href="${up}index.html#${stepId(algorithm, step)}">${escapeHTML(algorithm.name)}, step ${step.number}</a>: ${escapeHTML(step.text)}</li>`,
        ),
    );
    const { place } = test;
    const line =
      place === undefined
        ? titleOf(test)
        : `<a href="${place.file === test.file ? "" : up + pageOf(place.file)}#L${place.line}">${titleOf(test)}</a>`;
    return `<li id="${idOf(test)}"><p>${line} ${resultMarks(test)}</p><ul>${steps.join("")}</ul></li>`;
  });
  return `<h2>The steps that these tests prove</h2>\n<ol class="room-proofs">${items.join("\n")}</ol>\n<h2>The source</h2>\n`;
}

const mutantName = /^(\S+ [\d.]+) (?:remove|invert)/;

/** The last verdicts on the mutants, by step. */
function readMutants(): Map<string, StepMutants> {
  const mutants = new Map<string, { killed: number; alive: string[]; hold: boolean }>();
  for (const [name, { verdict, holds }] of lastVerdicts()) {
    const step = mutantName.exec(name)?.[1];
    if (step === undefined) continue;
    const ofStep = mutants.get(step) ?? { killed: 0, alive: [], hold: true };
    if (verdict.status === "killed") ofStep.killed += 1;
    else ofStep.alive.push(name);
    ofStep.hold &&= holds;
    mutants.set(step, ofStep);
  }
  return mutants;
}
