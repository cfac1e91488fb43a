import type { TensorDescription } from "./onnx/tensor-description.ts";

/** A manifest as it is written: https://hybrid-ai-web.github.io/hybrid-ai/#model-manifest */
export interface Manifest {
  name: string;
  version: string;
  license?: string;
  inputs: Record<string, TensorDescription>;
  outputs: Record<string, TensorDescription>;
  /** Best first. */
  variants: Variant[];
  assets?: Record<string, FileDescriptor>;
}

export interface Variant {
  name: string;
  format: "onnx";
  precision: string;
  /** From 0 to 1: the share of a task's quality that is left. */
  fidelity: number;
  /** Outputs of variants of one group can stand in for each other. */
  group?: string;
  costs: Costs;
  /** In the order in which they run. */
  parts: Part[];
}

export interface Costs {
  /** Arithmetic operations per run. */
  operations: number;
  /** Bytes of memory that a run reads and writes. */
  bytes: number;
  /** Bytes of memory that loading and running take at the peak. */
  memory: number;
  /** Of the registry of features: without them the variant cannot run. */
  features?: string[];
}

export interface Part {
  file: FileDescriptor;
  inputs: string[];
  outputs: string[];
}

export interface FileDescriptor {
  digest: string;
  size: number;
  urls: string[];
  chunks?: ChunkTableDescriptor;
}

export interface ChunkTableDescriptor {
  digest: string;
  /** Of a chunk, in bytes. */
  size: number;
  urls: string[];
}

/** A larger manifest is refused by user agents. */
export const maximumManifestSize = 65536;

/** The manifest's bytes: the same manifest gives the same bytes. */
export function writeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
}
