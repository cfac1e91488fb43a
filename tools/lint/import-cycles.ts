import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Which modules each module brings in when it runs, by their paths. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** @param files - a glob, from the folder */
export function readImportGraph(folder: string, files: string): ImportGraph {
  const paths = globSync(files, { cwd: folder }).map((file) => file.split(path.sep).join("/"));
  return new Map(
    paths.map((file) => {
      const specifiers = importedAtRunTime(readFileSync(path.join(folder, file), "utf8"));
      const relative = specifiers.filter((specifier) => specifier.startsWith("."));
      return [file, relative.map((specifier) => path.posix.join(path.posix.dirname(file), specifier))];
    }),
  );
}

/** The specifiers of the static imports and exports that remain when the types are gone. */
export function importedAtRunTime(source: string): string[] {
  const { statements } = ts.createSourceFile("module.ts", source, ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    const brings = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword
      : ts.isExportDeclaration(statement) && !statement.isTypeOnly;
    if (!brings) return [];
    const { moduleSpecifier } = statement as ts.ImportDeclaration | ts.ExportDeclaration;
    return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [];
  });
}

/** One cycle for each group of modules that import each other; each ends where it begins. */
export function findCycles(graph: ImportGraph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (module: string) => {
    const position = trail.indexOf(module);
    if (position !== -1) cycles.push([...trail.slice(position), module]);
    if (position !== -1 || done.has(module)) return;
    trail.push(module);
    for (const imported of graph.get(module) ?? []) visit(imported);
    trail.pop();
    done.add(module);
  };
  for (const module of graph.keys()) visit(module);
  return cycles;
}
