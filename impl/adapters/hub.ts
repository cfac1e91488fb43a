/** What a hub's tree says of a file: a digest of large ones, and of the others git's name for their bytes. */
export interface TreeEntry {
  readonly size: number;
  readonly digest?: string;
  /** https://git-scm.com/book/en/v2/Git-Internals-Git-Objects : SHA-1, in hexadecimal. */
  readonly gitName?: string;
}

/** By their path in the repository. */
export type Tree = Readonly<Record<string, TreeEntry>>;

/** Where a hub has a file, and the list of all files beside it. */
export interface Place {
  readonly tree: string;
  readonly path: string;
}

/** As a library makes the URLs of files: `https://hub.example/` and `{model}/resolve/{revision}/`. */
export interface HubLayout {
  readonly remoteHost: string;
  readonly remotePathTemplate: string;
}

/** A listing has pages of a thousand files or so. */
const mostPages = 32;

/** The place that a URL names, or null where it is not one of the hub's. */
export function placeOf(url: string, { remoteHost, remotePathTemplate }: HubLayout): Place | null {
  const host = (URL.parse(remoteHost) ?? URL.parse(remoteHost, location.href))?.href;
  if (host === undefined || !url.startsWith(host)) return null;
  const pattern = remotePathTemplate
    .replace(/[.*+?^$()[\]\\|]/g, "\\$&")
    .replace("{model}", "(?<model>.+?)")
    .replace("{revision}", "(?<revision>[^/]+)");
  const match = new RegExp(`^${pattern.replace(/\/?$/, "/")}(?<path>[^?#]+)`).exec(url.slice(host.length));
  const { model, revision, path } = match?.groups ?? {};
  if (model === undefined || revision === undefined || path === undefined) return null;
  const tree = new URL(`api/models/${model}/tree/${revision}?recursive=true`, host).href;
  return { tree, path: decodeURIComponent(path) };
}

/**
 * The list of a repository's files, or null where the server has none to give: it answers 404. Rejects with a "NetworkError"
 * where something else comes, and as `fetch` does where nothing comes.
 */
export async function fetchATree(
  fetch: (url: string) => Promise<Response>,
  url: string,
): Promise<Tree | null> {
  const tree: Record<string, TreeEntry> = {};
  let next: string | null = url;
  for (let page = 0; next !== null; page += 1) {
    const response = await fetch(next);
    const { status } = response;
    if (page === 0 && status === 404) return null;
    const list: unknown = status === 200 ? await response.json().catch(() => null) : null;
    if (!Array.isArray(list) || page === mostPages) {
      throw new DOMException(
        `No list of files came from ${url} (status ${status}). Try again later, or lock the files.`,
        "NetworkError",
      );
    }
    for (const each of list as readonly ListedFile[]) addTo(tree, each);
    const following: string | undefined = /<([^>]+)>\s*;\s*rel="?next"?/.exec(
      response.headers.get("Link") ?? "",
    )?.[1];
    next = following === undefined ? null : new URL(following, next).href;
  }
  return tree;
}

/** A line of the listing, as far as a stranger's word goes. */
type ListedFile = {
  readonly [name in "type" | "path" | "size" | "oid"]?: unknown;
} & { readonly lfs?: { readonly oid?: unknown; readonly size?: unknown } };

function addTo(tree: Record<string, TreeEntry>, { type, path, size, oid, lfs }: ListedFile): void {
  if (type !== "file" || typeof path !== "string") return;
  const large = lfs?.oid;
  if (typeof large === "string" && /^[0-9a-f]{64}$/.test(large) && isASize(lfs!.size)) {
    tree[path] = { size: lfs!.size, digest: digestOfHexadecimal(large) };
  } else if (isASize(size)) {
    tree[path] = { size, ...(typeof oid === "string" && /^[0-9a-f]{40}$/.test(oid) && { gitName: oid }) };
  }
}

function isASize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The digest of the same hash, given in hexadecimal. */
export function digestOfHexadecimal(hexadecimal: string): string {
  const bytes = hexadecimal.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}

/** The SHA-1 by which git knows these bytes, in hexadecimal. */
export async function gitNameOf(blob: Blob): Promise<string> {
  const object = await new Blob([`blob ${blob.size}\0`, blob]).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", object));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
