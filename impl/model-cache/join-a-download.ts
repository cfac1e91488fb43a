import type { FileRecord } from "../concepts/file-record.ts";
import type { Host } from "../host/host.ts";
import { addAbortSteps } from "../infra/abort-signal.ts";
import { aNewSeriesOfChanges } from "../infra/changes.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { aNewPromise } from "../infra/promise.ts";
import type { Download } from "./download.ts";
import { abandonADownload, closeADownload, downloadsOf } from "./download.ts";
import { runADownload } from "./run-a-download.ts";
import { aNewSource } from "./source.ts";
import type { VerifiedFile } from "./verified-file.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#join-a-download */
export function joinADownload(record: FileRecord, host: Host): Download {
  // 1. Let downloads be the downloads of environment's global object.
  const downloads = downloadsOf(host);

  // 2. If downloads[record's digest] exists, and its record's size, tree digest and chunk size are those of
  //    record:
  const earlier = downloads.get(record.digest);
  if (earlier !== undefined && isTheSameButForItsURLs(earlier.record, record)) {
    // 2.1. Let download be downloads[record's digest].
    // 2.2. For each url of record's URLs, if none of download's sources has url as its URL, then append a new
    //      source whose URL is url to download's sources.
    for (const url of record.urls) {
      if (earlier.sources.some((source) => source.url.href === url.href)) continue;
      earlier.sources.push(aNewSource(url));
      earlier.growth.tell();
    }

    // 2.3. Return download.
    return earlier;
  }

  // 3. Let download be a new download whose record is record and whose sources are a new source for each of
  //    record's URLs, whose URL it is.
  const result = aNewPromise<VerifiedFile>();
  const download: Download = {
    record,
    sources: record.urls.map(aNewSource),
    growth: aNewSeriesOfChanges(),
    listeners: new Set(),
    loaded: 0,
    coming: new Set(),
    result: result.promise,
    controller: new AbortController(),
  };

  // 4. Set downloads[record's digest] to download.
  downloads.set(record.digest, download);
  const stopWatching = addAbortSteps(host.untilItIsInactive(), () => abandonADownload(download, host));

  // 5. Run the following steps in parallel:
  inParallel(async () => {
    // 5.1. Let result be the result of running download for environment, or the exception that this threw.
    const outcome = await runADownload(download, host).then(
      (file) => ({ file }),
      (exception: unknown) => ({ exception }),
    );

    // 5.2. Close download for environment.
    stopWatching();
    closeADownload(download, host);

    // 5.3. Set download's result to result.
    if ("file" in outcome) result.resolve(outcome.file);
    else result.reject(outcome.exception);
  });

  // 6. Return download.
  return download;
}

function isTheSameButForItsURLs(one: FileRecord, other: FileRecord): boolean {
  return one.size === other.size && one.treeDigest === other.treeDigest && one.chunkSize === other.chunkSize;
}
