import type { Folder, Host } from "../host/host.ts";
import { openAPersistentStore } from "./open-a-persistent-store.ts";

/** Whether an error tells that there was not so much memory, be it of this realm or another. */
export function isForWantOfMemory(error: unknown): boolean {
  return error instanceof Error ? error.name === "RangeError" : String(error).startsWith("RangeError");
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#transient-store */
export function transientStore(host: Host): Folder {
  return host.memory;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#persistent-store : null where this context has none. */
export async function persistentStore(host: Host): Promise<Folder | null> {
  try {
    const folder = await host.folder(host.storageKey);
    return folder === null ? null : await openAPersistentStore(host, folder);
  } catch {
    return null;
  }
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#stores */
export async function stores(host: Host): Promise<Folder[]> {
  const persistent = await persistentStore(host);
  return persistent === null ? [transientStore(host)] : [transientStore(host), persistent];
}
