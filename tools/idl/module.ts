/**
 * Turns one of webidl2js's CommonJS modules into an ECMAScript module, from which a bundler leaves out what nothing uses.
 * A namespace stands where `require` stood; modules that import each other ask for nothing while they are evaluated.
 */
export function toModule(text: string): string {
  const module = text
    .replace(/^"use strict";\n/m, "")
    .replace(
      /^const conversions = require\("webidl-conversions"\);$/m,
      'import { conversions } from "../install/conversions.ts";',
    )
    .replaceAll(/^const (\w+) = require\("(\.[^"]+)"\);$/gm, 'import * as $1 from "$2";')
    .replaceAll(/^const (\w+) = require\(("[^"]+")\);$/gm, "import $1 from $2;")
    .replaceAll(/^exports\.(\w+) = \1;$/gm, "export { $1 };")
    .replaceAll(/^exports\.(\w+) = /gm, "export const $1 = ")
    .replace(/^module\.exports = exports = /m, "export ")
    .replaceAll(/\bexports\./g, "");
  const left = /\brequire\(|\bexports\b|\bmodule\./.exec(module);
  if (left !== null) throw new Error(`webidl2js writes '${left[0]}' in a new way: see tools/idl/module.ts.`);
  return module;
}
