/** The checks of CORS that a browser makes: Node's own fetch makes none. https://fetch.spec.whatwg.org/#http-cors-protocol */

const safelistedRequestTypes = new Set([
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "text/plain",
]);

/** https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names : in lower case and in order. */
export function unsafeHeaderNames(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name, value]) => !isSafelisted(name.toLowerCase(), value))
    .map(([name]) => name.toLowerCase())
    .toSorted();
}

/** https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
function isSafelisted(name: string, value: string): boolean {
  if (value.length > 128) return false;
  switch (name) {
    case "accept":
      return /^[^"():<>?@[\\\]{}\p{Cc}]*$/u.test(value);
    case "accept-language":
    case "content-language":
      return /^[0-9A-Za-z *,\-.;=]*$/.test(value);
    case "content-type":
      return safelistedRequestTypes.has(value.split(";")[0]!.trim().toLowerCase());
    case "range":
      return isASimpleRange(value);
    default:
      return false;
  }
}

/** https://fetch.spec.whatwg.org/#simple-range-header-value */
function isASimpleRange(value: string): boolean {
  const match = /^bytes=(\d+)-(\d*)$/.exec(value);
  return match !== null && (match[2] === "" || Number(match[1]) <= Number(match[2]));
}

/** https://fetch.spec.whatwg.org/#concept-cors-check : for a request without credentials. */
export function passesTheCORSCheck(origin: string, headers: Headers): boolean {
  const allowed = headers.get("access-control-allow-origin");
  return allowed === "*" || allowed === origin;
}

/** https://fetch.spec.whatwg.org/#cors-preflight-fetch : whether its response allows the request. */
export function passesThePreflight(
  origin: string,
  method: string,
  names: readonly string[],
  response: { readonly ok: boolean; readonly headers: Headers },
): boolean {
  if (!response.ok || !passesTheCORSCheck(origin, response.headers)) return false;
  const methods = listIn(response.headers, "access-control-allow-methods");
  if (!["GET", "HEAD", "POST"].includes(method) && !methods.includes(method) && !methods.includes("*"))
    return false;
  const allowed = listIn(response.headers, "access-control-allow-headers").map((name) => name.toLowerCase());
  return names.every((name) => allowed.includes(name) || (allowed.includes("*") && name !== "authorization"));
}

const safelistedResponseHeaders = new Set([
  "cache-control",
  "content-language",
  "content-length",
  "content-type",
  "expires",
  "last-modified",
  "pragma",
]);

/** https://fetch.spec.whatwg.org/#concept-filtered-response-cors : whether a response lets a header be read. */
export function isExposed(name: string, headers: Headers): boolean {
  const lowerCase = name.toLowerCase();
  const exposed = listIn(headers, "access-control-expose-headers").map((each) => each.toLowerCase());
  return safelistedResponseHeaders.has(lowerCase) || exposed.includes(lowerCase) || exposed.includes("*");
}

function listIn(headers: Headers, name: string): string[] {
  return (headers.get(name) ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
