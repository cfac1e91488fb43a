import ts from "typescript";
import type { CodeOfAlgorithm } from "../steps/code.ts";
import { readCodeOfAlgorithms } from "../steps/code.ts";

/** One change to the code of one step. */
export interface Mutant {
  /** `algorithm id`, step and kind: stays the same as long as the text does, such as `decide-the-visibility 5 remove`. */
  readonly name: string;
  readonly algorithm: string;
  readonly step: string;
  readonly kind: "remove" | "invert";
  readonly file: string;
  readonly line: number;
  /** The code that it changes. */
  readonly code: string;
}

/** Where a mutant's switch is put into the source. */
interface Insertion {
  readonly position: number;
  readonly text: string;
  /** Of insertions at one position, closing ones go first, then the outer before the inner. */
  readonly order: number;
}

export interface MutatedSource {
  readonly mutants: readonly Mutant[];
  /** The source with a switch for each of its mutants: `switchName("name")` is true while that mutant is on. */
  readonly code: string;
}

/**
 * The function that the switched source asks, on the global object. It is asked with a mutant's name, and with an algorithm's
 * id and a step's number alone where that step begins: the answer is then of no matter.
 */
export const switchName = "__hybridAiMutant";

/**
 * The mutants of a source file: every step that does something can be removed, every condition of a step inverted. A step
 * that only names a value cannot: without it nothing runs at all.
 */
export function mutate(source: string, file: string): MutatedSource {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const insertions: Insertion[] = [];
  for (const code of readCodeOfAlgorithms(source, file)) {
    const body = bodyAt(tree, code);
    if (body !== null) mutateBody(tree, code, body, mutants, insertions);
  }
  return { mutants, code: insert(source, insertions) };
}

