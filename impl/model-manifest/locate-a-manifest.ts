import type { ModelSource } from "../../idl/contracts.ts";
import { parseAFileURL } from "../concepts/file-record.ts";
import type { Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { parseMetadata } from "../infra/subresource-integrity.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#manifest-location */
export interface ManifestLocation {
  readonly url: URL;
  readonly integrityMetadata: string | null;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#locate-a-manifest */
export function locateAManifest(host: Host, source: ModelSource): ManifestLocation {
  // 1. Let url be the result of parsing a file URL given source["manifest"] and environment's API base URL.
  const url = parseAFileURL(source.manifest, new URL(host.baseURL()));

  // 2. If url is failure, then throw a TypeError.
  if (isFailure(url)) throw new TypeError(`The URL of the model manifest cannot be used: ${url.message}.`);

  // 3. If source["integrity"] does not exist, then return a manifest location whose URL is url and whose
  //    integrity metadata is null.
  if (source.integrity === undefined) return { url, integrityMetadata: null };

  // 4. If parsing source["integrity"] gives an empty set, then throw a TypeError.
  // NOTE: fetch() passes over integrity metadata in which it knows no hash. A page that asks for integrity
  //   here and misspells it is told so.
  if (parseMetadata(source.integrity).length === 0) {
    throw new TypeError(
      'The integrity of the model manifest holds no hash that is known. Write it as "sha256-…", "sha384-…" or "sha512-…".',
    );
  }

  // 5. Return a manifest location whose URL is url and whose integrity metadata is source["integrity"].
  return { url, integrityMetadata: source.integrity };
}
