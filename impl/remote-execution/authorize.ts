import type { Host } from "../host/host.ts";
import { unlessAborted } from "../infra/abort-signal.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import { isAHeaderName, isAHeaderValue, isAForbiddenRequestHeader, normalizeAHeaderValue } from "./header.ts";
import type { Remote } from "./remote.ts";

export type Header = readonly [name: string, value: string];

/** https://hybrid-ai-web.github.io/hybrid-ai/#authorization : a promise while its headers are pending. */
export interface Authorization {
  readonly headers: Promise<readonly Header[] | Failure>;
  readonly signals: AbortSignal[];
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#authorize */
export async function authorize(
  host: Host,
  remote: Remote,
  refused: Authorization | null,
  signal: AbortSignal,
): Promise<Authorization> {
  // 1. If remote's authorize callback is null, then return an authorization whose headers is « ».
  if (remote.authorizeCallback === null) return { headers: Promise.resolve([]), signals: [] };

  // 2. If remote's authorization is null or refused:
  if (remote.authorization === null || remote.authorization === refused) {
    // 2.1. Set remote's authorization to a new authorization whose headers is "pending".
    const pending = Promise.withResolvers<readonly Header[] | Failure>();
    remote.authorization = { headers: pending.promise, signals: [] };

    // 2.2. Ask for authorization with remote's authorization, given remote and whether refused is not null.
    // NOTE: Runs that are under way at the same time ask once between them.
    askForAuthorization(host, remote.authorization, pending.resolve, remote, refused !== null);
  }

  // 3. Let authorization be remote's authorization.
  const authorization = remote.authorization;

  // 4. Append signal to authorization's signals.
  authorization.signals.push(signal);

  // 5. Wait until authorization's headers is not "pending".
  const headers = await unlessAborted(authorization.headers, signal);

  // 6. If authorization's headers is failure, and remote's authorization is authorization, then set remote's
  //    authorization to null.
  if (isFailure(headers) && remote.authorization === authorization) remote.authorization = null;

  // 7. Return authorization.
  return authorization;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#ask-for-authorization */
export function askForAuthorization(
  host: Host,
  authorization: Authorization,
  setHeaders: (headers: readonly Header[] | Failure) => void,
  remote: Remote,
  refresh: boolean,
): void {
  // 1. Let context be a ModelRemoteAuthorizeContext whose url is remote's URL, serialized, and whose refresh
  //    is refresh.
  const context = { url: remote.url!, refresh };

  // 2. Queue a global task on the hybrid AI task source given the relevant global object of the HybridModel
  //    that runs to run these steps:
  host.queueATask(() => {
    // 2.1. If all of authorization's signals are aborted:
    if (authorization.signals.every(({ aborted }) => aborted)) {
      // 2.1.1. If remote's authorization is authorization, then set remote's authorization to null.
      if (remote.authorization === authorization) remote.authorization = null;

      // 2.1.2. Return.
      // NOTE: Nobody waits for it any more, so the page is not asked. Whoever runs next asks anew.
      return;
    }

    // 2.2. Let promise be the result of invoking remote's authorize callback with « context ».
    // NB: Called as a method, it would be given the remote as its this.
    const callback = remote.authorizeCallback!;
    const promise = callback(context);

    // 2.3. React to promise: when it is fulfilled with record, set authorization's headers to the result of
    //      creating authorization headers from record; when it is rejected, or what it is fulfilled with
    //      cannot be converted to such a record, set it to failure.
    promise.then(createAuthorizationHeaders).then(setHeaders, () => {
      setHeaders(new Failure("authorize() was rejected, or gave something other than header fields"));
    });
  });
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-authorization-headers */
export function createAuthorizationHeaders(
  record: Readonly<Record<string, string>>,
): readonly Header[] | Failure {
  // 1. Let headers be a new header list.
  const headers: Header[] = [];

  // 2. For each name → value of record:
  for (const [name, given] of Object.entries(record)) {
    // 2.1. Normalize value.
    const value = normalizeAHeaderValue(given);

    // 2.2. If name is not a header name, or value is not a header value, then return failure.
    if (!isAHeaderName(name) || !isAHeaderValue(value)) return new Failure(`"${name}" is no header`);

    // 2.3. If (name, value) is a forbidden request-header, then return failure.
    if (isAForbiddenRequestHeader(name, value))
      return new Failure(`the header "${name}" is the user agent's`);

    // 2.4. If name is a byte-case-insensitive match for one of `Accept`, `Accept-Language`,
    //      `Content-Language`, `Content-Type`, `Inference-Header-Content-Length`, `Range` and `User-Agent`,
    //      then return failure.
    // NOTE: What the user agent says of itself and of the body is not the page's to say.
    if (userAgentsOwn.has(name.toLowerCase())) return new Failure(`the header "${name}" is the user agent's`);

    // 2.5. Append (name, value) to headers.
    headers.push([name, value]);
  }

  // 3. Return headers.
  return headers;
}

const userAgentsOwn: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "content-language",
  "content-type",
  "inference-header-content-length",
  "range",
  "user-agent",
]);
