import * as webidl2 from "webidl2";
import type { Definition, Tree } from "./tree.ts";

/**
 * Rewrites the specification's IDL to what webidl2js takes, and what lets its output be completed. This is all that
 * stands between the two:
 *
 * 1. A mixin, and what includes it, is left out where it lands in an interface that is not our own, as is a partial of
 *    such an interface: `impl/install/` hangs those members on the platform's own objects.
 * 2. What other specifications define is supplied: enumerations, typedefs, callbacks and dictionaries as they are,
 *    interfaces empty, for modules of ours to take their place.
 * 3. Static operations are given the global object.
 * 4. The type that a callback's promise resolves with gets a callback of its own, which returns it: webidl2js converts
 *    what a callback returns, but not what its promise resolves with.
 */
export function rewrite(tree: Tree): string {
  const own = tree.own.filter((definition) => !addsToThePlatform(definition, tree)).map(rewriteDefinition);
  const external = [...tree.external.keys()].map(
    (name) => `[Exposed=(Window,Worker)]\ninterface ${name} {};`,
  );
  const texts = [...own, ...tree.own.flatMap(resultOf), ...tree.borrowed.map(write), ...external];
  return `${texts.join("\n\n")}\n`;
}

/** Whether all that it does is to add members to interfaces that are not our own. */
function addsToThePlatform(definition: Definition, tree: Tree): boolean {
  const isOwn = (name: string) =>
    tree.own.some((other) => other.type === "interface" && !other.partial && other.name === name);
  switch (definition.type) {
    case "includes":
      return !isOwn(definition.target);
    case "interface":
      return definition.partial && !isOwn(definition.name);
    case "interface mixin":
      return !tree.own.some(
        (other) => other.type === "includes" && other.includes === definition.name && isOwn(other.target),
      );
    default:
      return false;
  }
}

function rewriteDefinition(definition: Definition): string {
  const text = write(definition);
  if (definition.type !== "interface") return text;
  return text.replaceAll(/\bstatic\b/g, "[WebIDL2JSCallWithGlobal] static");
}

/** The name of the callback that stands for what the promise of another resolves with. */
export function nameOfResult(callback: string): string {
  return `${callback}Result`;
}

/** The type that the promise of a callback resolves with, or null for anything else and for a promise of nothing. */
export function typeOfResult(definition: Definition): webidl2.IDLTypeDescription | null {
  if (definition.type !== "callback" || definition.idlType.generic !== "Promise") return null;
  const type = definition.idlType.idlType[0];
  return type.idlType === "undefined" ? null : type;
}

function resultOf(definition: Definition): string[] {
  const type = typeOfResult(definition);
  if (type === null || definition.type !== "callback") return [];
  const copy = webidl2.parse(
    `callback ${nameOfResult(definition.name)} = undefined ();`,
  )[0] as webidl2.CallbackType;
  copy.idlType = type;
  return [write(copy)];
}

function write(definition: Definition): string {
  return webidl2.write([definition]).trim();
}

/** A member that the specification's IDL adds to an interface of the platform. */
export interface MemberOfThePlatform {
  /** The platform's interface. */
  readonly target: string;
  readonly name: string;
  /** The interface of the object that it holds. */
  readonly type: string;
  readonly extAttrs: readonly webidl2.ExtendedAttribute[];
}

/** What `rewrite` leaves out, and `impl/install/` installs by hand: read-only attributes that hold the same object each time. */
export function membersOfThePlatform(tree: Tree): MemberOfThePlatform[] {
  const added = tree.own.filter((definition) => addsToThePlatform(definition, tree));
  const mixins = new Map(
    added.flatMap((each) => (each.type === "interface mixin" ? [[each.name, each] as const] : [])),
  );
  return added.flatMap((definition) => {
    if (definition.type === "interface mixin") return [];
    const target =
      definition.type === "includes" ? definition.target : (definition as webidl2.InterfaceType).name;
    const source =
      definition.type === "includes"
        ? mixins.get(definition.includes)
        : (definition as webidl2.InterfaceType);
    return (source?.members ?? []).map((member) => {
      const isSameObject = member.extAttrs.some(({ name }) => name === "SameObject");
      if (member.type !== "attribute" || !member.readonly || !isSameObject) {
        throw new Error(`Only read-only [SameObject] attributes can be added to '${target}' yet.`);
      }
      return { target, name: member.name, type: member.idlType.idlType as string, extAttrs: member.extAttrs };
    });
  });
}
