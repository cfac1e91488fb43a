import type * as webidl2 from "webidl2";
import { banner } from "./contracts.ts";
import type { Definition, Tree } from "./tree.ts";
import { nameOf } from "./tree.ts";
import { typeInTypeScript } from "./types.ts";

const introduction = `${banner}

/**
 * The objects of the specification as a page sees them, in TypeScript. What the IDL gives a default may be left out.
 */
`;

/** The text of idl/page-types.ts. */
export function emitPageTypes(tree: Tree): string {
  const borrowed = tree.borrowed.filter(isUsedAsItIs);
  return [introduction, ...[...tree.own, ...borrowed].map(emitDefinition)]
    .filter((text) => text !== "")
    .join("\n");
}

/** Event handlers have types of their own. */
function isUsedAsItIs(definition: Definition): boolean {
  return !nameOf(definition).startsWith("EventHandler");
}

/** The text of idl/page-globals.ts. */
export function emitPageGlobals(tree: Tree): string {
  const interfaces = tree.own.flatMap((each) =>
    each.type === "interface" && !each.partial ? [each.name] : [],
  );
  const globals = interfaces.map((name) => {
    return `  var ${name}: page.${name}Constructor;\n  interface ${name} extends page.${name} {}\n`;
  });
  const targets = tree.own.flatMap((each) =>
    each.type === "includes" && !interfaces.includes(each.target)
      ? [`  interface ${each.target} extends page.${each.includes} {}\n`]
      : [],
  );
  return `${banner}

/** The objects of the specification on the global, as the polyfill installs them there. */
import type * as page from "./page-types.ts";

/* eslint-disable @typescript-eslint/no-empty-object-type */
declare global {
${[...globals, ...targets].join("\n")}}
`;
}

function emitDefinition(definition: Definition): string {
  switch (definition.type) {
    case "enum":
      return `export type ${definition.name} = ${definition.values.map(({ value }) => JSON.stringify(value)).join(" | ")};\n`;
    case "typedef":
      return `export type ${definition.name} = ${typeInTypeScript(definition.idlType)};\n`;
    case "callback":
      return emitCallback(definition);
    case "dictionary":
      return emitDictionary(definition);
    case "interface":
      return emitInterface(definition);
    case "interface mixin":
      return emitMixin(definition);
    case "includes":
      return "";
    default:
      throw new Error(`A page's types have no form for '${definition.type}' yet (${nameOf(definition)}).`);
  }
}

/** What a mixin adds to the platform's interfaces that include it. */
function emitMixin({ name, members }: webidl2.InterfaceMixinType): string {
  const attributes = members.map((member) => {
    if (member.type !== "attribute") throw new Error(`A page's types have no form for '${member.type}' yet.`);
    return `${member.readonly ? "readonly " : ""}${member.name}: ${typeInTypeScript(member.idlType)};`;
  });
  return `export interface ${name} {\n${attributes.join("\n")}\n}\n`;
}

/** A callback that returns a promise may as well return the value. */
function emitCallback({ name, arguments: list, idlType }: webidl2.CallbackType): string {
  const value = idlType.generic === "Promise" ? typeInTypeScript(idlType.idlType[0]) : null;
  const result = value === null ? typeInTypeScript(idlType) : `${value} | PromiseLike<${value}>`;
  return `export type ${name} = (${emitArguments(list)}) => ${result};\n`;
}

function emitDictionary({ name, inheritance, members }: webidl2.DictionaryType): string {
  const lines = members.map((member) => {
    const type = typeInTypeScript(member.idlType, member.extAttrs);
    return `  ${member.name}${member.required ? "" : "?"}: ${type};\n`;
  });
  return `export interface ${name}${inheritance === null ? "" : ` extends ${inheritance}`} {\n${lines.join("")}}\n`;
}

/**
 * The type of the event that each event handler gets: the IDL does not say it, the text does. It names no more of the
 * platform than every host has.
 */
const events: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ModelMonitor: {
    ondownloadprogress:
      "Event & { readonly lengthComputable: boolean; readonly loaded: number; readonly total: number }",
  },
};

function emitInterface(definition: webidl2.InterfaceType): string {
  const { name, inheritance, members } = definition;
  const instance: string[] = [];
  const statics: string[] = [`readonly prototype: ${name};`];
  const handlers: string[] = [];
  for (const member of members) {
    switch (member.type) {
      case "attribute":
        if (typeInTypeScript(member.idlType) === "EventHandler") {
          const event = events[name]?.[member.name];
          if (event === undefined)
            throw new Error(`Say in tools/idl/page-types.ts which event '${member.name}' gets.`);
          instance.push(`${member.name}: ((this: ${name}, event: ${event}) => unknown) | null;`);
          handlers.push(...emitListeners(name, member.name.slice("on".length), event));
        } else {
          instance.push(
            `${member.readonly ? "readonly " : ""}${member.name}: ${typeInTypeScript(member.idlType)};`,
          );
        }
        break;
      case "operation":
        (member.special === "static" ? statics : instance).push(
          `${member.name ?? ""}(${emitArguments(member.arguments)}): ${typeInTypeScript(member.idlType!)};`,
        );
        break;
      case "constructor":
        statics.push(`new (${emitArguments(member.arguments)}): ${name};`);
        break;
      default:
        throw new Error(`A page's types have no form for '${member.type}' yet.`);
    }
  }
  if (handlers.length > 0) instance.push(...handlers, ...emitListeners(name, null, "Event"));
  const base = inheritance === null ? "" : ` extends ${inheritance}`;
  return (
    `export interface ${name}${base} {\n${instance.join("\n")}\n}\n\n` +
    `export interface ${name}Constructor {\n${statics.join("\n")}\n}\n`
  );
}

/** The listeners of one type of event, or (null) of any. */
function emitListeners(name: string, type: string | null, event: string): string[] {
  const target = type === null ? "type: string" : `type: ${JSON.stringify(type)}`;
  const listener = `listener: ((this: ${name}, event: ${event}) => unknown) | { handleEvent(event: ${event}): unknown } | null`;
  return ["addEventListener", "removeEventListener"].map(
    (method) => `${method}(${target}, ${listener}, options?: Parameters<EventTarget["${method}"]>[2]): void;`,
  );
}

function emitArguments(list: readonly webidl2.Argument[]): string {
  return list
    .map((argument) => {
      const type = typeInTypeScript(argument.idlType, argument.extAttrs);
      if (argument.variadic) return `...${argument.name}: ${type}[]`;
      return `${argument.name}${argument.optional ? "?" : ""}: ${type}`;
    })
    .join(", ");
}
