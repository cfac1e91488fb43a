import type { Digest } from "../concepts/digest.ts";
import type { FileRecord } from "../concepts/file-record.ts";
import type { Host } from "../host/host.ts";
import type { Entry } from "./entry.ts";
import { bytesThere } from "./entry.ts";
import type { Changes } from "../infra/changes.ts";
import type { Source } from "./source.ts";
import type { VerifiedFile } from "./verified-file.ts";

/** Takes the number of bytes that are there. */
export type Listener = (loaded: number) => void;

/** https://hybrid-ai-web.github.io/hybrid-ai/#download */
export interface Download {
  readonly record: FileRecord;
  readonly sources: Source[];
  /** Told of when its sources grow. */
  readonly growth: Changes;
  readonly listeners: Set<Listener>;
  loaded: number;
  /** For each fetch under way, the chunks that it brings just now. */
  readonly coming: Set<Coming>;
  /** Its result is what this settles with. */
  readonly result: Promise<VerifiedFile>;
  /** Aborted when it is abandoned. */
  readonly controller: AbortController;
}

/** Of chunks, by their indices, how many bytes have come. */
export type Coming = Map<number, number>;

const downloadsByHost = new WeakMap<Host, Map<Digest, Download>>();

/** https://hybrid-ai-web.github.io/hybrid-ai/#downloads */
export function downloadsOf(host: Host): Map<Digest, Download> {
  const downloads = downloadsByHost.get(host) ?? new Map<Digest, Download>();
  downloadsByHost.set(host, downloads);
  return downloads;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#close-a-download */
export function closeADownload(download: Download, host: Host): void {
  // 1. Let downloads be the downloads of environment's global object.
  const downloads = downloadsOf(host);

  // 2. Let digest be download's record's digest.
  const { digest } = download.record;

  // 3. If downloads[digest] is download, then remove downloads[digest].
  if (downloads.get(digest) === download) downloads.delete(digest);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#abandon-a-download */
export function abandonADownload(download: Download, host: Host): void {
  // 1. Close download for environment.
  closeADownload(download, host);

  // 2. Terminate the fetches that download has under way, and the steps that run it, at the latest with the
  //    chunk that they are at. Before they release the download lock they leave the entry as it is; or, if
  //    its chunks is empty, they remove it from the model store that it is in.
  download.controller.abort();
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#tell-the-listeners */
export function tellTheListeners(download: Download, entry: Entry): void {
  // 1. Set download's loaded to the number of bytes of the chunks that are there together with those of the
  //    chunks that are coming, but less than download's record's size.
  // NOTE: The last step of progress belongs to a file that is verified.
  const chunks = [...download.coming].flatMap((each) => [...each]);
  const coming = chunks.reduce((sum, [index, count]) => (entry.hashes.has(index) ? sum : sum + count), 0);
  download.loaded = Math.max(0, Math.min(bytesThere(entry) + coming, download.record.size - 1));

  // 2. For each listener of download's listeners, run listener given download's loaded.
  for (const listener of [...download.listeners]) listener(download.loaded);
}
