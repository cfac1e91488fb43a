import type { ModelCache, ModelFile } from "../../idl/page-types.ts";
import { fileNoteOf } from "./file-note.ts";
import type { FileNote } from "./file-note.ts";
import { fetchATree, gitNameOf, placeOf } from "./hub.ts";
import type { Place, Tree, TreeEntry } from "./hub.ts";
import { importABlob } from "./import-model-file.ts";
import type { DigestOf, NamedBytes } from "./import-model-file.ts";
import { ModelFileResponse } from "./model-file-response.ts";
import type { Notes } from "./notes.ts";

type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** The part of transformers.js's `env` that says where files come from and are kept. */
export interface TransformersEnvironment {
  fetch: Fetch;
  useCustomCache: boolean;
  customCache: object | null;
  readonly cacheKey: string;
  readonly remoteHost: string;
  readonly remotePathTemplate: string;
}

/** Digests and sizes of files by their URL. */
export type LockedFiles = Readonly<Record<string, NamedBytes>>;

export interface Surroundings {
  readonly modelCache: ModelCache;
  readonly lock: LockedFiles;
  readonly digestOf: DigestOf;
  readonly notes: Notes;
  readonly caches: CacheStorage;
  readonly locks: LockManager;
  readonly progress: (url: string, loaded: number) => void;
}

const plain = "application/octet-stream";

/** What is known of a file before its bytes are. A `digest` is one to verify; where there is none, the first bytes give it. */
interface Knowledge {
  readonly type: string;
  readonly named: NamedBytes | null;
  /** Null where the knowledge is not the hub's. */
  readonly listed: TreeEntry | null;
  /** The hub has listed the files, and this is none of them. */
  readonly absent: boolean;
}

