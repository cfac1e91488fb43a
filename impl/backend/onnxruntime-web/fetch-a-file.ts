import { BackendError } from "../backend.ts";

/**
 * How long a server may send nothing, in milliseconds: the longest of stall times. A shorter one would take a request for
 * stalled that waits while the downloads of several models have all connections to the server.
 */
const stallTime = 120_000;

/** Fetches a file of the runtime, unless its server stalls. */
export async function fetchAFile(url: URL, type: string): Promise<Blob> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  let watch = setTimeout(stop, stallTime);
  const watched = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, stream) {
      clearTimeout(watch);
      watch = setTimeout(stop, stallTime);
      stream.enqueue(bytes);
    },
  });
  try {
    const { ok, body } = await fetch(url, { signal: controller.signal });
    if (ok) return new Blob([await new Response(body!.pipeThrough(watched)).arrayBuffer()], { type });
    await body?.cancel();
  } catch {
    // Said below, whatever it was.
  } finally {
    clearTimeout(watch);
  }
  throw new BackendError(`The runtime's file ${url.href} cannot be fetched.`);
}
