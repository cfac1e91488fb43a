/**
 * Notes by URL that outlive the page and the browser: which file a URL stood for. They are kept by the Cache API, which
 * windows, workers and service workers all have, and which is cleared together with the files.
 */
export interface Notes {
  read(url: string): Promise<unknown>;
  write(url: string, note: unknown): Promise<void>;
  /** Whether there was one. */
  remove(url: string): Promise<boolean>;
}

const nameOfTheCache = "hybrid-ai-notes-1";

/** Not the URL itself: `caches.match(request)` of a page or a service worker looks through all caches, this one too. */
const keyOf = (url: string) => `https://notes.hybrid-ai.invalid/?${encodeURIComponent(url)}`;

export function notesIn(storage: CacheStorage): Notes {
  const open = () => storage.open(nameOfTheCache);
  return {
    async read(url) {
      try {
        return (await (await (await open()).match(keyOf(url)))?.json()) as unknown;
      } catch {
        return undefined;
      }
    },
    async write(url, note) {
      // Where nothing can be kept, it is found out again.
      await open()
        .then((cache) => cache.put(keyOf(url), Response.json(note)))
        .catch(() => undefined);
    },
    async remove(url) {
      return open()
        .then((cache) => cache.delete(keyOf(url)))
        .catch(() => false);
    },
  };
}
