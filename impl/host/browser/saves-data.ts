/** What a browser that tells so tells pages of the line. https://wicg.github.io/netinfo/ */
export interface Connection extends Partial<EventTarget> {
  readonly saveData?: boolean;
  readonly type?: string;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#saves-data : as the browser tells any page. */
export function savesData({ connection }: { readonly connection?: Connection }): boolean {
  return connection?.saveData === true || connection?.type === "cellular";
}

/** Runs `steps` each time that the browser tells something else of the line, until what this returns is called. */
export function whenTheLineChanges(
  { connection }: { readonly connection?: Connection },
  steps: () => void,
): () => void {
  connection?.addEventListener?.("change", steps);
  return () => connection?.removeEventListener?.("change", steps);
}
