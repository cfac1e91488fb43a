import { realpath } from "node:fs/promises";
import path from "node:path";

/**
 * The real path of a file or folder in a folder, or null where there is none. Nothing outside the folder is ever named: not by
 * `..`, however it is encoded, not by a hidden name, not by a link that leads out.
 *
 * @param urlPath - the rest of a URL's path, still percent-encoded, without a leading slash
 */
export async function locate(folder: string, urlPath: string): Promise<string | null> {
  const segments = decodeSegments(urlPath);
  if (segments === null || !segments.every(namesAFile)) return null;
  try {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, ...segments));
    return file === root || file.startsWith(root + path.sep) ? file : null;
  } catch {
    return null;
  }
}

function decodeSegments(urlPath: string): string[] | null {
  try {
    return urlPath === "" ? [] : urlPath.replace(/\/$/, "").split("/").map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** Hidden files are no business of the network, and `.` and `..` are hidden names too. */
function namesAFile(segment: string): boolean {
  return segment !== "" && !segment.startsWith(".") && !/[/\\\0]/.test(segment);
}