export function keepTheFilesOf(environment: TransformersEnvironment, surroundings: Surroundings): void {
  const { modelCache, lock, digestOf, notes, caches, locks, progress } = surroundings;
  const fetch: Fetch = environment.fetch;
  const trees = new Map<string, Promise<Tree | null>>();
  /** The lists that are as they were noted: the hub may have more by now. */
  const notAskedFor = new Set<string>();
  const lockedFiles = new Map(Object.entries(lock).map(([url, file]) => [absolute(url), file]));

  /** The hub's list of a repository's files as it is now, noted. Null where the server has no lists. */
  async function askForTheTree(url: string): Promise<Tree | null> {
    const tree = await fetchATree(fetch, url);
    if (tree !== null) await notes.write(url, tree);
    return tree;
  }

  /** The list as it was noted, or else as the hub gives it. */
  function treeAt(url: string): Promise<Tree | null> {
    let tree = trees.get(url);
    if (tree === undefined) {
      tree = notes.read(url).then((noted) => {
        if (noted === undefined) return askForTheTree(url);
        notAskedFor.add(url);
        return noted as Tree;
      });
      trees.set(url, tree);
      // What could not be had now may be had later.
      tree.catch(() => trees.delete(url));
    }
    return tree;
  }

  /** The list with what the hub has added since it was noted. It is asked once, and what was noted stands. */
  function treeWithTheNewAt(url: string): Promise<Tree | null> {
    if (notAskedFor.delete(url)) {
      const noted = trees.get(url)!;
      const extended = fetchATree(fetch, url).then(async (now) => {
        const tree = { ...now, ...(await noted) };
        await notes.write(url, tree);
        return tree;
      });
      trees.set(
        url,
        extended.catch(() => {
          notAskedFor.add(url);
          return noted;
        }),
      );
    }
    return trees.get(url)!;
  }

  /** Of a list, as if the hub had not listed this file yet. */
  async function forgetTheEntryOf({ tree: url, path }: Place): Promise<void> {
    const tree = await treeAt(url);
    if (tree === null) return;
    const others = Object.fromEntries(Object.entries(tree).filter(([each]) => each !== path));
    trees.set(url, Promise.resolve(others));
    notAskedFor.add(url);
    await notes.write(url, others);
  }

  /** A lock's word before the hub's list, and that before a note of what came first. Rejects where there may be a list, but it cannot be had. */
  async function whatIsKnownOf(url: string): Promise<Knowledge> {
    const nothing = { type: plain, named: null, listed: null, absent: false };
    const locked = lockedFiles.get(url);
    if (locked !== undefined) return { ...nothing, named: locked };
    const note = await fileNoteOf(notes, url);
    const noted = note === null ? nothing : { ...nothing, type: note.type, named: note };
    const place = placeOf(url, environment);
    if (place === null) return noted;
    const tree = await treeAt(place.tree).catch((error: unknown) => {
      // fetch()'s own: there is no network, and what was noted earlier still stands.
      if (note !== null && error instanceof TypeError) return null;
      throw error;
    });
    if (tree === null) return noted;
    const listed = entryOf(tree, place) ?? entryOf((await treeWithTheNewAt(place.tree))!, place);
    if (listed === null) return { ...nothing, absent: true };
    const { digest, size, gitName } = listed;
    if (digest !== undefined) return { ...nothing, listed, named: { digest, size } };
    const isOfThese = note?.size === size && note.gitName === gitName;
    return { ...(isOfThese ? noted : nothing), listed };
  }

  /** What the library's own cache has under a URL. */
  async function olderCopyOf(url: string): Promise<Blob | null> {
    const response = await caches.match(url, { cacheName: environment.cacheKey }).catch(() => undefined);
    return response?.ok ? response.blob() : null;
  }

  async function forgetTheOlderCopyOf(url: string): Promise<void> {
    await (await caches.open(environment.cacheKey)).delete(url);
  }

  async function fetchNamed(url: string, { digest, size }: NamedBytes): Promise<ModelFile> {
    const there = await modelCache.match(digest);
    if (there !== null) return there;
    const older = await olderCopyOf(url);
    const source = older === null ? null : URL.createObjectURL(older);
    try {
      const urls = source === null ? [url] : [source, url];
      const file = await modelCache.fetch(
        { digest, size, urls },
        {
          monitor: (monitor) => {
            monitor.addEventListener("downloadprogress", ({ loaded }) => progress(url, loaded));
          },
        },
      );
      if (older !== null) await forgetTheOlderCopyOf(url);
      return file;
    } finally {
      if (source !== null) URL.revokeObjectURL(source);
    }
  }

  /** Keeps what nobody has named by a digest as what this URL stands for from then on, or else nothing but what is known of it. */
  async function keep(url: string, response: Response, known: Knowledge): Promise<Response> {
    const { named, listed } = known;
    const type = response.headers.get("Content-Type") ?? plain;
    const blob = await response.blob();
    if (!(await mayBe(blob, known))) {
      throw new DOMException(
        `These bytes are not what the hub lists as ${url}. Try again later.`,
        "DataError",
      );
    }
    const file = await importABlob(blob, modelCache, named === null ? digestOf : async () => named);
    if (named === null) {
      const { digest, size } = file;
      await notes.write(url, { digest, size, type, gitName: listed?.gitName } satisfies FileNote);
    }
    return new ModelFileResponse(file, type);
  }

  async function fetchForTheFirstTime(url: string, init: RequestInit, known: Knowledge): Promise<Response> {
    const note = await fileNoteOf(notes, url);
    const noted = note === null ? null : await modelCache.match(note.digest);
    const older = noted === null ? await olderCopyOf(url) : await noted.blob();
    const isUsable = older !== null && (await mayBe(older, known));
    const response = isUsable ? new Response(older) : await fetch(url, init);
    if (response.status !== 200) return response;
    const kept = await keep(url, response, known);
    if (older !== null) await forgetTheOlderCopyOf(url);
    return kept;
  }

  async function fetchKnown(url: string, init: RequestInit, known: Knowledge): Promise<Response> {
    const { absent, type, named } = known;
    if (absent) return new Response(null, { status: 404 });
    if (named !== null) return new ModelFileResponse(await fetchNamed(url, named), type);
    // One tab at a time: the next one finds what this one brought.
    return locks.request(`hybrid-ai first use of ${url}`, async () => {
      return (await match(url)) ?? fetchForTheFirstTime(url, init, known);
    });
  }

  async function fetchKept(url: string, init: RequestInit): Promise<Response> {
    const known = await whatIsKnownOf(url);
    try {
      return await fetchKnown(url, init, known);
    } catch (error) {
      if (known.listed === null || (error as Error).name !== "DataError") throw error;
      // The hub may have other bytes under this URL since its list was noted.
      const place = placeOf(url, environment)!;
      const tree = await askForTheTree(place.tree).catch(() => null);
      if (tree === null) throw error;
      trees.set(place.tree, Promise.resolve(tree));
      notAskedFor.delete(place.tree);
      const now = await whatIsKnownOf(url);
      if (JSON.stringify(now.listed) === JSON.stringify(known.listed)) throw error;
      return fetchKnown(url, init, now);
    }
  }

  async function match(request: string): Promise<Response | undefined> {
    const { type, named } = await whatIsKnownOf(absolute(request));
    const file = named === null ? null : await modelCache.match(named.digest);
    return file === null ? undefined : new ModelFileResponse(file, type);
  }

  /** What the library fetched by other ways than ours. */
  async function put(request: string, response: Response): Promise<void> {
    const url = absolute(request);
    if ((await match(url)) !== undefined) {
      // Of a clone's body the end of this waits for the other's: nobody may wait for it here.
      response.body?.cancel().catch(() => undefined);
      return;
    }
    if (response.status !== 200) throw new TypeError(`A response with status ${response.status} is no file.`);
    await keep(url, response, await whatIsKnownOf(url));
  }

  async function remove(request: string): Promise<boolean> {
    const url = absolute(request);
    const { named } = await whatIsKnownOf(url);
    await notes.remove(url);
    const place = placeOf(url, environment);
    if (place !== null) await forgetTheEntryOf(place);
    return named !== null && modelCache.delete(named.digest);
  }

  environment.useCustomCache = true;
  environment.customCache = { match, put, delete: remove };
  environment.fetch = (input, init = {}) => {
    const url = absolute(input);
    return isForTheCache(url, init) ? fetchKept(url, init) : fetch(input, init);
  };
}

/** A request for all of a file, with nothing that the answer could depend on. */
function isForTheCache(url: string, { method = "GET", headers }: RequestInit): boolean {
  return /^https?:/.test(url) && method === "GET" && [...new Headers(headers)].length === 0;
}

function entryOf(tree: Tree, { path }: Place): TreeEntry | null {
  return Object.hasOwn(tree, path) ? tree[path]! : null;
}

/** Whether the hub's list has nothing against these bytes. */
async function mayBe(blob: Blob, { listed, absent }: Knowledge): Promise<boolean> {
  if (listed === null) return !absent;
  const { size, gitName } = listed;
  return blob.size === size && (gitName === undefined || (await gitNameOf(blob)) === gitName);
}

/** Without a fragment, which is no part of what is asked for. */
function absolute(url: string | URL): string {
  return (URL.parse(url, globalThis.location.href)?.href ?? String(url)).replace(/#.*/, "");
}
