import ts from "typescript";

/** A title that stands in a source. What is put into it when it runs is a gap, `…`. */
export interface SourceTitle {
  readonly title: string;
  readonly line: number;
}

export const gap = "…";

const citesAStep = /\bsteps? \d/;

/**
 * The titles in a source: a test's own, after those of the suites around it; and, with a gap at its end, every other string that
 * cites a step, because it may be the title in a table of cases.
 */
export function titlesIn(source: string, file: string): SourceTitle[] {
  const titles: SourceTitle[] = [];
  const kind = file.endsWith(".ts") ? ts.ScriptKind.TS : ts.ScriptKind.JS;
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, kind);
  const add = (title: string, node: ts.Node) => {
    titles.push({ title, line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1 });
  };
  const visit = (node: ts.Node, suites: readonly string[]): void => {
    let named: ts.Node | undefined;
    let inside = suites;
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText();
      const [first] = node.arguments;
      const last = node.arguments.findLast((argument) => isText(argument));
      if (callee === "describe" && first !== undefined) {
        named = first;
        inside = [...suites, textOf(first)];
      } else if (callee === "it" && first !== undefined) {
        named = first;
        add([...suites, textOf(first)].join(" "), first);
      } else if (last !== undefined && citesAStep.test(textOf(last))) {
        named = last;
        // A helper's that ends in `it`, where there are suites around it.
        add(suites.length === 0 ? textOf(last) : `${[...suites, textOf(last)].join(" ")}${gap}`, last);
      }
    } else if (isText(node) && citesAStep.test(textOf(node))) {
      const around = suites.length === 0 ? gap : `${suites.join(" ")} `;
      add(`${around}${textOf(node)}${gap}`, node);
      return;
    }
    ts.forEachChild(node, (child) => {
      if (child !== named) visit(child, inside);
    });
  };
  visit(tree, []);
  return titles;
}

/** Whether a test that ran can have its title from here. */
export function isInstance(title: string, { title: pattern }: SourceTitle): boolean {
  const words = pattern.split(gap).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${words.join("[^]*")}$`).test(title);
}

function isText(node: ts.Node): node is ts.Expression {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    (ts.isBinaryExpression(node) && (isText(node.left) || isText(node.right)))
  );
}

/** A string as it stands, and of a template or a sum all but what is put into it. */
function textOf(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `${gap}${literal.text}`).join("");
  }
  if (isText(node) && ts.isBinaryExpression(node)) return textOf(node.left) + textOf(node.right);
  return gap;
}
