/**
 * npm run trace: joins the text, the code and the tests.
 *
 *     npm run trace [-- --json] [-- --check]
 *
 * Writes the map into impl/README.md; with --check it only compares, and ends with 1 where something does not join.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { writeMap } from "./map.ts";
import { readTrace } from "./read.ts";
import { readReached } from "./reached.ts";
import { countTrace } from "./trace.ts";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, check: { type: "boolean", default: false } },
});

const mapFile = "impl/README.md";
const traced = readTrace();
const problems = [
  ...traced.differences.map(({ file, line, message }) => `${file}:${line}: ${message}`),
  ...traced.problems,
];

const before = readFileSync(mapFile, "utf8");
const after = writeMap(before, readTrace({ withReports: false }));
if (!values.check) writeFileSync(mapFile, after);
else if (before !== after) problems.push(`${mapFile}: the map is not what npm run trace writes.`);

for (const problem of problems) console.log(problem);
const counts = countTrace(traced);
for (const [target, steps] of readReached(traced)) counts[`reached in ${target}`] = steps.size;
if (values.json) console.log(JSON.stringify(counts));
else
  console.log(
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(", "),
  );
process.exitCode = problems.length > 0 ? 1 : 0;
