import ts from "typescript";

/** Where the specification is published: what an anchor in the code begins with. */
export const specification = "https://hybrid-ai-web.github.io/hybrid-ai/";

/** One comment of the code that stands for a step, or for a note of a step. */
export interface StepComment {
  readonly kind: "step" | "note";
  /** Such as `3.1`; empty for a note. */
  readonly number: string;
  readonly text: string;
  /** The lines that it takes, from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** A function that bears an anchor of the specification, and the step comments in it. */
export interface CodeOfAlgorithm {
  /** The anchor's fragment. */
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly comments: readonly StepComment[];
}

/** An anchor of the specification that the code cites, whatever it stands above. */
export interface Citation {
  readonly id: string;
  readonly file: string;
  readonly line: number;
}

const anchor = new RegExp(`${specification.replace(/[.]/g, "\\.")}#([A-Za-z0-9_-]+)`, "g");

export function readCitations(source: string, file: string): Citation[] {
  return source
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(anchor)].map((match) => ({ id: match[1]!, file, line: index + 1 })),
    );
}

/** Every function, method or accessor of a source file whose doc comment holds an anchor and whose body holds steps. */
export function readCodeOfAlgorithms(source: string, file: string): CodeOfAlgorithm[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const lines = source.split("\n");
  const found: CodeOfAlgorithm[] = [];
  const visit = (node: ts.Node): void => {
    const id = anchorOf(node, source);
    const body = id === null ? null : bodyOf(node);
    if (id !== null && body !== null) {
      const firstLine = lineOf(tree, body.getStart(tree));
      const lastLine = lineOf(tree, body.end);
      const comments = readStepComments(lines, firstLine, lastLine);
      if (comments.length > 0) found.push({ id, name: nameOf(node), file, firstLine, lastLine, comments });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function anchorOf(node: ts.Node, source: string): string | null {
  if (
    !ts.isFunctionDeclaration(node) &&
    !ts.isMethodDeclaration(node) &&
    !ts.isAccessor(node) &&
    !ts.isConstructorDeclaration(node)
  ) {
    return null;
  }
  const ranges = ts.getLeadingCommentRanges(source, node.pos) ?? [];
  const comment = ranges.at(-1);
  if (comment === undefined) return null;
  const [match] = source.slice(comment.pos, comment.end).matchAll(anchor);
  return match?.[1] ?? null;
}

function bodyOf(node: ts.Node): ts.Node | null {
  return "body" in node && node.body !== undefined ? (node.body as ts.Node) : null;
}

function nameOf(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  const { name } = node as ts.FunctionDeclaration;
  return name === undefined ? "" : name.getText();
}

function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}

const stepComment = /^\s*\/\/ (\d+(?:\.\d+)*)\. (.*)$/;
const noteComment = /^\s*\/\/ NOTE: (.*)$/;
const continuation = /^\s*\/\/ {2,}(\S.*)$/;

/** A comment goes on in the lines below that begin with `//` and at least two spaces. */
function readStepComments(lines: readonly string[], firstLine: number, lastLine: number): StepComment[] {
  const comments: StepComment[] = [];
  for (let line = firstLine; line <= lastLine; line += 1) {
    const text = lines[line - 1]!;
    const step = stepComment.exec(text);
    const note = noteComment.exec(text);
    if (step === null && note === null) continue;
    const words = [step === null ? note![1]! : step[2]!];
    let last = line;
    for (let next = line + 1; next <= lastLine; next += 1) {
      const more = continuation.exec(lines[next - 1]!);
      if (more === null) break;
      words.push(more[1]!);
      last = next;
    }
    comments.push({
      kind: step === null ? "note" : "step",
      number: step?.[1] ?? "",
      text: words.join(" ").trim(),
      firstLine: line,
      lastLine: last,
    });
    line = last;
  }
  return comments;
}
