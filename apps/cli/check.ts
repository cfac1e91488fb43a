import { readFile } from "node:fs/promises";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { AnySchemaObject } from "ajv/dist/2020.js";
import { borderOf, differenceBetween, tellOf } from "./border.ts";
import type { Tensors } from "./border.ts";
import { chunkTableLength, defaultChunkSize, digestFile } from "./digests.ts";
import type { FileDigests } from "./digests.ts";
import { LockError, TooLargeError } from "./lock-error.ts";
import { maximumManifestSize } from "./manifest.ts";
import type { FileDescriptor, Manifest, Part, Variant } from "./manifest.ts";
import { analyzeOnnxModel } from "./onnx/analyze.ts";
import type { OnnxAnalysis } from "./onnx/analyze.ts";
import { NotAnOnnxModelError } from "./onnx/model-file.ts";
import { UnsupportedModelError } from "./onnx/unsupported-model-error.ts";
import type { Progress } from "./progress-bar.ts";
import { isURL, requireBelow, sourceNamedBy, SourceReader } from "./sources.ts";
import type { LocalFile, ReaderOptions, Source } from "./sources.ts";

/** One thing that is not as the manifest says. */
export interface Fault {
  /** Of the manifest: the member that is not true, such as `variants[0].parts[1].file`. */
  readonly member: string;
  /** Where the bytes are that it is about: a path or a URL. */
  readonly source: Source;
  readonly problem: string;
  readonly remedy: string;
}

export interface Checked {
  /** Null where the manifest cannot be read. */
  readonly manifest: Pick<Manifest, "name" | "version"> | null;
  /** The files and chunk tables that were looked at, each at each of its URLs. */
  readonly sources: readonly Source[];
  readonly faults: readonly Fault[];
}

const lockAgain = "If this is what the model is now, lock it again; if not, put back what was locked.";

/** Holds a manifest, a path or a URL, against the bytes that it names, at each place that it names. */
export async function check(source: Source, progress: Progress, options?: ReaderOptions): Promise<Checked> {
  const reader = new SourceReader(source, progress, options);
  const checking = new Checking(source, reader, progress);
  const manifest = await checking.manifest();
  if (manifest !== null) {
    const { variants, assets = {} } = manifest;
    for (const [index, variant] of variants.entries()) await checking.variant(manifest, variant, index);
    for (const [name, asset] of Object.entries(assets)) await checking.file(asset, `assets["${name}"]`);
  }
  await reader.clear();
  return { manifest, sources: [...checking.sources], faults: checking.faults };
}

class Checking {
  readonly faults: Fault[] = [];
  readonly sources = new Set<Source>();
  readonly #source: Source;
  readonly #reader: SourceReader;
  readonly #progress: Progress;
  /** A file that two variants share is read once: the first copy of it that is right, or null. */
  readonly #files = new Map<string, LocalFile | null>();

  constructor(source: Source, reader: SourceReader, progress: Progress) {
    this.#source = source;
    this.#reader = reader;
    this.#progress = progress;
  }

