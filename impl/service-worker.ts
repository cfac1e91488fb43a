import type { ModelCache, ModelFile, ModelFileDescriptor } from "../idl/page-types.ts";
import { ModelFileResponse, rangeResponse } from "./adapters/model-file-response.ts";
import { modelCache as ownModelCache } from "./cache.ts";

/** The files that a service worker answers for, by their URL. `urls`: where to have one, if not under this URL itself. */
export type AnsweredFiles = Readonly<
  Record<
    string,
    Omit<ModelFileDescriptor, "urls"> & { readonly urls?: readonly string[]; readonly type?: string }
  >
>;

/** An event of a service worker, as far as it is asked. */
interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/**
 * A listener to a service worker's `fetch` events that answers requests for the listed files out of the model cache. What is not
 * there yet is downloaded, verified and kept first.
 *
 *     import { answerFromTheModelCache } from "hybrid-ai/service-worker";
 *     addEventListener("fetch", answerFromTheModelCache({ "/models/text.onnx": { digest, size } }));
 *
 * A request that asks for "no-store", as the model cache's own in a page do, goes to the network.
 */
export function answerFromTheModelCache(
  files: AnsweredFiles,
  { modelCache = ownModelCache }: { readonly modelCache?: ModelCache } = {},
): (event: FetchEvent) => void {
  const byURL = new Map(
    Object.entries(files).map(([url, file]) => [withoutFragment(new URL(url, location.href).href), file]),
  );
  return (event) => {
    const { method, url, cache, headers } = event.request;
    const file = byURL.get(withoutFragment(url));
    if (file === undefined || method !== "GET" || cache === "no-store") return;
    const { type = "application/octet-stream", urls = [url], ...named } = file;
    const answer = async () => {
      const stored: ModelFile = await modelCache.fetch({ ...named, urls });
      const range = headers.get("Range");
      return (
        (range === null ? null : rangeResponse(stored, type, range)) ?? new ModelFileResponse(stored, type)
      );
    };
    event.respondWith(answer());
  };
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/, "");
}
