import { Failure, isFailure } from "./failure.ts";

/** The essence of a MIME type: its type and subtype in lower case, such as `text/html`. */
export type Essence = string;

// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type looks at each of the values that a header was given.
const values = /(?:"(?:\\.|[^"\\])*"?|[^,"])+/g;
const essence = /^[\t\n\r ]*([!#$%&'*+\-.^_`|~\w]+\/[!#$%&'*+\-.^_`|~\w]+)[\t\n\r ]*(?:;|$)/;

/** https://fetch.spec.whatwg.org/#concept-header-extract-mime-type : of a Content-Type header, its parameters aside. */
export function extractAMIMEType(contentType: string | null): Essence | Failure {
  let last: Essence | Failure = new Failure("there is no MIME type");
  for (const [value] of (contentType ?? "").matchAll(values)) {
    const type = essence.exec(value)?.[1]?.toLowerCase();
    if (type !== undefined && type !== "*/*") last = type;
  }
  return last;
}

/** https://mimesniff.spec.whatwg.org/#json-mime-type */
export function isAJSONMIMEType(type: Essence | Failure): boolean {
  if (isFailure(type)) return false;
  return type === "application/json" || type === "text/json" || type.endsWith("+json");
}
