import type { ModelCache } from "../idl/page-types.ts";
import { createABrowserHost } from "./host/browser/browser-host.ts";
import { createAModelCache } from "./install/cache-bindings.ts";
import { digestOf as digestOfAStream } from "./install/digest-of.ts";
import { hostWhenNeeded } from "./install/host-when-needed.ts";

export type * from "../idl/page-types.ts";

const host = hostWhenNeeded(() => createABrowserHost());

/** https://hybrid-ai-web.github.io/hybrid-ai/#modelcache : the model cache of this window or worker, on no global. */
export const modelCache: ModelCache = createAModelCache(globalThis, host);

/**
 * The digest of bytes and how many they are: what a description of their file needs beside its URLs. The stream is hashed
 * piece by piece, so that it may be larger than the memory.
 */
export function digestOf(
  bytes: ReadableStream<Uint8Array>,
): Promise<{ readonly digest: string; readonly size: number }> {
  return digestOfAStream(host, bytes);
}
