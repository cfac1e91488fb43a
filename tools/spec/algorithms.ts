import { plainText } from "./prose.ts";

/** One numbered step of the text. */
export interface Step {
  /** From 1, with the numbers of the steps that it stands in, such as `3.1`. */
  readonly number: string;
  /** As a reader sees it. */
  readonly text: string;
  /** As it stands in the source. */
  readonly markup: string;
  /** Line in the source, from 1. */
  readonly line: number;
  readonly notes: readonly string[];
  readonly steps: readonly Step[];
}

export interface Algorithm {
  /** The fragment of its definition in the built page, such as `decide-the-visibility` or `dom-modelcache-match`. */
  readonly id: string;
  /** The words that its definition defines. */
  readonly name: string;
  /** For a method or an attribute: its interface. */
  readonly interface: string | null;
  /** The sentence that opens it. */
  readonly introduction: string;
  /** The same, as it stands in the source. */
  readonly markupIntroduction: string;
  readonly file: string;
  readonly line: number;
  readonly steps: readonly Step[];
}

/** A place in the text that this reader, and hence the house, does not take. */
export class DialectError extends Error {
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.name = "DialectError";
  }
}

/** Every algorithm of a chapter, in its order. The dialect is that of spec/conventions.md. */
export function readAlgorithms(source: string, file: string): Algorithm[] {
  const lines = source.split("\n");
  const algorithms: Algorithm[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const opening = /^( *)<div algorithm(?:="[^"]*")?(?: [^>]*)?>$/.exec(lines[index]!);
    if (opening === null) continue;
    const end = lines.findIndex((line, at) => at > index && line === `${opening[1]!}</div>`);
    if (end === -1)
      throw new DialectError(
        file,
        index + 1,
        "this algorithm is never closed: its </div> stands as far in as its <div>.",
      );
    algorithms.push(readAlgorithm(lines, index, end, file));
    index = end;
  }
  return algorithms;
}

/** All steps of an algorithm or a step, the nested ones too, in reading order. */
export function allSteps(parent: { readonly steps: readonly Step[] }): Step[] {
  return parent.steps.flatMap((step) => [step, ...allSteps(step)]);
}

interface OpenStep {
  readonly number: string;
  readonly line: number;
  readonly indentation: number;
  readonly notes: string[];
  readonly steps: OpenStep[];
  markup: string;
}

const stepMarker = /^( *)1\. +(\S.*)$/;
const otherMarker = /^ *(?:\d+\.|[-*+]) /;

function readAlgorithm(lines: readonly string[], start: number, end: number, file: string): Algorithm {
  let at = start + 1;
  const sentence: string[] = [];
  while (at < end && !stepMarker.test(lines[at]!)) {
    sentence.push(lines[at]!);
    at += 1;
  }
  const introduction = sentence.join(" ").trim();
  const definition = readDefinition(introduction);
  if (definition === null) {
    throw new DialectError(file, start + 1, "an algorithm opens with a sentence that holds its <dfn>.");
  }

  const roots: OpenStep[] = [];
  const open: OpenStep[] = [];
  let paragraph: "step" | "note" | "other" = "other";
  for (; at < end; at += 1) {
    const line = lines[at]!;
    const marker = stepMarker.exec(line);
    if (marker !== null) {
      const indentation = marker[1]!.length;
      while (open.length > 0 && open.at(-1)!.indentation >= indentation) open.pop();
      const parent = open.at(-1);
      const siblings = parent?.steps ?? roots;
      if (siblings.length > 0 && siblings[0]!.indentation !== indentation) {
        throw new DialectError(file, at + 1, "this step stands neither beside nor inside the one before.");
      }
      const step: OpenStep = {
        number: `${parent === undefined ? "" : `${parent.number}.`}${siblings.length + 1}`,
        line: at + 1,
        indentation,
        notes: [],
        steps: [],
        markup: marker[2]!,
      };
      siblings.push(step);
      open.push(step);
      paragraph = "step";
      continue;
    }
    if (line.trim() === "") {
      paragraph = "other";
      continue;
    }
    const current = open.at(-1);
    if (current === undefined) continue;
    if (paragraph === "step") current.markup += ` ${line.trim()}`;
    else if (paragraph === "note") current.notes.push(`${current.notes.pop()!} ${line.trim()}`);
    else if (/^ *Note: /.test(line)) {
      current.notes.push(line.trim().replace(/^Note: /, ""));
      paragraph = "note";
    } else if (otherMarker.test(line) && /^ *\d+\. /.test(line)) {
      throw new DialectError(
        file,
        at + 1,
        "every step begins with “1.”: the numbers are the page's to give.",
      );
    }
  }

  return {
    ...definition,
    introduction: plainText(introduction),
    markupIntroduction: introduction,
    file,
    line: start + 1,
    steps: roots.map(close),
  };
}

function close(step: OpenStep): Step {
  return {
    number: step.number,
    text: plainText(step.markup),
    markup: step.markup,
    line: step.line,
    notes: step.notes.map(plainText),
    steps: step.steps.map(close),
  };
}

const domTypes = /\b(?:method|attribute|constructor|argument)\b/;

/** The id is the one that Bikeshed gives to the definition. */
function readDefinition(introduction: string): Pick<Algorithm, "id" | "name" | "interface"> | null {
  const match = /<dfn([^>]*)>(.*?)<\/dfn>/.exec(introduction);
  if (match === null) return null;
  const attributes = match[1]!;
  const name = plainText(match[2]!);
  const attribute = (key: string) =>
    new RegExp(`\\b${key}=(?:"([^"]*)"|([^\\s>]+))`)
      .exec(attributes)
      ?.slice(1)
      .find((value) => value !== undefined);
  const scope = attribute("for") ?? null;
  const isOfTheDom = domTypes.test(attributes.replace(/=(?:"[^"]*"|\S+)/g, ""));
  const linkingText = (attribute("lt")?.split("|")[0] ?? name).replace(/\(.*\)$/, "");
  const words = [...(isOfTheDom ? ["dom"] : []), ...(scope === null ? [] : [scope]), linkingText];
  const id = attribute("id") ?? words.map(slug).join("-");
  return { id, name, interface: isOfTheDom ? scope : null };
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
