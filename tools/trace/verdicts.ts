import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadedBy } from "./files.ts";

const file = "build/mutants/verdicts.json";

/** What the tests said of a mutant. */
export interface Verdict {
  readonly status: "killed" | "survived";
  /** The test that failed, or why none did. */
  readonly by: string;
  /** Where that test stands; null where it takes all tests to tell. */
  readonly file: string | null;
}

/** A mutant, by its name and the file that it changes. */
interface Judged {
  readonly name: string;
  readonly file: string;
}

interface Kept {
  readonly verdict: Verdict;
  /** The file that the mutant changes. */
  readonly file: string;
  /** Of all files that the verdict rests on. */
  readonly basis: string;
}

/** A verdict of an earlier run, which holds for as long as what it rests on stays as it was. */
interface Earlier {
  readonly verdict: Verdict;
  readonly holds: boolean;
}

export interface Verdicts {
  get(mutant: Judged): Earlier | undefined;
  set(mutant: Judged, verdict: Verdict): void;
}

/** The verdicts of the last runs, by the mutants' names. */
export function lastVerdicts(): Map<string, Earlier> {
  const mutants = Object.entries(readKept()).map(([name, { file }]) => ({ name, file }));
  const verdicts = openVerdicts(mutants);
  return new Map(mutants.map((mutant) => [mutant.name, verdicts.get(mutant)!]));
}

/**
 * @param all - the mutants that there are: verdicts on others are dropped
 * @param fresh - whether to forget what was kept
 */
export function openVerdicts(all: readonly Judged[], fresh = false): Verdicts {
  const names = new Set(all.map(({ name }) => name));
  const kept = Object.fromEntries(
    Object.entries(fresh ? {} : readKept()).filter(([name]) => names.has(name)),
  );
  const known = new Map<string, string>();
  const hashOf = (name: string) => {
    if (!known.has(name)) known.set(name, existsSync(name) ? hash(readFileSync(name)) : "gone");
    return known.get(name)!;
  };
  const code = globSync("impl/**/*.ts", { exclude: ["impl/**/*.test.ts"] });
  const tests = globSync(["impl/**/*.test.ts", "wpt/hybrid-ai/**/*.js"]);
  const shared = globSync(["wpt/hybrid-ai/resources/**", "wpt/runner/**/*.ts"], { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(".", path.join(entry.parentPath, entry.name)));
  const bases = new Map<string, string>();
  const basisOf = (mutant: Judged, { file }: Verdict) => {
    const key = file === null ? "" : file.endsWith(".test.ts") ? `${mutant.file} ${file}` : file;
    if (!bases.has(key)) {
      const files = restsOn(mutant.file, file, { code, tests }, loadedBy);
      const all = [...new Set([...files, ...shared])].toSorted();
      bases.set(key, hash(all.map((each) => `${each} ${hashOf(each)}`).join("\n")));
    }
    return bases.get(key)!;
  };
  return {
    get(mutant) {
      const earlier = kept[mutant.name];
      if (earlier === undefined) return undefined;
      return { verdict: earlier.verdict, holds: earlier.basis === basisOf(mutant, earlier.verdict) };
    },
    set(mutant, verdict) {
      kept[mutant.name] = { verdict, file: mutant.file, basis: basisOf(mutant, verdict) };
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(kept));
    },
  };
}

/**
 * The files that a verdict rests on, beside what all tests share: that a unit test killed a mutant, on the mutant's file and on
 * whatever the test loads; that a page did, on the page and the whole bundle; that nothing did, on everything.
 */
export function restsOn(
  mutantFile: string,
  killer: string | null,
  { code, tests }: { readonly code: readonly string[]; readonly tests: readonly string[] },
  loads: (file: string) => readonly string[],
): readonly string[] {
  if (killer === null) return [...code, ...tests];
  if (!existsSync(killer)) return [killer];
  return killer.endsWith(".test.ts") ? [mutantFile, ...loads(killer)] : [...code, ...loads(killer)];
}

function readKept(): Record<string, Kept> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, Kept>) : {};
}

function hash(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
