/** A run of bytes, both ends included, as in a Content-Range header. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * What a Range header asks of a resource of `size` bytes: one range of it, "unsatisfiable" (the answer is 416), or
 * "whole" where the header is absent, is no range of bytes that we know, or names several ranges (the answer is 200,
 * as RFC 9110, section 14.2, allows).
 */
export function requestedRange(
  header: string | undefined,
  size: number,
): ByteRange | "whole" | "unsatisfiable" {
  const groups = /^bytes=[ \t]*(?<first>\d*)-(?<last>\d*)[ \t]*$/i.exec(header ?? "")?.groups;
  const { first = "", last = "" } = groups ?? {};
  if (first === "" && last === "") return "whole";

  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  if (last !== "" && Number(last) < Number(first)) return "whole";
  if (Number(first) >= size) return "unsatisfiable";
  return { first: Number(first), last: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}
