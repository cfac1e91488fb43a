import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { root } from "../../tools/setup/where.mjs";
import { conversions } from "./conversions.ts";

type Convert = (value: unknown, settings: object) => unknown;
const other = createRequire(import.meta.url)("webidl-conversions") as Readonly<Record<string, Convert>>;

/** What a conversion gives, or what it throws. */
function outcome(convert: Convert, value: unknown, settings: object): unknown {
  try {
    const converted = convert(value, { globals: globalThis, ...settings });
    return { value: converted };
  } catch (error) {
    return (error as Error).name;
  }
}

function withoutSign(result: unknown): unknown {
  return JSON.stringify(result);
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

const settingsOfAll = [{}, { enforceRange: true }, { allowShared: true }];
const buffers = [
  new ArrayBuffer(8),
  new ArrayBuffer(8, { maxByteLength: 16 }),
  new SharedArrayBuffer(8),
  new SharedArrayBuffer(8, { maxByteLength: 16 }),
  detached(),
];
const special: readonly unknown[] = [
  ...[0, -0, 0.5, -0.5, 1, -1, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 - 1, 2 ** 64],
  ...["", "12", " 7 ", "x", "\ud800", "\u0100", "ÿ", 1n, Symbol("s"), undefined, null, true, {}, [], [3]],
  ...buffers,
  ...buffers.slice(0, 4).map((buffer) => new Uint8Array(buffer)),
  ...buffers.slice(0, 4).map((buffer) => new DataView(buffer)),
  { valueOf: () => 4 },
  { toString: () => "five" },
];

describe("conversions", () => {
  for (const [name, convert] of Object.entries(conversions)) {
    it(`${name}: as webidl-conversions does it`, () => {
      const same = (value: unknown) => {
        for (const settings of settingsOfAll) {
          const expected = outcome(other[name]!, value, settings);
          const actual = outcome(convert as Convert, value, settings);
          // The other gives a negative zero for large negative numbers, and Web IDL has none among its integers.
          if (name.startsWith("unsigned")) assert.deepEqual(withoutSign(actual), withoutSign(expected));
          else assert.deepEqual(actual, expected);
        }
      };
      special.forEach(same);
      fc.assert(fc.property(fc.anything({ withBigInt: true, withTypedArray: true }), same));
      fc.assert(fc.property(fc.double(), same));
      fc.assert(fc.property(fc.string({ unit: "binary" }), same));
    });
  }

  it("are all that the bindings use", () => {
    const folder = path.join(root, "impl/generated");
    const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));
    const used = texts.flatMap((text) =>
      [...text.matchAll(/conversions\["([^"]+)"\]/g)].map((match) => match[1]!),
    );
    assert.ok(used.length > 0);
    assert.deepEqual(
      used.filter((name) => !Object.hasOwn(conversions, name)),
      [],
    );
  });
});
