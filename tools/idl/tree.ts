import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as webidl2 from "webidl2";

export type Definition = webidl2.IDLRootType;

/** The IDL as definitions, and what it borrows from the platform's. */
export interface Tree {
  /** The specification's own, in reading order. */
  readonly own: readonly Definition[];
  /** Enumerations, typedefs, callbacks and dictionaries of other specifications that the own ones name. */
  readonly borrowed: readonly Definition[];
  /** Interfaces of other specifications that the own ones name, by their names. */
  readonly external: ReadonlyMap<string, webidl2.InterfaceType>;
}

/** Reads `idl` and looks up in the platform's IDL what it names and does not define. */
export async function readTree(idl: string): Promise<Tree> {
  const own = webidl2.parse(idl);
  const invalid = webidl2.validate(own).filter(({ level }) => level === "error");
  if (invalid.length > 0) throw new Error(invalid.map(({ message }) => message).join("\n"));

  const platform = await (platformDefinitions ??= readPlatformDefinitions());
  const known = new Set(own.filter(isWhole).map(nameOf));
  const borrowed: Definition[] = [];
  const external = new Map<string, webidl2.InterfaceType>();

  const queue = own.flatMap(typesNamedBy);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (known.has(name) || builtIn.has(name)) continue;
    known.add(name);
    const definition = platform.get(name);
    if (definition === undefined) throw new Error(`No specification defines '${name}', which the IDL names.`);
    if (definition.type === "interface") {
      external.set(name, definition);
    } else {
      borrowed.push(definition);
      queue.push(...typesNamedBy(definition));
    }
  }
  return { own, borrowed, external };
}

/** The types that Web IDL itself has. */
const builtIn = new Set([
  ...["any", "undefined", "boolean", "byte", "octet", "short", "unsigned short", "long", "unsigned long"],
  ...["long long", "unsigned long long", "float", "unrestricted float", "double", "unrestricted double"],
  ...["bigint", "DOMString", "ByteString", "USVString", "object", "symbol"],
  ...[
    "ArrayBuffer",
    "SharedArrayBuffer",
    "ArrayBufferView",
    "DataView",
    "Int8Array",
    "Int16Array",
    "Int32Array",
    "Uint8Array",
  ],
  ...["Uint16Array", "Uint32Array", "Uint8ClampedArray", "BigInt64Array", "BigUint64Array", "Float16Array"],
  ...["Float32Array", "Float64Array"],
]);

export function nameOf(definition: Definition): string {
  return "name" in definition ? (definition.name ?? "") : "";
}

/** Whether it defines its name, rather than adding to what another definition defines. */
function isWhole(definition: Definition): boolean {
  return definition.type !== "includes" && !("partial" in definition && definition.partial);
}

/** The names of the types that a definition's inheritance and members are made of. */
function typesNamedBy(definition: Definition): string[] {
  const names: string[] = [];
  if ("inheritance" in definition && definition.inheritance) names.push(definition.inheritance);
  visit(definition);
  return names;

  function visit(node: object): void {
    for (const [key, value] of Object.entries(node)) {
      if (key === "parent" || key === "extAttrs" || typeof value !== "object" || value === null) continue;
      if (key === "idlType") names.push(...namesIn(value as webidl2.IDLTypeDescription));
      else visit(value as object);
    }
  }
}

function namesIn(type: webidl2.IDLTypeDescription | webidl2.IDLTypeDescription[]): string[] {
  if (Array.isArray(type)) return type.flatMap(namesIn);
  if (typeof type.idlType === "string") return [type.idlType];
  return namesIn(type.idlType);
}

/** What the platform's specifications define, by name. */
let platformDefinitions: Promise<Map<string, Definition>> | undefined;

async function readPlatformDefinitions(): Promise<Map<string, Definition>> {
  const folder = path.dirname(fileURLToPath(import.meta.resolve("@webref/idl")));
  const files = (await readdir(folder)).filter((name) => name.endsWith(".idl"));
  const definitions = new Map<string, Definition>();
  for (const text of await Promise.all(files.map((name) => readFile(path.join(folder, name), "utf8")))) {
    for (const definition of webidl2.parse(text)) {
      if (isWhole(definition)) definitions.set(nameOf(definition), definition);
    }
  }
  return definitions;
}
