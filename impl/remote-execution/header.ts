/** https://fetch.spec.whatwg.org/#header-name */
export function isAHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}

/** https://fetch.spec.whatwg.org/#header-value : `value` is already normalized. */
export function isAHeaderValue(value: string): boolean {
  return !/[\0\r\n]|[^\0-\xFF]/.test(value);
}

/** https://fetch.spec.whatwg.org/#concept-header-value-normalize */
export function normalizeAHeaderValue(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && isHTTPWhitespace(value[start]!)) start += 1;
  while (start < end && isHTTPWhitespace(value[end - 1]!)) end -= 1;
  return value.slice(start, end);
}

/** https://fetch.spec.whatwg.org/#http-whitespace-byte */
function isHTTPWhitespace(character: string): boolean {
  return "\t\n\r ".includes(character);
}

/** https://fetch.spec.whatwg.org/#forbidden-request-header */
export function isAForbiddenRequestHeader(name: string, value: string): boolean {
  const lower = name.toLowerCase();
  if (forbidden.has(lower) || lower.startsWith("proxy-") || lower.startsWith("sec-")) return true;
  if (!methodOverrides.has(lower)) return false;
  return value.split(",").some((method) => /^(connect|trace|track)$/i.test(method.trim()));
}

const forbidden: ReadonlySet<string> = new Set([
  "accept-charset",
  "accept-encoding",
  "access-control-request-headers",
  "access-control-request-method",
  "access-control-request-private-network",
  "connection",
  "content-length",
  "cookie",
  "cookie2",
  "date",
  "dnt",
  "expect",
  "host",
  "keep-alive",
  "origin",
  "referer",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);

const methodOverrides: ReadonlySet<string> = new Set([
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
]);
