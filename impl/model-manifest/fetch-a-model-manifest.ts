import { endAFetch } from "../host/end-a-fetch.ts";
import type { Host, HostResponse } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { parseJSONBytesToAnInfraValue } from "../infra/json.ts";
import { extractAMIMEType, isAJSONMIMEType } from "../infra/mime-type.ts";
import { doBytesMatchMetadataList } from "../infra/subresource-integrity.ts";
import { fetchUnlessItStalls } from "./fetch-unless-it-stalls.ts";
import type { ManifestLocation } from "./locate-a-manifest.ts";
import type { ModelManifest } from "./manifest.ts";
import { processAModelManifest } from "./process-a-model-manifest.ts";
import { readABody } from "./read-a-body.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#maximum-manifest-size */
export const maximumManifestSize = 65536;

/** https://hybrid-ai-web.github.io/hybrid-ai/#fetch-a-model-manifest : rejects with a DOMException or the signal's reason. */
export async function fetchAModelManifest(
  host: Host,
  location: ManifestLocation,
  signal: AbortSignal | null,
): Promise<ModelManifest> {
  // 1. Let request be the result of creating a request for location's URL and environment.
  const request = { url: location.url.href, ...(signal !== null && { signal }) };

  // 2. Let response be the result of fetching request; it is a network error as soon as signal is aborted or
  //    this stalls.
  const response = await fetchUnlessItStalls(host, request).catch(() => "network error" as const);

  // 3. If signal is not null and is aborted, then throw signal's abort reason.
  if (signal?.aborted) throw signal.reason;

  // 4. If response is a network error, or its status is not an ok status, then throw a "NetworkError"
  //    DOMException.
  if (response === "network error") throw networkError();
  if (!isAnOkStatus(response.status)) {
    endAFetch(response);
    throw networkError();
  }

  // 5. Let type be the result of extracting a MIME type from response's header list.
  const type = extractAMIMEType(response.header("Content-Type"));

  // 6. If type is failure, or is not a JSON MIME type, then throw a "DataError" DOMException.
  if (isFailure(type) || !isAJSONMIMEType(type)) {
    endAFetch(response);
    throw dataError(
      `it is served as ${isFailure(type) ? "no type" : type}, not as application/model-manifest+json`,
    );
  }

  // 7. Let bytes be the result of reading a body given response's body and the maximum manifest size; it is
  //    failure as soon as signal is aborted or this stalls.
  const bytes = await readABody(response.body, maximumManifestSize);

  // 8. If signal is not null and is aborted, then throw signal's abort reason.
  if (signal?.aborted) throw signal.reason;

  // 9. If bytes is failure, then throw a "NetworkError" DOMException.
  if (isFailure(bytes)) throw networkError();

  // 10. If location's integrity metadata is not null, and bytes do not match it, then throw a "NetworkError"
  //     DOMException.
  const { integrityMetadata } = location;
  if (integrityMetadata !== null && !(await doBytesMatchMetadataList(bytes, integrityMetadata))) {
    throw networkError();
  }

  // 11. Let json be the result of parsing bytes as JSON to an Infra value, or failure if that throws an
  //     exception.
  const json = parseJSONBytesToAnInfraValue(bytes);

  // 12. If json is failure, then throw a "DataError" DOMException.
  if (isFailure(json)) throw dataError(json.message);

  // 13. Let manifest be the result of processing a model manifest given json and response's URL.
  const manifest = processAModelManifest(json, new URL(response.url));

  // 14. If manifest is failure, then throw a "DataError" DOMException.
  if (isFailure(manifest)) throw dataError(manifest.message);

  // 15. Return manifest.
  return manifest;
}

/** https://fetch.spec.whatwg.org/#ok-status */
function isAnOkStatus(status: HostResponse["status"]): boolean {
  return status >= 200 && status <= 299;
}

/** One message, whatever it was: it does not tell how a request failed. */
function networkError(): DOMException {
  return new DOMException(
    "The model manifest could not be fetched. See that its server answers with a status of success, with an " +
      `Access-Control-Allow-Origin header if it is another origin's, with at most ${maximumManifestSize} bytes, ` +
      "and with those that the integrity names.",
    "NetworkError",
  );
}

function dataError(what: string): DOMException {
  return new DOMException(`The model manifest is not valid: ${what}.`, "DataError");
}
