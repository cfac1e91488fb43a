import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { borderOf, differenceBetween, tellOf } from "./border.ts";
import type { Border } from "./border.ts";
import { digestFile } from "./digests.ts";
import type { FileDigests } from "./digests.ts";
import { LockError } from "./lock-error.ts";
import { maximumManifestSize, writeManifest } from "./manifest.ts";
import type { Costs, FileDescriptor, Manifest, Part, Variant } from "./manifest.ts";
import { analyzeOnnxModel } from "./onnx/analyze.ts";
import type { OnnxAnalysis } from "./onnx/analyze.ts";
import type { TensorDescription } from "./onnx/tensor-description.ts";
import { untold } from "./progress-bar.ts";
import type { Progress } from "./progress-bar.ts";
import { isURL, SourceReader } from "./sources.ts";
import type { LocalFile, ReaderOptions, Source } from "./sources.ts";

/** One variant to lock. */
export interface VariantSource {
  name: string;
  /** One ONNX file, or several in pipeline order. */
  parts: Source[];
  /** 1 unless given. */
  fidelity?: number;
  /** Of the registry of features. */
  features?: string[];
}

export interface LockOptions extends ReaderOptions {
  /** Where the manifest goes; a folder `chunks` beside it takes the chunk tables. */
  output: string;
  name: string;
  version: string;
  license?: string;
  /** Best first. */
  variants: VariantSource[];
  /** Other files that belong to the model, by name. */
  assets?: Record<string, Source>;
  /** The compatibility group of all variants; without it, no variant's outputs can stand in for another's. */
  group?: string;
  /** The sizes of dynamic dimensions in the largest usual run, by their name in the ONNX file. */
  dimensions?: ReadonlyMap<string, number>;
  /** Better names for dynamic dimensions. */
  dimensionNames?: ReadonlyMap<string, string>;
  chunkSize: number;
  /** Where the folder of the manifest is also served: each file gets a second URL under each of these. */
  mirrors?: string[];
}

export interface Locked {
  manifest: Manifest;
  /** The files that were written, the manifest last. */
  written: string[];
  /** The sizes of dynamic dimensions that the costs hold for. */
  dimensions: Map<string, number>;
}

/**
 * Makes a manifest and its chunk tables from ONNX files, and writes them. What was downloaded is kept until
 * then, so that whoever is interrupted, or wrong in something else, does not wait for it again.
 */
export async function lock(options: LockOptions, progress: Progress = untold): Promise<Locked> {
  const reader = new SourceReader(options.output, progress, options);
  const locking = new Locking(options, reader, progress);
  const manifest = await locking.manifest();
  const bytes = writeManifest(manifest);
  if (bytes.length > maximumManifestSize) {
    throw new LockError(
      `The manifest has ${bytes.length} bytes; user agents accept up to ${maximumManifestSize}. Lock fewer variants or mirrors.`,
    );
  }
  for (const [file, table] of locking.chunkTables) await write(file, table);
  await write(options.output, bytes);
  await reader.clear();
  return {
    manifest,
    written: [...locking.chunkTables.keys(), options.output],
    dimensions: locking.dimensions,
  };
}

/** No protocol buffer may be larger. */
const largestOnnxFile = 2 ** 31 - 1;

/** One manifest in the making. */
class Locking {
  readonly chunkTables = new Map<string, Uint8Array>();
  readonly dimensions = new Map<string, number>();
  readonly #options: LockOptions;
  readonly #reader: SourceReader;
  readonly #progress: Progress;
  /** A file that two variants share is read once. */
  readonly #files = new Map<Source, { local: LocalFile; descriptor: FileDescriptor }>();

  constructor(options: LockOptions, reader: SourceReader, progress: Progress) {
    this.#options = options;
    this.#reader = reader;
    this.#progress = progress;
  }

