import path from "node:path";
import type { Rule } from "eslint";
import { mayImport, roomOf } from "./rooms.ts";

const ownName = "hybrid-ai";
const root = path.resolve(import.meta.dirname, "../..");

/** What TypeScript adds to an import or export, and the parser tells, beyond ESLint's own types. */
interface Declaration {
  readonly source?: { readonly value: unknown } | null;
  readonly importKind?: "type" | "value";
  readonly exportKind?: "type" | "value";
  readonly specifiers?: readonly { readonly importKind?: string; readonly exportKind?: string }[];
}

/** The import law as an ESLint rule: a file imports only from the rooms that its own room has a door to. */
export const importLaw: Rule.RuleModule = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      room: "The room '{{importer}}' may not import {{what}} from '{{imported}}'. The doors stand in tools/lint/rooms.ts.",
      outside: "'{{specifier}}' belongs to no room. Rooms stand in tools/lint/rooms.ts.",
      package: "The room '{{importer}}' imports no packages; what it needs of them is a member of the host.",
      self: "Code in '{{importer}}' imports its neighbours by path; the name '{{specifier}}' is for the apps.",
    },
  },

  create(context) {
    const file = path.relative(root, context.filename).split(path.sep).join("/");
    const importer = roomOf(file);
    if (importer === undefined) return {};
    const isTest = /\.test\.ts$/.test(file);

    function check(node: Rule.Node, specifier: unknown, typesOnly: boolean): void {
      if (typeof specifier !== "string" || importer === undefined) return;
      const report = (messageId: string, data: Record<string, string>) => {
        context.report({ node, messageId, data: { importer: importer.name, specifier, ...data } });
      };

      if (!specifier.startsWith(".")) {
        const own = specifier === ownName || specifier.startsWith(`${ownName}/`);
        if (own && importer.packages !== "any") report("self", {});
        else if (importer.packages === "none" && !isTest) report("package", {});
        return;
      }

      const target = path.posix.join(path.posix.dirname(file), specifier);
      const imported = roomOf(target);
      if (imported === undefined) {
        report("outside", {});
        return;
      }
      // A test of the implementation sets up whatever it needs around the room that it tests.
      if (isTest && file.startsWith("impl/") && /^(impl|idl|tools|apps\/cli\/onnx)\//.test(target)) return;
      if (mayImport(importer, imported, typesOnly)) return;
      report("room", { imported: imported.name, what: typesOnly ? "types" : "values" });
    }

    function checkDeclaration(node: Rule.Node): void {
      const declaration = node as unknown as Declaration;
      check(node, declaration.source?.value, bringsTypesOnly(declaration));
    }

    return {
      ImportDeclaration: checkDeclaration,
      ExportNamedDeclaration: checkDeclaration,
      ExportAllDeclaration: checkDeclaration,
      ImportExpression(node) {
        if (node.source.type === "Literal") check(node, node.source.value, false);
      },
      TSImportType(node: Rule.Node) {
        check(node, (node as unknown as Declaration).source?.value, true);
      },
    };
  },
};

function bringsTypesOnly({ importKind, exportKind, specifiers = [] }: Declaration): boolean {
  if (importKind === "type" || exportKind === "type") return true;
  return specifiers.length > 0 && specifiers.every((each) => (each.importKind ?? each.exportKind) === "type");
}
