import { stat } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { runCheckCommand } from "./check-command.ts";
import { defaultChunkSize, isValidChunkSize } from "./digests.ts";
import { LockError } from "./lock-error.ts";
import { lock } from "./lock.ts";
import type { Locked, LockOptions, VariantSource } from "./lock.ts";
import { ProgressBar } from "./progress-bar.ts";
import type { Terminal } from "./progress-bar.ts";
import { filesBelow, filesIn, isURL, stemOf, usualMostBytes } from "./sources.ts";

export const lockHelp = `Usage: hybrid-ai lock [OPTION]... SOURCE...
       hybrid-ai lock --check MANIFEST

Makes a model manifest, and the chunk tables of its files, from ONNX files. The files stay where they are.
A download that broke off goes on when the command is run again: until then it lies in the folder hybrid-ai of
your cache folder ($XDG_CACHE_HOME, or ~/.cache).

With --check, holds a manifest against the bytes that it names, at each path and URL that it names: sizes, digests,
chunk tables, and the tensors against the graphs. Says what is wrong, and what to do. Of files on this machine, it reads
only those that lie with a manifest that is here too, in its folder or below; of servers on this machine or in its
network, it asks only for a manifest that is here too, or comes from there.

A SOURCE is an ONNX file, a folder of ONNX files, or the http(s) URL of one. Each file becomes a variant of
the model, best first in the order given.
  NAME=FILE             a variant with a name of its own; else it is called after its file
  NAME=FILE+FILE...     one variant of several parts, in the order in which they run (in a URL, write + as %2B)

  -o, --output FILE               where the manifest goes: manifest.json. It lies in a folder above the files;
                                  chunk tables go into the folder chunks beside it
      --name NAME                 the model's name: that of the manifest's folder
      --model-version VERSION     the model's version: 1.0.0
      --license EXPRESSION        the model's license, such as Apache-2.0
      --fidelity VARIANT=NUMBER   how much of the task's quality the variant has left, from 0 to 1: 1. Measure it
      --feature VARIANT=FEATURE   what a device must have to run the variant
      --group NAME                says that the variants' outputs can stand in for each other
      --asset NAME=SOURCE         another file that belongs to the model; of a folder, each file as NAME/FILE
      --dimension NAME=SIZE       the size of a dynamic dimension at the largest usual input: costs hold for it
      --rename-dimension OLD=NEW  a better name for a dynamic dimension
      --mirror URL                where the manifest's folder is also served
      --chunk-size BYTES          a power of two from 65536 to 67108864: ${defaultChunkSize}
      --max-bytes BYTES           how much may be downloaded: ${usualMostBytes}, which is 64 GiB
      --check MANIFEST            a path or a URL
      --json                      print one JSON object that tells what was written or found
      --quiet                     print nothing but errors
      --help                      print this

Ends with 0 where all is well, with 1 where the command could not do its work, and with 2 where --check found a fault.`;

/** Where a command writes. */
export interface Output {
  /** Prints one line. */
  print(line: string): void;
  terminal: Terminal;
}

/**
 * Runs `hybrid-ai lock` with its arguments, and returns its exit code. Throws a LockError for what the user can mend.
 * Downloads lie in the folder `downloads`: one in the user's cache folder, unless given.
 */
export async function runLockCommand(words: string[], output: Output, downloads?: string): Promise<0 | 2> {
  const { values, positionals } = parse(words);
  if (values.help === true) {
    for (const line of lockHelp.split("\n")) output.print(line);
    return 0;
  }
  if (values.check !== undefined) {
    if (positionals.length > 0) throw new LockError("With --check, name the manifest alone.");
    const how = { json: values.json === true, quiet: values.quiet === true };
    const reading = { downloads, mostBytes: mostBytesOf(values["max-bytes"]) };
    return (await runCheckCommand(values.check, how, output, reading)) ? 0 : 2;
  }
  const options = await optionsOf(values, positionals);
  const isQuiet = values.quiet === true || values.json === true;
  const bar = new ProgressBar(isQuiet ? { write: () => {} } : output.terminal, await totalSize(options));
  let locked: Locked;
  try {
    locked = await lock({ ...options, downloads }, bar);
  } finally {
    bar.clear();
  }
  if (values.json === true) output.print(JSON.stringify(summaryOf(locked)));
  else if (!isQuiet) for (const line of reportOf(locked, options)) output.print(line);
  return 0;
}

type Values = ReturnType<typeof parse>["values"];

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        output: { type: "string", short: "o" },
        name: { type: "string" },
        "model-version": { type: "string" },
        license: { type: "string" },
        fidelity: { type: "string", multiple: true },
        feature: { type: "string", multiple: true },
        group: { type: "string" },
        asset: { type: "string", multiple: true },
        dimension: { type: "string", multiple: true },
        "rename-dimension": { type: "string", multiple: true },
        mirror: { type: "string", multiple: true },
        "chunk-size": { type: "string" },
        "max-bytes": { type: "string" },
        json: { type: "boolean" },
        quiet: { type: "boolean" },
        check: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new LockError((error as Error).message.replaceAll("\n", " "), { cause: error });
  }
}

