/**
 * The process in which unit tests run against mutants: told of each by its parent, it answers with the titles that failed.
 * The sources are loaded once, with a switch for every mutant.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Mocha from "mocha";
import { mutate } from "./mutants.ts";
import { installSwitch } from "./switch.ts";

export interface UnitRequest {
  readonly mutant: string | null;
  /** Full titles of the tests to run; null for all. */
  readonly titles: readonly string[] | null;
  /** How long each test may take, in milliseconds; null for as long as it takes. */
  readonly limit: number | null;
}

export interface UnitResult {
  readonly tests: readonly {
    readonly title: string;
    readonly file: string;
    readonly milliseconds: number;
    readonly failed: boolean;
    /** The mutants whose code the test reached. */
    readonly reached: readonly string[];
  }[];
}

const root = path.resolve(import.meta.dirname, "../..");
const mutated = installSwitch();

registerHooks({
  load(url, context, next) {
    if (!url.startsWith("file:") || !url.endsWith(".ts") || url.endsWith(".test.ts"))
      return next(url, context);
    const file = path.relative(root, fileURLToPath(url));
    if (!file.startsWith(`impl${path.sep}`)) return next(url, context);
    const { code } = mutate(readFileSync(path.join(root, file), "utf8"), file);
    return { format: "module-typescript", source: code, shortCircuit: true };
  },
});

const silent = function () {} as unknown as Mocha.ReporterConstructor;
const mocha = new Mocha({ reporter: silent, timeout: 0 });
for (const file of process.argv.slice(2)) mocha.addFile(path.join(root, file));
mocha.cleanReferencesAfterRun(false);
const loaded = mocha.loadFilesAsync();

/** Said once: what comes after it is the tests' own time. */
const ready = "ready";
void loaded.then(() => process.send!(ready));

process.on("disconnect", () => {
  process.exit();
});
process.on("message", (request: UnitRequest) => {
  void run(request).then((result) => process.send!(result));
});

/** NB: Suites in which nothing is chosen are passed over with their hooks, some of which start browsers. */
function choose(titles: UnitRequest["titles"]): void {
  const chosen = new Set(titles);
  mocha.grep({ test: (title: string) => titles === null || chosen.has(title) } as RegExp);
}

function run({ mutant, titles, limit }: UnitRequest): Promise<UnitResult> {
  const tests: UnitResult["tests"][number][] = [];
  choose(titles);
  mocha.bail(mutant !== null);
  mutated.turnOn(mutant);
  mutated.takeReached();
  mocha.suite.eachTest((test) => test.timeout(limit ?? 0));
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      mutated.turnOn(null);
      resolve({ tests });
    });
    let reachedInHooks = new Set<string>();
    runner.on("test", () => {
      reachedInHooks = mutated.takeReached();
    });
    const ended = (test: Mocha.Test, failed: boolean) => {
      tests.push({
        title: test.fullTitle(),
        file: path.relative(root, test.file ?? ""),
        milliseconds: test.duration ?? 0,
        failed,
        reached: [...reachedInHooks, ...mutated.takeReached()],
      });
    };
    runner.on("pass", (test) => {
      ended(test, false);
    });
    runner.on("fail", (test) => {
      ended(test, true);
    });
  });
}
