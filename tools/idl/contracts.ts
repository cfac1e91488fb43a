import type * as webidl2 from "webidl2";
import { membersOfThePlatform } from "./rewrite.ts";
import type { Definition, Tree } from "./tree.ts";
import { nameOf } from "./tree.ts";
import { typeInTypeScript } from "./types.ts";

/** What every file that is written here begins with. */
export const banner = "// Written by `npm run idl` from the specification's IDL. Not to be edited.";

const introduction = `${banner}

/**
 * The contracts between the bindings and the chapters: what the specification's IDL promises, in TypeScript.
 *
 * An interface here is the object as an algorithm sees it. The class that implements \`ModelFile\` stands in
 * \`ModelFile-impl.ts\` of its chapter as \`export class ModelFileImplementation implements ModelFile\`, and is also
 * exported as \`implementation\`. The bindings check and convert everything that a page passes, and convert everything
 * that an algorithm returns, resolves or rejects with, so that chapters see nothing but the types below:
 *
 * - A dictionary with all members that the IDL requires or gives a default. The others are absent where the page left them out.
 * - A string, number or list already converted. Lists, records and dictionaries that come in are copies, the algorithm's own.
 * - An object of an interface below is the implementation, never what the page holds. To make one, an algorithm calls
 *   the class's own constructor; the page's object comes into being when it first leaves.
 * - A callback function is called with and answers with converted values. One that returns a promise never throws; another may.
 * - Static operations are static methods, with the global object as their first argument. An IDL constructor is the
 *   class's, called with the global object and the list of arguments. Where the platform's \`navigator\` holds the only
 *   object of an interface, the class is constructed with the global object alone.
 *
 * \`Implementations\`, at the end, is what all classes together must be.
 */

/** The global object of the realm that an object belongs to: \`hostOf(globalObject)\` gives its host. */
export type GlobalObject = typeof globalThis;
`;

/** The text of idl/contracts.ts. */
export function emitContracts(tree: Tree): string {
  const own = tree.own.map((definition) => emitDefinition(definition, tree));
  const borrowed = tree.borrowed.map((definition) => emitDefinition(definition, tree));
  return [
    introduction,
    ...own.filter((text) => text !== ""),
    "// Borrowed from other specifications.\n",
    ...borrowed,
    emitImplementations(tree),
  ].join("\n");
}

function emitDefinition(definition: Definition, tree: Tree): string {
  switch (definition.type) {
    case "enum":
      return `export type ${definition.name} = ${definition.values.map(({ value }) => JSON.stringify(value)).join(" | ")};\n`;
    case "typedef":
      return `export type ${definition.name} = ${typeInTypeScript(definition.idlType)};\n`;
    case "callback":
      return `export type ${definition.name} = (${emitArguments(definition.arguments)}) => ${typeInTypeScript(definition.idlType)};\n`;
    case "dictionary":
      return emitDictionary(definition);
    case "interface":
      return emitInterface(definition, tree);
    case "interface mixin":
    case "includes":
      // The three objects hang on the platform's own: install does that.
      return "";
    default:
      throw new Error(`The contracts have no form for '${definition.type}' yet (${nameOf(definition)}).`);
  }
}

function emitDictionary(dictionary: webidl2.DictionaryType): string {
  const members = dictionary.members.map((member) => {
    const present = member.required || member.default !== null;
    return `  ${member.name}${present ? "" : "?"}: ${typeInTypeScript(member.idlType, member.extAttrs)};\n`;
  });
  const base = dictionary.inheritance === null ? "" : ` extends ${dictionary.inheritance}`;
  return `export interface ${dictionary.name}${base} {\n${members.join("")}}\n`;
}

/** What an implementation says of itself in place of what the platform's base class does. */
const bases: Readonly<Record<string, string>> = {
  EventTarget: "",
  DOMException: "  readonly name: string;\n  readonly message: string;\n",
};

function emitInterface(definition: webidl2.InterfaceType, tree: Tree): string {
  const { name, inheritance, members } = definition;
  const external = inheritance !== null && tree.external.has(inheritance);
  if (external && bases[inheritance] === undefined) {
    throw new Error(
      `'${name}' inherits from '${inheritance}': say in tools/idl/contracts.ts what its implementation owes.`,
    );
  }
  const base = inheritance === null || external ? "" : ` extends ${inheritance}`;
  const own = members
    .filter((member) => !("special" in member && member.special === "static"))
    .map(emitMember);
  return `export interface ${name}${base} {\n${external ? bases[inheritance]! : ""}${own.join("")}}\n`;
}

function emitMember(member: webidl2.IDLInterfaceMemberType): string {
  switch (member.type) {
    case "attribute":
      return `  ${member.readonly ? "readonly " : ""}${member.name}: ${typeInTypeScript(member.idlType)};\n`;
    case "operation":
      return `  ${member.name ?? ""}(${emitArguments(member.arguments)}): ${typeInTypeScript(member.idlType!)};\n`;
    case "const":
    case "constructor":
      return "";
    default:
      throw new Error(`The contracts have no form for '${member.type}' yet.`);
  }
}

function emitArguments(list: readonly webidl2.Argument[]): string {
  return list
    .map((argument) => {
      const type = typeInTypeScript(argument.idlType, argument.extAttrs);
      if (argument.variadic) return `...${argument.name}: ${type}[]`;
      return `${argument.name}${argument.optional && argument.default === null ? "?" : ""}: ${type}`;
    })
    .join(", ");
}

/** The type of all implementation classes together, by the name of their interface. */
function emitImplementations(tree: Tree): string {
  const madeByInstall = membersOfThePlatform(tree).map(({ type }) => type);
  const entries = tree.own.flatMap((definition) => {
    if (definition.type !== "interface" || definition.partial) return [];
    const { name, members } = definition;
    const lines = [`readonly prototype: ${name};`];
    if (madeByInstall.includes(name)) lines.push(`new (globalObject: GlobalObject): ${name};`);
    for (const member of members) {
      if (member.type === "constructor") {
        const list = `[${emitArguments(member.arguments)}]`;
        lines.push(`new (globalObject: GlobalObject, constructorArguments: ${list}): ${name};`);
      } else if (member.type === "operation" && member.special === "static") {
        const list = ["globalObject: GlobalObject", emitArguments(member.arguments)]
          .filter(Boolean)
          .join(", ");
        lines.push(`${member.name ?? ""}(${list}): ${typeInTypeScript(member.idlType!)};`);
      }
    }
    return [`${name}: { ${lines.join(" ")} };`];
  });
  return `/** The implementation classes, by the name of their interface. */\nexport interface Implementations { ${entries.join(" ")} }\n`;
}
