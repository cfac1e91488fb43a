import type * as webidl2 from "webidl2";

const simple: Readonly<Record<string, string>> = {
  any: "unknown",
  object: "object",
  symbol: "symbol",
  undefined: "void",
  boolean: "boolean",
  bigint: "bigint",
  DOMString: "string",
  ByteString: "string",
  USVString: "string",
};
const numeric = /^((unsigned )?(short|long|long long)|byte|octet|(unrestricted )?(float|double))$/;

/**
 * A type of Web IDL in TypeScript. Names that other definitions bear stay as they are.
 *
 * @param extAttrs - those of the member or argument that has the type: some apply to the type
 */
export function typeInTypeScript(
  type: webidl2.IDLTypeDescription,
  extAttrs: readonly webidl2.ExtendedAttribute[] = [],
): string {
  const text = withoutNull(type, [...type.extAttrs, ...extAttrs]);
  return type.nullable ? `${text} | null` : text;
}

function withoutNull(
  type: webidl2.IDLTypeDescription,
  extAttrs: readonly webidl2.ExtendedAttribute[],
): string {
  if (type.union) return `(${type.idlType.map((member) => typeInTypeScript(member)).join(" | ")})`;
  switch (type.generic) {
    case "":
      return named(type.idlType, extAttrs);
    case "Promise":
      return `Promise<${typeInTypeScript(type.idlType[0])}>`;
    case "sequence":
    case "FrozenArray":
      return `readonly ${inList(type.idlType[0])}[]`;
    case "record":
      return `Record<string, ${typeInTypeScript(type.idlType[1])}>`;
    default:
      throw new Error(`No form in TypeScript for '${type.generic}' yet.`);
  }
}

function inList(type: webidl2.IDLTypeDescription): string {
  const text = typeInTypeScript(type);
  return /[ ]/.test(text) ? `(${text})` : text;
}

function named(name: string, extAttrs: readonly webidl2.ExtendedAttribute[]): string {
  if (numeric.test(name)) return "number";
  const plain = simple[name];
  if (plain !== undefined) return plain;
  if (name.endsWith("Array") || name === "DataView" || name === "ArrayBufferView") {
    const shared = extAttrs.some(({ name }) => name === "AllowShared");
    return shared ? name : `${name}<ArrayBuffer>`;
  }
  return name;
}