function bodyAt(tree: ts.SourceFile, { firstLine, lastLine }: CodeOfAlgorithm): ts.Block | null {
  let found: ts.Block | null = null;
  const visit = (node: ts.Node): void => {
    if (found !== null) return;
    if (
      ts.isBlock(node) &&
      ts.isFunctionLike(node.parent) &&
      startLine(tree, node) === firstLine &&
      endLine(tree, node) === lastLine
    ) {
      found = node;
    } else ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const startLine = (tree: ts.SourceFile, node: ts.Node) =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
const endLine = (tree: ts.SourceFile, node: ts.Node) => tree.getLineAndCharacterOfPosition(node.end).line + 1;

function mutateBody(
  tree: ts.SourceFile,
  code: CodeOfAlgorithm,
  body: ts.Block,
  mutants: Mutant[],
  insertions: Insertion[],
): void {
  const comments = code.comments.filter(({ kind }) => kind === "step");
  const names = new Map<string, number>();

  const add = (step: string, kind: Mutant["kind"], node: ts.Node): string => {
    const plain = `${code.id} ${step} ${kind}`;
    const count = (names.get(plain) ?? 0) + 1;
    names.set(plain, count);
    const name = count === 1 ? plain : `${plain} ${count}`;
    mutants.push({
      name,
      algorithm: code.id,
      step,
      kind,
      file: code.file,
      line: startLine(tree, node),
      code: node.getText(tree).split("\n")[0]!,
    });
    return `globalThis.${switchName}(${JSON.stringify(name)})`;
  };

  const stepOf = (node: ts.Node): string | null => {
    const line = startLine(tree, node);
    return comments.findLast((comment) => comment.lastLine < line)?.number ?? null;
  };
  const isLed = (node: ts.Node): boolean => {
    const line = startLine(tree, node);
    const above = code.comments.findLast((comment) => comment.lastLine < line);
    if (above === undefined) return false;
    const between = tree.text.split("\n").slice(above.lastLine, line - 1);
    return between.every((text) => text.trim() === "" || text.trim().startsWith("//"));
  };
  /** The steps whose comments stand right above a statement, with nothing between them but comments. */
  const stepsLedTo = (statement: ts.Statement): string[] => {
    if (!ts.isBlock(statement.parent) && !ts.isCaseOrDefaultClause(statement.parent)) return [];
    const lines = tree.text.split("\n");
    const led = new Set<number>();
    for (let line = startLine(tree, statement) - 1; line > 0; line -= 1) {
      const text = lines[line - 1]!.trim();
      if (text !== "" && !text.startsWith("//")) break;
      led.add(line);
    }
    return comments.filter(({ firstLine }) => led.has(firstLine)).map(({ number }) => number);
  };
  const holdsSteps = (node: ts.Node): boolean =>
    comments.some(
      (comment) => comment.firstLine > startLine(tree, node) && comment.lastLine < endLine(tree, node),
    );

  const invertConditions = (node: ts.Node, step: string): void => {
    const condition = ts.isIfStatement(node)
      ? node.expression
      : ts.isConditionalExpression(node)
        ? node.condition
        : null;
    if (condition !== null) {
      const asked = add(step, "invert", condition);
      const start = condition.getStart(tree);
      insertions.push({ position: start, text: `(${asked} !== !!(`, order: 2 });
      insertions.push({ position: condition.end, text: "))", order: 0 });
    }
  };

  /** The conditions of a statement, but not those in the blocks of other statements inside it. */
  const visitConditions = (node: ts.Node, step: string): void => {
    invertConditions(node, step);
    ts.forEachChild(node, (child) => {
      if (ts.isBlock(child) || ts.isFunctionLike(child)) return;
      if (ts.isStatement(child)) return;
      visitConditions(child, step);
    });
  };

  const visitBlock = (statements: readonly ts.Statement[], outer: string | null): void => {
    const groups: { step: string; statements: ts.Statement[] }[] = [];
    for (const statement of statements) {
      const step = stepOf(statement);
      for (const number of stepsLedTo(statement)) {
        const text = `globalThis.${switchName}(${JSON.stringify(`${code.id} ${number}`)}); `;
        insertions.push({ position: statement.getStart(tree), text, order: 0.5 });
      }
      if (step !== null && !isAssertion(statement)) {
        const own = !holdsSteps(statement) || isLed(statement);
        if (step !== outer && own) {
          if (groups.at(-1)?.step !== step) groups.push({ step, statements: [] });
          groups.at(-1)!.statements.push(statement);
        }
        if (own) visitConditions(statement, step);
      }
      visitInside(statement, step);
    }
    for (const { step, statements: ofStep } of groups) removeGroup(step, ofStep);
  };

  const visitInside = (node: ts.Node, step: string | null): void => {
    ts.forEachChild(node, (child) => {
      if (ts.isBlock(child) || ts.isCaseOrDefaultClause(child)) visitBlock(child.statements, step);
      else if (ts.isStatement(child) && ts.isIfStatement(node)) visitBlock([child], step);
      else visitInside(child, step);
    });
  };

  const removeGroup = (step: string, statements: readonly ts.Statement[]): void => {
    const removable = statements.filter((statement) => !isDeclaration(statement));
    if (removable.length === 0) return;
    const asked = add(step, "remove", removable[0]!);
    for (const statement of removable) {
      insertions.push({ position: statement.getStart(tree), text: `if (!${asked}) { `, order: 1 });
      insertions.push({ position: statement.end, text: " }", order: 0 });
    }
  };

  visitBlock(body.statements, null);
}

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isVariableStatement(statement) || ts.isFunctionDeclaration(statement) || ts.isEmptyStatement(statement)
  );
}

function isAssertion(statement: ts.Statement): boolean {
  return (
    ts.isExpressionStatement(statement) &&
    ts.isCallExpression(statement.expression) &&
    statement.expression.expression.getText() === "assert"
  );
}

function insert(source: string, insertions: readonly Insertion[]): string {
  const inOrder = insertions
    .map((insertion, index) => ({ ...insertion, index }))
    .toSorted((a, b) => a.position - b.position || a.order - b.order || b.index - a.index);
  let result = "";
  let at = 0;
  for (const { position, text } of inOrder) {
    result += source.slice(at, position) + text;
    at = position;
  }
  return result + source.slice(at);
}
