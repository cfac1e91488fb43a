import { parseADigest } from "../concepts/digest.ts";
import type { Digest } from "../concepts/digest.ts";
import { isFailure } from "../infra/failure.ts";
import { forgivingBase64Encode } from "../infra/forgiving-base64.ts";
import { assert } from "../infra/assert.ts";

/**
 * How an entry stands in a folder.
 *
 * NB: Its bytes are in one file, which is called `….partial` until one atomic rename calls it `….whole`. Beside it lies
 * `….hashes`: a chunk table of the file (#chunk-tables), with zeros for each chunk that is not there. A chunk is
 * written before its hash, so a chunk that has a hash was there; whether it still is, its hash tells.
 */
export interface FilesOfAnEntry {
  readonly partial: string;
  readonly whole: string;
  readonly hashes: string;
}

export const partsOfAnEntry = ["partial", "whole", "hashes"] as const;

export function filesOfAnEntry(digest: Digest): FilesOfAnEntry {
  const parsed = parseADigest(digest);
  assert(!isFailure(parsed));
  const name = `${parsed.kind}-${Array.from(parsed.hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  return { partial: `${name}.partial`, whole: `${name}.whole`, hashes: `${name}.hashes` };
}

const prefixes = { "whole-file": "sha256-", tree: "sha256tree-" } as const;

/** The digest of the entry that a file belongs to as what `part` says, or null. */
export function digestOfAFile(name: string, part: keyof FilesOfAnEntry): Digest | null {
  const match = /^(whole-file|tree)-([0-9a-f]{64})\.(partial|whole|hashes)$/.exec(name);
  if (match?.[3] !== part) return null;
  const hash = Uint8Array.from(match[2]!.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  return digestOf(match[1] as keyof typeof prefixes, hash);
}

export function digestOf(kind: keyof typeof prefixes, hash: Uint8Array): Digest {
  return prefixes[kind] + forgivingBase64Encode(hash);
}
