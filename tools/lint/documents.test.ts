import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/where.mjs";
import { allSteps } from "../spec/algorithms.ts";
import { specificationAlgorithms } from "../spec/chapters.ts";
import { readCitations } from "../trace/citations.ts";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** What Markdown links to: in the line, or by a reference at the end. */
function linksOf(markdown: string): string[] {
  const inline = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)];
  const references = [...markdown.matchAll(/^\[[^\]]+\]: (\S+)$/gm)];
  return [...inline, ...references].map(([, target]) => target!);
}

describe("the documents", () => {
  // The map in impl/README.md is written by npm run trace, which compares it too.
  const documents = ["*.md", "docs/*.md", "spec/*.md", "wpt/hybrid-ai/*.md"].flatMap((pattern) =>
    globSync(pattern, { cwd: root }),
  );

  for (const file of documents) {
    it(`${file} links to what is there`, () => {
      const missing = linksOf(read(file))
        .filter((target) => !/^(https?:|#)/.test(target))
        .filter((target) => !existsSync(path.join(root, path.dirname(file), target.replace(/#.*/, ""))));
      assert.deepEqual(missing, []);
    });
  }

  it("docs/laws.md links each of its cells to a test", () => {
    const markdown = read("docs/laws.md");
    const targets = new Map(
      [...markdown.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name, target]) => [name, target!]),
    );
    const rows = [...markdown.matchAll(/^\| \*\*\d+\. .*\|$/gm)].map(([row]) => row.split("|").slice(2, -1));
    assert.equal(rows.length, 10);
    for (const cell of rows.flat()) {
      const [, name] = /\]\[([^\]]+)\]/.exec(cell) ?? [];
      assert.match(targets.get(name) ?? `no link: ${cell}`, /\.test\.ts$|\.any\.js$/);
    }
  });

  it("the tests' README and lists cite steps that there are", () => {
    const algorithms = specificationAlgorithms();
    for (const file of ["wpt/hybrid-ai/README.md", "wpt/runner/expectations.yaml"]) {
      for (const [, title] of read(file).matchAll(/"([^"<]+, steps? \d[^"]*)"/g)) {
        const { cited, unknown } = readCitations(title!, algorithms);
        assert.deepEqual(unknown, [], `${file}: ${title}`);
        for (const { algorithm, step } of cited) {
          assert.ok(
            allSteps(algorithm).some(({ number }) => number === step),
            `${file}: “${algorithm.name}” has no step ${step}`,
          );
        }
      }
    }
  });
});
