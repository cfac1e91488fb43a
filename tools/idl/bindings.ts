import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type * as webidl2 from "webidl2";
import { banner } from "./contracts.ts";
import { toModule } from "./module.ts";
import { outwardConversion } from "./outward.ts";
import type { Outward } from "./outward.ts";
import { membersOfThePlatform, nameOfResult, rewrite, typeOfResult } from "./rewrite.ts";
import type { Tree } from "./tree.ts";

interface Transformer {
  addSource(idl: string, implementations: string): Transformer;
  generate(folder: string): Promise<void>;
}
const Webidl2js = createRequire(import.meta.url)("webidl2js") as new (options: object) => Transformer;

/** Where the implementation of each interface stands, by its name: the path that a module in the bindings requires. */
export type Implementations = ReadonlyMap<string, string>;

/** The files of `impl/generated/`, by name: webidl2js's output, completed. */
export async function generateBindings(
  tree: Tree,
  implementations: Implementations,
): Promise<Map<string, string>> {
  const files = await runWebidl2js(rewrite(tree));
  const outward = outwardConversion(tree);

  for (const definition of tree.own) {
    const file = `${"name" in definition ? (definition.name ?? "") : ""}.js`;
    const text = files.get(file);
    if (text === undefined || ("partial" in definition && definition.partial)) continue;
    if (definition.type === "interface") {
      const implementation = implementations.get(definition.name);
      if (implementation === undefined) {
        throw new Error(
          `'${definition.name}' has no implementation: write impl/<chapter>/${definition.name}-impl.ts.`,
        );
      }
      files.set(file, completeInterface(text, definition, { tree, implementation, outward }));
    }
    if (definition.type === "callback") files.set(file, completeCallback(text, definition, outward));
  }
  for (const definition of tree.external.values()) {
    files.set(`${definition.name}.js`, externalInterface(definition));
  }
  files.set("utils.js", completeUtilities(files.get("utils.js")!));
  for (const [name, text] of files) files.set(name, toModule(withPlainDescriptors(text)));
  files.set("outward.js", outward.text());
  files.set("bindings.js", index(tree, implementations));
  files.set("bindings.d.ts", indexTypes());
  return files;
}