  async manifest(): Promise<Manifest> {
    const { name, version, license, assets = {} } = this.#options;
    const [first, ...others] = this.#options.variants;
    if (first === undefined)
      throw new LockError("There is nothing to lock: name an ONNX file, a folder or a URL.");
    const best = await this.#variant(first);
    const variants = [best.variant];
    for (const source of others) {
      const other = await this.#variant(source);
      const { variant } = other;
      if (variants.some((earlier) => earlier.name === variant.name)) {
        throw new LockError(`Two variants are called ${variant.name}. Name them: NAME=FILE.`);
      }
      requireTheSame("inputs", best, other);
      requireTheSame("outputs", best, other);
      variants.push(variant);
    }
    const lockedAssets: Record<string, FileDescriptor> = {};
    for (const [asset, source] of Object.entries(assets)) {
      lockedAssets[asset] = (await this.#file(source)).descriptor;
    }
    return {
      name,
      version,
      ...(license !== undefined && { license }),
      inputs: this.#described(best.inputs),
      outputs: this.#described(best.outputs),
      variants,
      ...(Object.keys(lockedAssets).length > 0 && { assets: lockedAssets }),
    };
  }

  async #variant({
    name,
    parts: sources,
    fidelity = 1,
    features = [],
  }: VariantSource): Promise<LockedVariant> {
    const parts: Part[] = [];
    const analyses: { analysis: OnnxAnalysis; size: number }[] = [];
    const shapes = new Map<string, readonly number[]>();
    for (const source of sources) {
      const { local, descriptor } = await this.#file(source, largestOnnxFile);
      const analysis = analyzeOnnxModel(await readFile(local.path), {
        source,
        inputShapes: shapes,
        ...(this.#options.dimensions && { dimensions: this.#options.dimensions }),
      });
      for (const [dimension, size] of analysis.dimensions) {
        const isAtACut = [...analysis.inputs].some(
          ([input, { shape }]) => shapes.has(input) && shape.includes(dimension),
        );
        if (!isAtACut) this.dimensions.set(dimension, size);
      }
      for (const [output, shape] of analysis.outputShapes) shapes.set(output, shape);
      parts.push({
        file: descriptor,
        inputs: [...analysis.inputs.keys()],
        outputs: [...analysis.outputs.keys()],
      });
      analyses.push({ analysis, size: local.size });
    }
    const group = this.#options.group;
    const variant: Variant = {
      name,
      format: "onnx",
      precision: precisionOf(analyses.map(({ analysis }) => analysis)),
      fidelity,
      ...(group !== undefined && { group }),
      costs: costsOf(analyses, features),
      parts,
    };
    return {
      variant,
      ...borderOf(
        name,
        analyses.map(({ analysis }) => analysis),
      ),
    };
  }

  async #file(source: Source, largest = Infinity): Promise<{ local: LocalFile; descriptor: FileDescriptor }> {
    const known = this.#files.get(source);
    if (known !== undefined) return known;
    const local = await this.#reader.read(source, largest);
    if (local.size > largest) {
      throw new LockError(
        `${source}: an ONNX file has less than 2 GiB, this one ${local.size} bytes. Cut the model in parts.`,
      );
    }
    const digests = await digestFile(local.path, this.#options.chunkSize, (bytes) => {
      this.#progress.add(bytes);
    });
    const locked = { local, descriptor: this.#descriptor(source, digests) };
    this.#files.set(source, locked);
    return locked;
  }

  #descriptor(source: Source, digests: FileDigests): FileDescriptor {
    const { chunkSize, output } = this.#options;
    const descriptor = {
      digest: digests.wholeFileDigest,
      size: digests.size,
      urls: isURL(source) ? [source] : this.#urls(source),
    };
    // A table of one chunk says no more than the digest of the whole.
    if (digests.size <= chunkSize) return descriptor;
    const hash = digests.treeDigest.replace("sha256tree-", "");
    const table = path.join(path.dirname(output), "chunks", Buffer.from(hash, "base64").toString("hex"));
    this.chunkTables.set(table, digests.chunkTable);
    return {
      ...descriptor,
      chunks: { digest: digests.treeDigest, size: chunkSize, urls: this.#urls(table) },
    };
  }

  /** Where a file is served: relative to the manifest, and under each mirror. */
  #urls(file: string): string[] {
    const relative = path.relative(path.dirname(path.resolve(this.#options.output)), path.resolve(file));
    const url = relative.split(path.sep).map(encodeURIComponent).join("/");
    if (url.startsWith("../")) {
      throw new LockError(
        `${file} lies outside the manifest's folder, so that no URL beside the manifest leads to it. Put the manifest (--output) in a folder above it.`,
      );
    }
    const mirrors = this.#options.mirrors ?? [];
    return [url, ...mirrors.map((mirror) => new URL(url, mirror.endsWith("/") ? mirror : `${mirror}/`).href)];
  }

  #described(tensors: ReadonlyMap<string, TensorDescription>): Record<string, TensorDescription> {
    const names = this.#options.dimensionNames;
    return Object.fromEntries(
      [...tensors].map(([name, { dataType, shape }]) => [
        name,
        {
          dataType,
          shape: shape.map((size) => (typeof size === "string" ? (names?.get(size) ?? size) : size)),
        },
      ]),
    );
  }
}

/** A variant, and the tensors that go into it and come out of it. */
interface LockedVariant extends Border {
  readonly variant: Variant;
}

function requireTheSame(side: "inputs" | "outputs", best: LockedVariant, other: LockedVariant): void {
  const differs = differenceBetween(best[side], other[side]);
  if (differs === undefined) return;
  throw new LockError(
    `The variants of one manifest have the same ${side}, but of ${differs} ${best.variant.name} ${tellOf(best[side].get(differs))} ` +
      `and ${other.variant.name} ${tellOf(other[side].get(differs))}. Lock them as two models.`,
  );
}

/** Of the part with the most weights. */
function precisionOf(parts: readonly OnnxAnalysis[]): string {
  const [heaviest] = parts.toSorted((one, other) => other.weightBytes - one.weightBytes);
  return heaviest?.precision ?? "float32";
}

/** All parts stay loaded; the peak is reached while one is loaded from its bytes, or while one runs. */
function costsOf(parts: readonly { analysis: OnnxAnalysis; size: number }[], features: string[]): Costs {
  const sum = (of: (analysis: OnnxAnalysis) => number): number =>
    parts.reduce((total, { analysis }) => total + of(analysis), 0);
  const passing = parts.map(({ analysis, size }) => Math.max(size, analysis.costs.activations));
  return {
    operations: sum(({ costs }) => costs.operations),
    bytes: sum(({ costs }) => costs.bytes),
    memory: sum(({ costs }) => costs.weights) + Math.max(...passing),
    ...(features.length > 0 && { features }),
  };
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}
