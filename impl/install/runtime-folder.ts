/** The folder of the runtime, where its URL stands at the global's symbol, or beside the script that calls this. */
export function runtimeFolder(): string {
  const given = (globalThis as Record<symbol, string | undefined>)[Symbol.for("hybrid-ai runtime")];
  if (given !== undefined) return new URL(given, globalThis.location.href).href;
  const folder = URL.parse("onnxruntime/", scriptURL());
  // A script without a place of its own, such as that of a data: URL: loading a model then fails, and nothing else.
  return folder?.href ?? "about:blank";
}

/**
 * The URL of the script that calls this: of the bundle that it is a part of. A window knows its running script; of a
 * worker's imported scripts only an error tells.
 */
function scriptURL(): string {
  if (typeof document !== "undefined" && document.currentScript instanceof HTMLScriptElement) {
    return document.currentScript.src || document.baseURI;
  }
  const place = /(?:https?|file|blob):[^\s)]+?(?=:\d+:\d+)/.exec(new Error().stack ?? "");
  return place?.[0] ?? globalThis.location.href;
}