  async manifest(): Promise<Manifest | null> {
    const say = (member: string, problem: string, remedy: string): null => {
      this.faults.push({ member, source: this.#source, problem, remedy });
      return null;
    };
    const local = await this.#reader.readManifest(maximumManifestSize).catch((error: unknown) => {
      if (error instanceof TooLargeError) return null;
      throw error;
    });
    if (local === null || local.size > maximumManifestSize) {
      return say("", `has more than ${maximumManifestSize} bytes`, "User agents do not read it. Lock less.");
    }
    const text = await readFile(local.path, "utf8");
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      return say("", `is not JSON: ${(error as Error).message}`, "Lock the model again.");
    }
    const isValid = await compileTheSchema();
    if (isValid(json)) return json as Manifest;
    for (const { instancePath, message = "is not valid" } of isValid.errors ?? []) {
      say(
        memberAt(instancePath),
        message,
        "Lock the model again, or mend the member: user agents refuse the manifest.",
      );
    }
    return null;
  }

  async variant(manifest: Manifest, variant: Variant, index: number): Promise<void> {
    const analyses: OnnxAnalysis[] = [];
    for (const [position, part] of variant.parts.entries()) {
      const member = `variants[${index}].parts[${position}]`;
      const local = await this.file(part.file, `${member}.file`);
      const analysis = local === null ? null : await this.#graph(part, local, member);
      if (analysis !== null) analyses.push(analysis);
    }
    if (analyses.length !== variant.parts.length) return;
    this.#tensors(manifest, variant, analyses, `variants[${index}]`);
  }

  /** Returns the first copy of the file that is right, or null. */
  async file(file: FileDescriptor, member: string): Promise<LocalFile | null> {
    const key = JSON.stringify(file);
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const tables = await this.#chunkTables(file, member);
    let right: LocalFile | null = null;
    for (const url of file.urls) {
      const local = await this.#read(url, file.size, member);
      if (local === null) continue;
      const problem = await this.#problemOf(file, local, tables);
      if (problem === null) right ??= local;
      else this.faults.push({ member, source: local.source, problem, remedy: lockAgain });
    }
    this.#files.set(key, right);
    return right;
  }

  async #problemOf(
    { digest, size, chunks }: FileDescriptor,
    local: LocalFile,
    tables: readonly Uint8Array[],
  ): Promise<string | null> {
    if (local.size !== size) return `has ${local.size} bytes, and the manifest says ${size}`;
    const digests = await digestFile(local.path, chunks?.size ?? defaultChunkSize, (bytes) => {
      this.#progress.add(bytes);
    });
    const own = digest.startsWith("sha256tree-") ? digests.treeDigest : digests.wholeFileDigest;
    const isTheTree = chunks?.digest === undefined || chunks.digest === digests.treeDigest;
    if (own === digest && isTheTree) return null;
    if (own === digest) return `is the file, but its chunks are not those of ${chunks!.digest}`;
    return `is ${own}, and the manifest says ${digest}${whichChunks(digests, tables)}`;
  }

  /** Returns those that are right: one, or none. */
  async #chunkTables({ size, chunks }: FileDescriptor, member: string): Promise<Uint8Array[]> {
    const right: Uint8Array[] = [];
    const length = chunkTableLength(size, chunks?.size ?? defaultChunkSize);
    for (const url of chunks?.urls ?? []) {
      const local = await this.#read(url, length, `${member}.chunks`);
      if (local === null) continue;
      if (local.size !== length) {
        this.faults.push({
          member: `${member}.chunks`,
          source: local.source,
          problem: `has ${local.size} bytes, and a table of this file has ${length}`,
          remedy: lockAgain,
        });
        continue;
      }
      const { wholeFileDigest } = await digestFile(local.path, defaultChunkSize, (bytes) => {
        this.#progress.add(bytes);
      });
      const name = wholeFileDigest.replace("sha256-", "sha256tree-");
      if (name === chunks?.digest) right.push(await readFile(local.path));
      else {
        this.faults.push({
          member: `${member}.chunks`,
          source: local.source,
          problem: `is a table of another name (${name}) than the manifest says (${chunks?.digest})`,
          remedy: lockAgain,
        });
      }
    }
    return right;
  }

  async #read(url: string, largest: number, member: string): Promise<LocalFile | null> {
    let source: Source = url;
    try {
      source = sourceNamedBy(this.#source, url);
      this.sources.add(source);
      if (!isURL(source)) await requireBelow(path.dirname(this.#source), source);
      this.#reader.requireRoom(source, largest);
      return await this.#reader.read(source, largest);
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      const problem = error.message.replace(`${source}: `, "").replace(/\.$/, "");
      const remedy =
        error instanceof TooLargeError
          ? lockAgain
          : "Put the file there, or take this URL out of the manifest.";
      this.faults.push({ member, source, problem, remedy });
      return null;
    }
  }

  async #graph(part: Part, local: LocalFile, member: string): Promise<OnnxAnalysis | null> {
    let analysis: OnnxAnalysis;
    try {
      analysis = analyzeOnnxModel(await readFile(local.path), { source: local.source });
    } catch (error) {
      if (!(error instanceof NotAnOnnxModelError || error instanceof UnsupportedModelError)) throw error;
      const problem = error.message.replace(`${local.source}: `, "").replace(/\.$/, "");
      this.faults.push({ member, source: local.source, problem, remedy: "Export the model again." });
      return null;
    }
    for (const side of ["inputs", "outputs"] as const) {
      const [inGraph, inManifest] = [[...analysis[side].keys()], part[side]];
      if (inGraph.toSorted().join() === inManifest.toSorted().join()) continue;
      this.faults.push({
        member: `${member}.${side}`,
        source: local.source,
        problem: `the graph's ${side} are ${inGraph.join(", ")}, and the manifest says ${inManifest.join(", ")}`,
        remedy: "Lock the model again.",
      });
      return null;
    }
    return analysis;
  }

  #tensors(manifest: Manifest, variant: Variant, analyses: readonly OnnxAnalysis[], member: string): void {
    const say = (problem: string): void => {
      this.faults.push({ member, source: this.#source, problem, remedy: "Lock the model again." });
    };
    try {
      const border = borderOf(variant.name, analyses);
      for (const side of ["inputs", "outputs"] as const) {
        const described: Tensors = new Map(Object.entries(manifest[side]));
        const name = differenceBetween(described, border[side]);
        if (name === undefined) continue;
        say(
          `of ${name} the manifest's ${side} ${tellOf(described.get(name))}, and the graph ${tellOf(border[side].get(name))}`,
        );
      }
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      say(error.message.replace(/\.$/, ""));
    }
  }
}

/** Which bytes are not those that were locked, where a table tells. */
function whichChunks({ chunkTable }: FileDigests, [table]: readonly Uint8Array[]): string {
  if (table?.length !== chunkTable.length) return "";
  const count = (table.length - 20) / 32;
  const bad = Array.from({ length: count }, (_, index) => index).filter((index) => {
    const start = 20 + 32 * index;
    return Buffer.compare(table.subarray(start, start + 32), chunkTable.subarray(start, start + 32)) !== 0;
  });
  return `; of its ${count} chunks these are others: ${bad.slice(0, 10).join(", ")}${bad.length > 10 ? ", …" : ""}`;
}

async function compileTheSchema(): Promise<ReturnType<Ajv2020["compile"]>> {
  const schema = await readFile(new URL("../../spec/model-manifest.schema.json", import.meta.url), "utf8");
  return new Ajv2020().compile(JSON.parse(schema) as AnySchemaObject);
}

/** `/variants/0/parts` as `variants[0].parts`. */
function memberAt(pointer: string): string {
  return pointer
    .replace(/\/(\d+)/g, "[$1]")
    .replace(/^\//, "")
    .replaceAll("/", ".");
}
