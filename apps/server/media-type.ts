import path from "node:path";

const text = (type: string) => `${type}; charset=utf-8`;

const byExtension: ReadonlyMap<string, string> = new Map([
  [".css", text("text/css")],
  [".gif", "image/gif"],
  [".htm", text("text/html")],
  [".html", text("text/html")],
  [".idl", text("text/plain")],
  [".jpeg", "image/jpeg"],
  [".jpg", "image/jpeg"],
  [".js", text("text/javascript")],
  [".json", "application/json"],
  [".map", "application/json"],
  [".md", text("text/markdown")],
  [".mjs", text("text/javascript")],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".txt", text("text/plain")],
  [".wasm", "application/wasm"],
  [".webp", "image/webp"],
  [".woff2", "font/woff2"],
]);

/** The Content-Type of a file, by its name; bytes of no known kind where the name tells nothing. */
export function mediaTypeOf(file: string): string {
  const name = path.basename(file).toLowerCase();
  if (name === "manifest.json" || name.endsWith(".manifest.json")) return "application/model-manifest+json";
  return byExtension.get(path.extname(name)) ?? "application/octet-stream";
}