async function optionsOf(values: Values, positionals: string[]): Promise<LockOptions> {
  if (positionals.length === 0) throw new LockError("Name an ONNX file, a folder or a URL to lock.");
  const output = values.output ?? "manifest.json";
  const fidelities = pairs("fidelity", values.fidelity);
  const features = pairs("feature", values.feature);
  const variants = (await Promise.all(positionals.map(variantsOf))).flat();
  const names = new Set(variants.map(({ name }) => name));
  for (const [option, given] of Object.entries({ fidelity: fidelities, feature: features })) {
    const stranger = given.find(([name]) => !names.has(name));
    if (stranger === undefined) continue;
    throw new LockError(
      `--${option} ${stranger.join("=")}: there is no variant ${stranger[0]}; there is ${[...names].join(", ")}.`,
    );
  }
  return {
    output,
    name: values.name ?? path.basename(path.dirname(path.resolve(output))),
    version: values["model-version"] ?? "1.0.0",
    ...(values.license !== undefined && { license: values.license }),
    ...(values.group !== undefined && { group: values.group }),
    variants: variants.map((variant) => ({
      ...variant,
      fidelity: fidelityOf(fidelities.findLast(([name]) => name === variant.name)?.[1] ?? "1"),
      features: features.filter(([name]) => name === variant.name).map(([, feature]) => feature),
    })),
    assets: Object.fromEntries((await Promise.all(pairs("asset", values.asset).map(assetsOf))).flat()),
    dimensions: new Map(
      pairs("dimension", values.dimension).map(([name, size]) => [name, sizeOf("dimension", size)]),
    ),
    dimensionNames: new Map(pairs("rename-dimension", values["rename-dimension"])),
    chunkSize: chunkSizeOf(values["chunk-size"]),
    mostBytes: mostBytesOf(values["max-bytes"]),
    mirrors: values.mirror?.map(mirrorOf) ?? [],
  };
}

async function variantsOf(word: string): Promise<VariantSource[]> {
  const named = /^(?<name>[\p{L}\p{N}._-]+)=(?<files>.+)$/u.exec(word)?.groups;
  const parts = (named?.["files"] ?? word).split("+");
  const [first = ""] = parts;
  if (parts.length > 1) return [{ name: named?.["name"] ?? stemOf(first), parts }];
  const files = await filesIn(first);
  if (named !== undefined && files.length > 1) {
    throw new LockError(`${word}: the folder holds ${files.length} variants, which cannot have one name.`);
  }
  return files.map((file) => ({ name: named?.["name"] ?? stemOf(file), parts: [file] }));
}

async function assetsOf([name, source]: [string, string]): Promise<[string, string][]> {
  const files = await filesBelow(source);
  return files.map(({ file, below }) => [below === "" ? name : `${name}/${below}`, file]);
}

/** NAME=VALUE; the value may hold further equals signs. */
function pairs(option: string, words: readonly string[] = []): [string, string][] {
  return words.map((word) => {
    const at = word.indexOf("=");
    if (at < 1 || at === word.length - 1) throw new LockError(`--${option} ${word}: write NAME=VALUE.`);
    return [word.slice(0, at), word.slice(at + 1)];
  });
}

function fidelityOf(word: string): number {
  const fidelity = Number(word);
  if (!(fidelity >= 0 && fidelity <= 1))
    throw new LockError(`A fidelity is a number from 0 to 1, not ${word}.`);
  return fidelity;
}

function sizeOf(option: string, word: string): number {
  const size = Number(word);
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new LockError(`--${option}: a size is a whole number from 1, not ${word}.`);
  }
  return size;
}

function chunkSizeOf(word: string | undefined): number {
  const size = word === undefined ? defaultChunkSize : Number(word);
  if (!isValidChunkSize(size)) {
    throw new LockError(`--chunk-size ${word ?? ""}: write a power of two from 65536 to 67108864.`);
  }
  return size;
}

function mostBytesOf(word: string | undefined): number {
  return word === undefined ? usualMostBytes : sizeOf("max-bytes", word);
}

function mirrorOf(word: string): string {
  if (!isURL(word) || !URL.canParse(word))
    throw new LockError(`--mirror ${word}: write an http or https URL.`);
  return word;
}

/** Of the files on this machine, each read once; a server tells its sizes as they come. */
async function totalSize({ variants, assets = {} }: LockOptions): Promise<number> {
  const sources = new Set([...variants.flatMap(({ parts }) => parts), ...Object.values(assets)]);
  const files = [...sources].filter((source) => !isURL(source));
  const sizes = files.map(async (file) => (await stat(file).catch(() => ({ size: 0 }))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function summaryOf({ manifest, written, dimensions }: Locked): object {
  return {
    name: manifest.name,
    version: manifest.version,
    variants: manifest.variants.map(({ name, precision, fidelity, costs, parts }) => ({
      name,
      precision,
      fidelity,
      size: downloadSize(parts),
      costs,
    })),
    dimensions: Object.fromEntries(dimensions),
    written,
  };
}

function reportOf({ manifest, written, dimensions }: Locked, { variants, output }: LockOptions): string[] {
  const rows = manifest.variants.map(({ name, precision, fidelity, costs, parts }) => [
    name,
    precision,
    `fidelity ${fidelity}`,
    `${megabytes(downloadSize(parts))} to download`,
    `${(costs.operations / 1e6).toFixed(1)} million operations a run`,
    `${megabytes(costs.memory)} of memory`,
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  const sizes = [...dimensions].map(([name, size]) => `${name} = ${size}`).join(", ");
  return [
    `${manifest.name} ${manifest.version}`,
    ...lines,
    ...(sizes === "" ? [] : [`Costs hold for ${sizes} (--dimension).`]),
    ...(variants.length > 1 && variants.every(({ fidelity }) => fidelity === 1)
      ? ["Every variant claims a fidelity of 1. Measure it, and say so with --fidelity."]
      : []),
    `Wrote ${output}${written.length > 1 ? ` and ${written.length - 1} chunk table${written.length > 2 ? "s" : ""}` : ""}.`,
  ];
}

function downloadSize(parts: readonly { file: { size: number } }[]): number {
  return parts.reduce((sum, { file }) => sum + file.size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`;
}