async function runWebidl2js(idl: string): Promise<Map<string, string>> {
  const folder = await mkdtemp(path.join(tmpdir(), "webidl2js-"));
  try {
    const source = path.join(folder, "all.webidl");
    const output = path.join(folder, "output");
    await mkdir(output);
    await writeFile(source, idl);
    await new Webidl2js({ implSuffix: "-impl" }).addSource(source, folder).generate(output);
    const names = await readdir(output);
    const texts = names.map(async (name) => [name, await readFile(path.join(output, name), "utf8")] as const);
    return new Map(await Promise.all(texts));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** How the platform makes its part of an object whose interface inherits from one of the platform's. */
const bases: Readonly<Record<string, string>> = {
  EventTarget: "globalObject.EventTarget, []",
  DOMException: "globalObject.DOMException, [impl.message, impl.name]",
};

/**
 * Instead of webidl2js's ways of making an object, gives an interface's module one: `wrap`, which makes the page's
 * object for an implementation that already is. It is a genuine EventTarget or DOMException where the interface
 * inherits from that, so that the platform's own methods accept it.
 */
function completeInterface(
  text: string,
  definition: webidl2.InterfaceType,
  { tree, implementation, outward }: { tree: Tree; implementation: string; outward: Outward },
): string {
  const { name, members } = definition;
  let completed = replaceOnce(
    text,
    /^function makeWrapper[\s\S]*?(?=^const exposed = )/m,
    `exports.wrap = (globalObject, impl, newTarget) => {
  const constructor = utils.isObject(newTarget?.prototype) ? newTarget : globalObject[ctorRegistrySymbol].${name};
  const wrapper = Reflect.construct(${baseOf(definition, tree)}, constructor);
  utils.registerWrapper(wrapper, impl, $interfaceDescriptor);
  Object.defineProperty(impl, utils.wrapperSymbol, { value: wrapper });
  return wrapper;
};

`,
  );
  completed = replaceOnce(
    completed,
    /require\("[^"]*-impl\.js"\)/,
    `require(${JSON.stringify(implementation)})`,
  );
  completed = replaceOnce(completed, /^const utils = .*$/m, '$&\nconst outward = require("./outward.js");');
  completed = completed.replaceAll("Promise.reject(e)", "Promise.reject(outward.exception(globalObject, e))");

  for (const member of members) {
    if (member.type === "constructor") {
      completed = replaceOnce(
        completed,
        "return exports.setup(Object.create(new.target.prototype), globalObject, args);",
        "return exports.wrap(globalObject, new Impl.implementation(globalObject, args), new.target);",
      );
    } else if (member.type === "operation" || member.type === "attribute") {
      const convert = outward.converter(member.idlType!, "outward.");
      if (convert === null) continue;
      const access = `(?:\\$impl\\.${member.name}\\(|\\$impl\\["${member.name}"\\]|Impl\\.implementation\\.${member.name}\\()`;
      const call = new RegExp(`utils\\.tryWrapperForImpl\\(\\s*(${access})`);
      completed = replaceOnce(completed, call, `${convert}(globalObject, $1`);
    }
  }
  return completed;
}

/** The platform's constructor and its arguments, of the interface at the root of the inheritance. */
function baseOf({ name, inheritance }: webidl2.InterfaceType, tree: Tree): string {
  if (inheritance === null) return "Object, []";
  const own = tree.own.find(
    (each) => each.type === "interface" && !each.partial && each.name === inheritance,
  );
  if (own !== undefined) return baseOf(own as webidl2.InterfaceType, tree);
  const base = bases[inheritance];
  if (base === undefined)
    throw new Error(`'${name}': say in tools/idl/bindings.ts how to make an '${inheritance}'.`);
  return base;
}

/**
 * Converts what a callback is called with, and what the promise that it returns resolves with. Takes away the way to call
 * it as a constructor: no callback of ours is one. Its `this` is undefined, as Web IDL has it where a specification gives
 * none: an implementation that holds a callback as a member would else hand itself over by calling it.
 */
function completeCallback(text: string, callback: webidl2.CallbackType, outward: Outward): string {
  let completed = replaceOnce(text, /^const utils = .*$/m, '$&\nconst outward = require("./outward.js");');
  for (const argument of callback.arguments) {
    const convert = outward.converter(argument.idlType, "outward.");
    if (convert === null) continue;
    const conversion = `${argument.name} = utils.tryWrapperForImpl(${argument.name});`;
    completed = completed.replaceAll(
      conversion,
      `${argument.name} = ${convert}(globalObject, ${argument.name});`,
    );
  }
  completed = replaceOnce(completed, /^ *const thisArg = .*\n/m, "");
  completed = replaceOnce(completed, "Reflect.apply(value, thisArg,", "Reflect.apply(value, undefined,");
  completed = replaceOnce(completed, /^ {2}invokeTheCallbackFunction\.construct = [\s\S]*?^ {2}\};\n/m, "");
  if (typeOfResult(callback) !== null) {
    const result = nameOfResult(callback.name);
    completed = completed.replaceAll(
      "return callResult;",
      `return callResult.then(result =>
        ${result}.convert(globalObject, () => result, { context: "What the ${callback.name} resolved with" })());`,
    );
    completed = replaceOnce(
      completed,
      /^const utils = .*$/m,
      `$&\nconst ${result} = require("./${result}.js");`,
    );
  }
  return completed;
}

/**
 * The module of an interface of the platform: its objects pass as they are. The brand is checked by an attribute of the
 * interface where it has one, since its getter knows objects of other realms too.
 */
function externalInterface({ name, members }: webidl2.InterfaceType): string {
  const attribute = members.find((member) => member.type === "attribute" && member.special !== "static");
  const isInstance =
    attribute === undefined
      ? `value instanceof globalObject.${name}`
      : `hasBrand(Object.getOwnPropertyDescriptor(globalObject.${name}.prototype, "${(attribute as webidl2.AttributeMemberType).name}").get, value)`;
  return `${banner}
const utils = require("./utils.js");

exports.interfaceDescriptor = utils.createInterfaceDescriptor();

exports.convert = (globalObject, value, { context = "The provided value" } = {}) => {
  if (!(${isInstance})) throw new globalObject.TypeError(\`\${context} is not of type '${name}'.\`);
  return value;
};

function hasBrand(getter, value) {
  try {
    Reflect.apply(getter, value, []);
    return true;
  } catch {
    return false;
  }
}
`;
}

/** A page may put `get` or `value` on Object.prototype: a descriptor that inherits it is none, or another. */
function withPlainDescriptors(text: string): string {
  return text.replaceAll(/\bObject\.definePropert(?:y|ies)\([\s\S]*?\);/g, (call) =>
    call.replaceAll(/\{(\s*)(?=(?:value|enumerable|configurable): )/g, "{$1__proto__: null, "),
  );
}

/** The key of the page's objects is shared with the chapters, and no page's policy against \`eval\` is tried. */
function completeUtilities(text: string): string {
  const shared = replaceOnce(
    text,
    'const wrapperSymbol = Symbol("wrapper");',
    'import { platformObject as wrapperSymbol } from "../infra/platform-object.ts";',
  );
  return replaceOnce(
    shared,
    /try \{\s*ctorRegistry\["%AsyncIteratorPrototype%"\] = [\s\S]*?\} catch \{\s*(ctorRegistry\["%AsyncIteratorPrototype%"\] = AsyncIteratorPrototype;)\s*\}/,
    "$1",
  );
}

/** What `impl/install/` installs: all interfaces, and the members of the platform's interfaces. */
function index(tree: Tree, implementations: Implementations): string {
  const own = inOrderOfInheritance(tree);
  const added = membersOfThePlatform(tree);
  const imports = own.map(({ name }) => `import * as ${name} from "./${name}.js";\n`);
  const types = new Set(added.map(({ type }) => type));
  for (const type of types) {
    const implementation = JSON.stringify(implementations.get(type));
    imports.push(`import { implementation as ${type}Implementation } from ${implementation};\n`);
  }

  const interfaces = own.map(({ name, extAttrs }) => {
    const secureContext = String(isForSecureContexts(extAttrs));
    return `  { name: "${name}", secureContext: ${secureContext}, install: ${name}.install },\n`;
  });
  const members = added.map(({ target, name, type, extAttrs }) => {
    const secureContext = String(isForSecureContexts(extAttrs));
    const create = `globalObject => ${type}.wrap(globalObject, new ${type}Implementation(globalObject))`;
    return `  { target: "${target}", name: "${name}", secureContext: ${secureContext}, create: ${create} },\n`;
  });
  return `${banner}
${imports.join("")}
export const interfaces = [
${interfaces.join("")}];

export const platformMembers = [
${members.join("")}];
`;
}

function isForSecureContexts(extAttrs: readonly webidl2.ExtendedAttribute[]): boolean {
  return extAttrs.some(({ name }) => name === "SecureContext");
}

/** A base before what inherits from it. */
function inOrderOfInheritance(tree: Tree): webidl2.InterfaceType[] {
  const interfaces = new Map(
    tree.own.flatMap((each) =>
      each.type === "interface" && !each.partial ? [[each.name, each] as const] : [],
    ),
  );
  const ordered = new Set<webidl2.InterfaceType>();
  const add = (name: string | null) => {
    const definition = interfaces.get(name ?? "");
    if (definition === undefined) return;
    add(definition.inheritance);
    ordered.add(definition);
  };
  for (const name of interfaces.keys()) add(name);
  return [...ordered];
}

function indexTypes(): string {
  return `${banner}
type GlobalObject = typeof globalThis;

export interface InterfaceBinding {
  readonly name: string;
  /** Whether the interface is for secure contexts only. */
  readonly secureContext: boolean;
  /** Defines the interface object on \`globalObject\`, if the interface is exposed on one of \`globalNames\`. */
  readonly install: (globalObject: GlobalObject, globalNames: readonly string[]) => void;
}

/** A read-only attribute that one of the platform's interfaces gets: the same object of ours each time. */
export interface PlatformMember {
  /** The name of the platform's interface. */
  readonly target: string;
  /** The name of the attribute. */
  readonly name: string;
  readonly secureContext: boolean;
  /** Makes the object that the attribute holds. */
  readonly create: (globalObject: GlobalObject) => object;
}

/** In an order in which they can be installed. */
export const interfaces: readonly InterfaceBinding[];
export const platformMembers: readonly PlatformMember[];
`;
}

/** Replaces what must stand there: webidl2js's output is completed by position, and says so when it has changed. */
function replaceOnce(text: string, what: string | RegExp, by: string): string {
  const replaced = text.replace(what, by);
  if (replaced === text)
    throw new Error(`webidl2js no longer writes '${String(what)}': see tools/idl/bindings.ts.`);
  return replaced;
}
