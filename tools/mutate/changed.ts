import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { root } from "../setup/where.mjs";
import { specificationAlgorithms } from "../spec/chapters.ts";
import { readCodeOfAlgorithms } from "../steps/code.ts";
import { readCitations } from "../trace/citations.ts";
import { loadedBy } from "../trace/files.ts";
import { titlesIn } from "../trace/titles.ts";
import type { SourceTitle } from "../trace/titles.ts";

/** The algorithms of a source file whose code is not what it was at a revision, by their anchors. */
export function changedAlgorithms(source: string, file: string, revision: string): Set<string> {
  const earlier = bodies(fileAt(revision, file), file);
  const now = bodies(source, file);
  return new Set([...now].filter(([id, text]) => earlier.get(id) !== text).map(([id]) => id));
}

/**
 * The steps, as `algorithm id` and number, that a test cites, or cited, whose file or what it shares with others is not what it was
 * at a revision.
 */
export function stepsOfChangedTests(revision: string): Set<string> {
  const changed = new Set(git(["diff", "--name-only", revision])?.trim().split("\n"));
  const now = globSync("{wpt/hybrid-ai/**/*.js,{impl,apps}/**/*.test.ts}")
    .filter((file) => loadedBy(file).some((loaded) => changed.has(loaded) && isTest(loaded)))
    .flatMap((file) => titlesIn(readFileSync(file, "utf8"), file));
  const earlier = [...changed].filter(isTest).flatMap((file) => titlesIn(fileAt(revision, file), file));
  return stepsCited([...now, ...earlier]);
}

/** What takes part in a test, beside the code that it tests. */
const isTest = (file: string) => /^wpt\/hybrid-ai\/.*\.js$|\.test\.ts$/.test(file);

function stepsCited(titles: readonly SourceTitle[]): Set<string> {
  const algorithms = specificationAlgorithms();
  const cited = titles.flatMap(({ title }) => readCitations(title, algorithms).cited);
  return new Set(cited.map(({ algorithm, step }) => `${algorithm.id} ${step}`));
}

/**
 * The commit to which the change at hand is compared: where the branch left the published one, or the commit before this one.
 * Null in a folder without history: no repository, or one with no commit before this one.
 */
export function earlierRevision(folder = root): string | null {
  const commit = (name: string) =>
    git(["rev-parse", "--verify", "--quiet", `${name}^{commit}`], folder)?.trim() ?? null;
  const [head, published] = [commit("HEAD"), commit("origin/main")];
  if (head === null) return null;
  const parting = published && git(["merge-base", head, published], folder)?.trim();
  return parting && parting !== head ? parting : commit("HEAD~1");
}

/** The text of a file at a revision, which is empty where there was none. */
function fileAt(revision: string, file: string): string {
  const wasThere = git(["ls-tree", "--name-only", revision, "--", file]) !== "";
  return wasThere ? (git(["show", `${revision}:${file}`]) ?? "") : "";
}

function bodies(source: string, file: string): Map<string, string> {
  const lines = source.split("\n");
  return new Map(
    readCodeOfAlgorithms(source, file).map(({ id, firstLine, lastLine }) => [
      id,
      lines.slice(firstLine - 1, lastLine).join("\n"),
    ]),
  );
}

/**
 * What git says; null where it answers no in silence, and where there is no repository to ask. That the folder is somebody else's, as
 * in containers, is no reason to fall silent: its code is running already.
 *
 * @throws where git says an error: who then judged nothing would guard nothing
 */
function git(args: readonly string[], folder = process.cwd()): string | null {
  const { status, stdout, stderr } = spawnSync(
    "git",
    ["-c", `safe.directory=${path.resolve(folder)}`, ...args],
    {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      maxBuffer: 2 ** 28,
    },
  );
  if (status === 0) return stdout;
  if (status === null || (status === 1 && stderr === "") || stderr.includes("not a git repository"))
    return null;
  throw new Error(`git ${args.join(" ")}: ${stderr.trim()}`);
}
