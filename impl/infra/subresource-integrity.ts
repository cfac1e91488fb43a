import { forgivingBase64Encode } from "./forgiving-base64.ts";

export interface IntegrityMetadata {
  readonly algorithm: string;
  readonly value: string;
}

/** The valid hash algorithms, weakest first, under their names in Web Cryptography. */
const algorithms = new Map([
  ["sha256", "SHA-256"],
  ["sha384", "SHA-384"],
  ["sha512", "SHA-512"],
]);

/** https://w3c.github.io/webappsec-subresource-integrity/#parse-metadata */
export function parseMetadata(metadata: string): IntegrityMetadata[] {
  const result: IntegrityMetadata[] = [];
  for (const item of metadata.split(/[\t\n\f\r ]+/)) {
    const [expression = ""] = item.split("?");
    const [algorithm = "", value = ""] = expression.split("-");
    if (algorithms.has(algorithm)) result.push({ algorithm, value });
  }
  return result;
}

/** https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist */
export async function doBytesMatchMetadataList(
  bytes: Uint8Array<ArrayBuffer>,
  metadata: string,
): Promise<boolean> {
  const parsed = parseMetadata(metadata);
  if (parsed.length === 0) return true;
  const strongest = [...algorithms.keys()].findLast((each) =>
    parsed.some((item) => item.algorithm === each),
  )!;
  const hash = await crypto.subtle.digest(algorithms.get(strongest)!, bytes);
  const actual = forgivingBase64Encode(new Uint8Array(hash));
  return parsed.some(({ algorithm, value }) => algorithm === strongest && value === actual);
}
