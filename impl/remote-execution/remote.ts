import type {
  ModelRemote,
  ModelRemoteAuthorizeCallback,
  ModelRemoteRunCallback,
} from "../../idl/contracts.ts";
import { parseAFileURL } from "../concepts/file-record.ts";
import type { Host } from "../host/host.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import type { Authorization } from "./authorize.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#remote */
export interface Remote {
  /** Serialized. */
  readonly url: string | null;
  readonly authorizeCallback: ModelRemoteAuthorizeCallback | null;
  readonly runCallback: ModelRemoteRunCallback | null;
  readonly variantName: string | null;
  readonly partDigests: readonly string[] | null;
  tensorEncoding: "unknown" | TensorEncoding;
  refusals: number;
  authorization: Authorization | null;
  /** A moment of the host's clock. */
  closedUntil: number | null;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#remote-tensor-encoding : those that a request can have. */
export type TensorEncoding = "binary" | "json";

/** https://hybrid-ai-web.github.io/hybrid-ai/#remote-open */
export function isOpen(host: Host, remote: Remote): boolean {
  return remote.closedUntil === null || remote.closedUntil <= host.now();
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-a-remote */
export function createARemote(dictionary: ModelRemote, base: URL): Remote | Failure {
  // 1. If both or neither of dictionary["url"] and dictionary["run"] exist, then return failure.
  if ((dictionary.url === undefined) === (dictionary.run === undefined)) {
    return new Failure("a remote has either a url or a run function");
  }

  // 2. If dictionary["authorize"] exists and dictionary["url"] does not, then return failure.
  if (dictionary.authorize !== undefined && dictionary.url === undefined) {
    return new Failure("authorize() is for a remote with a url: a run function sends its own headers");
  }

  // 3. If dictionary["parts"] exists and is empty, then return failure.
  if (dictionary.parts?.length === 0) {
    return new Failure("a remote runs at least one part: leave out parts if it runs all");
  }

  // 4. Let url be null.
  let url: URL | Failure | null = null;

  // 5. If dictionary["url"] exists:
  if (dictionary.url !== undefined) {
    // 5.1. Set url to the result of parsing a file URL given dictionary["url"] and base.
    url = parseAFileURL(dictionary.url, base);

    // 5.2. If url is failure, then return failure.
    if (isFailure(url)) return url;
  }

  // 6. Return a new remote whose URL is url and whose authorize callback, run callback, variant name and part
  //    digests are dictionary["authorize"], dictionary["run"], dictionary["variant"] and dictionary["parts"],
  //    each null where it does not exist.
  return {
    url: url?.href ?? null,
    authorizeCallback: dictionary.authorize ?? null,
    runCallback: dictionary.run ?? null,
    variantName: dictionary.variant ?? null,
    partDigests: dictionary.parts ?? null,
    tensorEncoding: "unknown",
    refusals: 0,
    authorization: null,
    closedUntil: null,
  };
}
