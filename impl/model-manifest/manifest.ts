import type { TensorDataType } from "../backend/backend.ts";
import type { FileRecord } from "../concepts/file-record.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#model-manifest-struct */
export interface ModelManifest {
  readonly name: string;
  readonly version: string;
  readonly license: string | null;
  readonly inputs: ReadonlyMap<string, TensorDescription>;
  readonly outputs: ReadonlyMap<string, TensorDescription>;
  /** Best first. Variants that ask for what this user agent does not understand are left out: it may be empty. */
  readonly variants: readonly Variant[];
  readonly assets: ReadonlyMap<string, FileRecord>;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#tensor-description */
export interface TensorDescription {
  readonly dataType: TensorDataType;
  /** The size of each dimension, or its name where it may be any: one name is one size within a run. */
  readonly shape: readonly (number | string)[];
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#variant */
export interface Variant {
  /** Unique within its manifest. */
  readonly name: string;
  readonly format: string;
  readonly precision: string | null;
  /** Between 0 and 1. */
  readonly fidelity: number;
  /** Variants of one group give outputs that can be compared; null is comparable with itself alone. */
  readonly group: string | null;
  readonly costs: Costs;
  /** In pipeline order, at least one. Each input of a part is an input of the manifest or an output of an earlier part. */
  readonly parts: readonly Part[];
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#costs : finite, 0 or greater. */
export interface Costs {
  /** Per run; a multiplication with its addition counts as two. */
  readonly operations: number;
  /** Touched per run. */
  readonly bytes: number;
  /** At its peak, in bytes. */
  readonly memory: number;
  readonly features: readonly string[];
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#part */
export interface Part {
  readonly file: FileRecord;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
