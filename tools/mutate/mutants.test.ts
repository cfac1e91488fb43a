import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { transformSync } from "esbuild";
import { mutate, switchName } from "./mutants.ts";

const source = `
/** https://hybrid-ai-web.github.io/hybrid-ai/#bake-a-loaf */
export function bakeALoaf(dough: { risen: boolean; slices: number[] }): number | null {
  // 1. If dough is not risen, then return null.
  if (!dough.risen) return null;

  // 2. Let heat be 0.
  let heat = 0;

  // 3. For each slice of dough:
  for (const slice of dough.slices) {
    // 3.1. If slice is thick, then increase heat by 2; otherwise by 1.
    heat += slice > 5 ? 2 : 1;
  }

  // 4. Assert: heat is not below 0.
  assert(heat >= 0);

  // 5. Return heat.
  return heat;
}
`;

const { mutants, code } = mutate(source, "impl/bread/bake.ts");

/** Runs the switched source with a mutant on. */
function bake(
  mutant: string | null,
  dough: { risen: boolean; slices: number[] },
  asked = new Set<string>(),
): unknown {
  const script = transformSync(code.replace("export ", ""), { loader: "ts" }).code;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- what is tested is the code that the tool writes
  return new Function("dough", "assert", "globalThis", `${script}; return bakeALoaf(dough);`)(dough, assert, {
    [switchName]: (name: string) => {
      asked.add(name);
      return name === mutant;
    },
  });
}

const dough = { risen: true, slices: [1, 9] };

describe("mutants", () => {
  it("are one for each step that does something, and one for each condition", () => {
    assert.deepEqual(mutants.map(({ name }) => name).toSorted(), [
      "bake-a-loaf 1 invert",
      "bake-a-loaf 1 remove",
      "bake-a-loaf 3 remove",
      "bake-a-loaf 3.1 invert",
      "bake-a-loaf 3.1 remove",
      "bake-a-loaf 5 remove",
    ]);
  });

  it("change nothing while they are off", () => {
    assert.equal(bake(null, dough), 3);
    assert.equal(bake(null, { ...dough, risen: false }), null);
  });

  const changed: Record<string, unknown> = {
    "bake-a-loaf 1 invert": null,
    "bake-a-loaf 3 remove": 0,
    "bake-a-loaf 3.1 invert": 3,
    "bake-a-loaf 3.1 remove": 0,
    "bake-a-loaf 5 remove": undefined,
  };
  for (const [name, expected] of Object.entries(changed)) {
    it(`change the code when on: ${name}`, () => {
      assert.equal(bake(name, dough), expected);
    });
  }

  it("tell which steps were reached, those that only name a value too", () => {
    const asked = new Set<string>();
    bake(null, { risen: true, slices: [] }, asked);
    const steps = [...asked].filter((name) => /^bake-a-loaf [\d.]+$/.test(name));
    assert.deepEqual(
      steps,
      ["1", "2", "3", "4", "5"].map((number) => `bake-a-loaf ${number}`),
    );
  });

  it("tell file, line and code", () => {
    const mutant = mutants.find(({ name }) => name === "bake-a-loaf 5 remove");
    assert.deepEqual(mutant, {
      name: "bake-a-loaf 5 remove",
      algorithm: "bake-a-loaf",
      step: "5",
      kind: "remove",
      file: "impl/bread/bake.ts",
      line: 20,
      code: "return heat;",
    });
  });

  it("leave code without steps as it is", () => {
    const plain = "export function plain() { return 1; }\n";
    assert.deepEqual(mutate(plain, "impl/plain.ts"), { mutants: [], code: plain });
  });
});
