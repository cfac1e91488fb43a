import type { ModelCache, ModelFile } from "../../idl/page-types.ts";

export interface NamedBytes {
  readonly digest: string;
  readonly size: number;
}

/** The name of bytes, by hashing them piece by piece. */
export type DigestOf = (bytes: ReadableStream<Uint8Array>) => Promise<NamedBytes>;

/**
 * Brings bytes that the page has into the cache, under the digest that they turn out to have. They are read twice, once for
 * their name and once for the cache, which verifies it like that of any other source.
 */
export async function importABlob(
  blob: Blob,
  modelCache: ModelCache,
  digestOf: DigestOf,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ModelFile> {
  const { digest, size } = await digestOf(blob.stream());
  const url = URL.createObjectURL(blob);
  try {
    return await modelCache.fetch({ digest, size, urls: [url] }, options);
  } finally {
    URL.revokeObjectURL(url);
  }
}
