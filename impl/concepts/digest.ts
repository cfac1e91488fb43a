import { Failure, isFailure } from "../infra/failure.ts";
import { forgivingBase64Decode, forgivingBase64Encode } from "../infra/forgiving-base64.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#digest */
export type Digest = string;

/** https://hybrid-ai-web.github.io/hybrid-ai/#parsed-digest */
export interface ParsedDigest {
  readonly kind: "whole-file" | "tree";
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#parse-a-digest */
export function parseADigest(string: string): ParsedDigest | Failure {
  let encoded: string;
  let kind: ParsedDigest["kind"];

  // 1. If string starts with "sha256-", then let encoded be the rest of string after it, and kind be
  //    "whole-file".
  if (string.startsWith("sha256-")) {
    encoded = string.slice("sha256-".length);
    kind = "whole-file";
  }

  // 2. Otherwise, if string starts with "sha256tree-", then let encoded be the rest of string after it, and
  //    kind be "tree".
  else if (string.startsWith("sha256tree-")) {
    encoded = string.slice("sha256tree-".length);
    kind = "tree";
  }

  // 3. Otherwise, return failure.
  else return new Failure('a digest starts with "sha256-" or "sha256tree-"');

  // 4. Let hash be the result of forgiving-base64 decoding encoded.
  const hash = forgivingBase64Decode(encoded);

  // 5. If hash is failure, or hash's length is not 32, then return failure.
  if (isFailure(hash) || hash.length !== 32) {
    return new Failure("a digest ends with the base64 encoding of 32 bytes");
  }

  // 6. If the result of forgiving-base64 encoding hash is not encoded, then return failure.
  // NOTE: One file has one name of each kind: an encoding with spaces or without padding is another string,
  //   and not a digest.
  if (forgivingBase64Encode(hash) !== encoded) {
    return new Failure("a digest's base64 encoding is padded and has no white space");
  }

  // 7. Return a parsed digest whose kind is kind and whose hash is hash.
  return { kind, hash };
}
