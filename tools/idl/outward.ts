import type * as webidl2 from "webidl2";
import type { Tree } from "./tree.ts";
import { banner } from "./contracts.ts";
import { nameOf } from "./tree.ts";

/**
 * What webidl2js leaves out: the conversion of what an implementation returns, resolves with, rejects with and passes
 * to callbacks into what the page gets (https://webidl.spec.whatwg.org/#js-type-mapping, from IDL to JavaScript).
 * Values of most types are what they are; dictionaries, records and lists become fresh objects of the page, and
 * implementations the objects that stand for them.
 */
export interface Outward {
  /**
   * A converter, as an expression, or null for a type that needs none.
   * @param from - what stands before each name: "outward." in modules that require outward.js
   */
  converter(type: webidl2.IDLTypeDescription, from: string): string | null;
  /** The text of outward.js, with what all converters asked for until now need. */
  text(): string;
}

export function outwardConversion(tree: Tree): Outward {
  const definitions = new Map(
    [...tree.own, ...tree.borrowed].map((definition) => [nameOf(definition), definition]),
  );

  /** The dictionaries that some value on its way to the page holds. */
  const outgoing = new Set<webidl2.DictionaryType>();

  function converter(type: webidl2.IDLTypeDescription, from: string): string | null {
    const inner = converterOfNonNull(type, from);
    return type.nullable && inner !== null ? `${from}nullable(${inner})` : inner;
  }

  function converterOfNonNull(type: webidl2.IDLTypeDescription, from: string): string | null {
    if (type.union) {
      if (type.idlType.every((member) => converter(member, from) === null)) return null;
      throw new Error("A union whose members need conversion on their way to the page has no form yet.");
    }
    const inner = (position: number) =>
      converter(type.idlType[position] as webidl2.IDLTypeDescription, from) ?? `${from}same`;
    switch (type.generic) {
      case "":
        return converterOfNamed(type.idlType, from);
      case "Promise":
        return `${from}promise(${inner(0)})`;
      case "sequence":
        return `${from}sequence(${inner(0)})`;
      case "record":
        return `${from}record(${inner(1)})`;
      case "FrozenArray":
        return null;
      default:
        throw new Error(`'${type.generic}' has no conversion to JavaScript yet.`);
    }
  }

  function converterOfNamed(name: string, from: string): string | null {
    const definition = definitions.get(name);
    switch (definition?.type) {
      case "dictionary":
        outgoing.add(definition);
        return `${from}dictionaries.${name}`;
      case "interface":
        return `${from}platformObjects.${name}`;
      case "callback":
        return `${from}callback`;
      case "typedef":
        return converter(definition.idlType, from);
      default:
        return null;
    }
  }

  function dictionary(definition: webidl2.DictionaryType): string {
    const base =
      definition.inheritance === null
        ? "{}"
        : `${converterOfNamed(definition.inheritance, "")!}(globalObject, value)`;
    const members = [...definition.members]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, idlType }) => {
        const convert = converter(idlType, "");
        const converted = convert === null ? `value.${name}` : `${convert}(globalObject, value.${name})`;
        return `    if (value.${name} !== undefined) object.${name} = ${converted};\n`;
      });
    return `  ${definition.name}(globalObject, value) {\n    const object = ${base};\n${members.join("")}    return object;\n  },\n`;
  }

  const interfaces = tree.own.filter(
    (definition): definition is webidl2.InterfaceType =>
      definition.type === "interface" && !definition.partial,
  );
  const exceptions = interfaces.filter(({ inheritance }) => inheritance === "DOMException");

  function text(): string {
    // While each is written, it may bring others.
    const dictionaries: string[] = [];
    for (const definition of outgoing) dictionaries.push(dictionary(definition));
    return `${banner}
import { isMarkedAsHandled, markAsHandled } from "../infra/promise.ts";
import * as utils from "./utils.js";
${interfaces.map(({ name }) => `import * as ${name} from "./${name}.js";\n`).join("")}
export const same = (globalObject, value) => value;
export const callback = (globalObject, value) => utils.tryWrapperForImpl(value);
export const nullable = convert => (globalObject, value) => (value === null ? null : convert(globalObject, value));
export const sequence = convert => (globalObject, value) => Array.from(value, item => convert(globalObject, item));
export const record = convert => (globalObject, value) =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(globalObject, item)]));

// One promise of an implementation is one promise of the page, however often the page asks for it.
const promises = new WeakMap();
export const promise = convert => (globalObject, value) => {
  if (promises.has(value)) return promises.get(value);
  const converted = value.then(
    result => convert(globalObject, result),
    reason => {
      throw exception(globalObject, reason);
    }
  );
  if (isMarkedAsHandled(value)) markAsHandled(converted);
  promises.set(value, converted);
  return converted;
};

export const exception = (globalObject, reason) => {
${exceptions.map(({ name }) => `  if (${name}.isImpl(reason)) return platformObjects.${name}(globalObject, reason);\n`).join("")}  return reason;
};

// These modules import this one, which looks into them no earlier than it is asked to convert something.
const platformObject = wrap => (globalObject, value) => utils.wrapperForImpl(value) ?? wrap()(globalObject, value);
export const platformObjects = {
${interfaces.map(({ name }) => `  ${name}: platformObject(() => ${name}.wrap),\n`).join("")}};

export const dictionaries = {
${dictionaries.join("")}};
`;
  }

  return { converter, text };
}
