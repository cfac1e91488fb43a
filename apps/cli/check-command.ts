import { check } from "./check.ts";
import type { Checked } from "./check.ts";
import type { Output } from "./lock-command.ts";
import { ProgressBar } from "./progress-bar.ts";
import type { ReaderOptions, Source } from "./sources.ts";

/** Runs `hybrid-ai lock --check`. Returns whether everything is as the manifest says. */
export async function runCheckCommand(
  manifest: Source,
  { json, quiet }: { json: boolean; quiet: boolean },
  output: Output,
  options?: ReaderOptions,
): Promise<boolean> {
  const bar = new ProgressBar(quiet || json ? { write: () => {} } : output.terminal, 0);
  let checked: Checked;
  try {
    checked = await check(manifest, bar, options);
  } finally {
    bar.clear();
  }
  const isRight = checked.faults.length === 0;
  if (json) output.print(JSON.stringify({ isRight, ...checked }));
  else if (!quiet || !isRight) for (const line of reportOf(manifest, checked)) output.print(line);
  return isRight;
}

function reportOf(source: Source, { manifest, sources, faults }: Checked): string[] {
  const name = manifest === null ? source : `${manifest.name} ${manifest.version}`;
  if (faults.length === 0) return [`${name}: all is as the manifest says, at ${sources.length} places.`];
  return [
    `${name}: ${faults.length} fault${faults.length > 1 ? "s" : ""}.`,
    ...faults.flatMap(({ member, source: place, problem, remedy }) => [
      `  ${member === "" ? "the manifest" : member}, ${place}`,
      `    ${problem}.`,
      `    ${remedy}`,
    ]),
  ];
}
