import type { Host } from "../host/host.ts";
import { areBytesLost } from "../host/lost-bytes.ts";
import { aDependentController } from "../infra/abort-signal.ts";
import type { Download } from "./download.ts";
import { closeADownload, tellTheListeners } from "./download.ts";
import { dropAChunkOfADownload } from "./drop-bad-chunks.ts";
import { hasMissingChunks, isSameHash } from "./entry.ts";
import { fillAnEntry } from "./fill-an-entry.ts";
import type { Filling } from "./fill-an-entry.ts";
import { filesOfAnEntry } from "./files-of-an-entry.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import { obtainAChunkTable } from "./obtain-a-chunk-table.ts";
import { moveAnEntryToMemory } from "./move-an-entry-to-memory.ts";
import { closeAnEntry, resumeAnEntry, setWhole } from "./open-entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import { prepareAnEntry } from "./prepare-an-entry.ts";
import { chooseASource, postponeASource } from "./source.ts";
import { isForWantOfMemory, transientStore } from "./stores.ts";
import { holdingTheDownloadLock } from "./locks.ts";
import { removeTheFiles } from "./remove-the-files.ts";
import { takeChunksOfOtherEntries } from "./take-chunks-of-other-entries.ts";
import { takeWhatIsShared } from "./take-what-is-shared.ts";
import { aVerifiedFile } from "./verified-file.ts";
import type { VerifiedFile } from "./verified-file.ts";
import { settleTheVisibility } from "./visibility.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#run-a-download */
export async function runADownload(download: Download, host: Host): Promise<VerifiedFile> {
  // 1. Let record be download's record.
  const { record } = download;
  const { signal } = download.controller;

  // 2. Wait for the download lock of record's digest, and hold it until these steps are at their end.
  return holdingTheDownloadLock(host, record.digest, async () => {
    if (signal.aborted) throw signal.reason;

    // 3. Let file be the result of looking up a model file named by record's digest for environment.
    // NOTE: Another agent can have brought it while these steps waited.
    const file = await lookUpAModelFile(host, record.digest);

    // 4. If file is not null, then return file.
    if (file !== null) return file;

    // 5. Let entry be the result of preparing an entry for record and environment.
    let entry = await prepareAnEntry(record, host, signal);
    try {
      // 6. If record's size is not 0, then tell the listeners of download.
      if (record.size !== 0) tellTheListeners(download, entry);

      // 7. Take what is shared into entry for environment.
      await takeWhatIsShared(host, entry, signal);

      // 8. Let table be null.
      // 9. If record's tree digest is not null and entry has missing chunks, then set table to the result of
      //    obtaining a chunk table for record and environment.
      const isTableOfUse = record.treeDigest !== null && hasMissingChunks(entry);
      const table = isTableOfUse ? await obtainAChunkTable(record, host, signal) : null;

      // 10. If table is not null, then for each index → hash of entry's hashes, if hash is not table's
      //     hashes[index], then drop the chunk with index index of entry.
      for (const [index, hash] of [...entry.hashes]) {
        if (table !== null && !isSameHash(hash, table.hashes[index]))
          await dropAChunkOfADownload(host, entry, index);
      }

      // 11. If table is not null, then take chunks of other entries into entry given table and environment.
      if (table !== null) await takeChunksOfOtherEntries(host, entry, table, signal);

      // 12. Let failure be "network".
      let failure: "network" | "data" = "network";
      let resumedWith = -1;

      // 13. While download's sources have one whose struck is false:
      while (download.sources.some(({ struck }) => !struck)) {
        if (signal.aborted) throw signal.reason;

        // 13.1. Let source be the result of choosing a source of download.
        const source = chooseASource(download);

        // 13.2. If source's resting until is not null and is after the monotonic clock's unsafe current time:
        const rest = (source.restingUntil ?? 0) - host.now();
        if (source.restingUntil !== null && rest > 0) {
          // 13.2.1. Wait until source's resting until has passed, or download's sources have grown.
          await waitOrGrow(download, host, rest);

          // 13.2.2. Continue.
          continue;
        }

        // 13.3. Let count be the size of source's indices.
        const count = source.indices.size;

        // 13.4. Let outcome be the result of filling entry from source given table, download and environment.
        const filling: Filling = { source, table, download };
        let outcome: Awaited<ReturnType<typeof fillAnEntry>>;
        let isCleared = false;
        try {
          outcome = await fillAnEntry(host, entry, filling);
          if (outcome !== "whole") signal.throwIfAborted();
          isCleared = await isInNoStore(entry);
          if (outcome === "whole" && !isCleared) await setWhole(entry, true);
        } catch (error) {
          if (signal.aborted || isForWantOfMemory(error) || entry.folder === transientStore(host))
            throw error;
          // NB: A disk that fails costs what can no longer be read of the entry, which goes on in memory. A worker that ends costs
          // what it was about to store: the entry is taken up again, as long as that brings it further.
          if (!areBytesLost(error)) {
            await moveAnEntryToMemory(host, entry);
            continue;
          }
          if (entry.hashes.size <= resumedWith) throw error;
          resumedWith = entry.hashes.size;
          await resumeAnEntry(host, entry);
          continue;
        }

        // 13.5. If entry is in no model store any more:
        if (isCleared) {
          // 13.5.1. Set entry to the result of preparing an entry for record and environment.
          await closeAnEntry(entry);
          entry = await prepareAnEntry(record, host, signal);

          // 13.5.2. For each other of download's sources, empty other's indices.
          for (const other of download.sources) other.indices.clear();

          // 13.5.3. Continue.
          continue;
        }

        // 13.6. If outcome is "whole", then set entry's whole to true, settle the visibility of entry's
        //       digest for environment, and return entry.
        if (outcome === "whole") {
          await settleTheVisibility(host, entry.digest);
          const { digest, size, chunkSize, hashes } = entry;
          return aVerifiedFile(host, entry.folder, { digest, size, chunkSize, hashes });
        }

        // 13.7. If outcome is "data", then set failure to "data" and source's struck to true.
        if (outcome === "data") {
          failure = "data";
          source.struck = true;
        }

        // 13.8. Otherwise, postpone source given outcome and whether the size of source's indices is greater
        //       than count.
        else postponeASource(host, source, outcome, source.indices.size > count);
      }

      // 14. Close download for environment.
      // NOTE: Whoever asks from now on has URLs that would not be asked any more, and makes a new download.
      closeADownload(download, host);

      // 15. If entry's chunks is empty, then remove it from the model store that it is in.
      await removeIfItIsOfNoUse(host, entry);

      // 16. If failure is "data", then throw a "DataError" DOMException.
      if (failure === "data") {
        throw new DOMException(
          `What the URLs of ${record.digest} sent is not the file that this digest and a size of ${record.size} ` +
            "bytes name. If the file has changed, make its digest again; if not, name another URL.",
          "DataError",
        );
      }

      // 17. Throw a "NetworkError" DOMException.
      throw new DOMException(
        `The file ${record.digest} could not be fetched from any of its URLs. See that a server answers with a ` +
          "status of success, with an Access-Control-Allow-Origin header if it is another origin's, or try again later.",
        "NetworkError",
      );
    } finally {
      await closeAnEntry(entry);
      // NB: However it ends, what has no chunks takes no room (#abandon-a-download, step 2).
      await removeIfItIsOfNoUse(host, entry);
    }
  });
}

/** Whether somebody took its files away, which are still open here. */
async function isInNoStore({ folder, digest }: OpenEntry): Promise<boolean> {
  return (await folder.size(filesOfAnEntry(digest).partial)) === null;
}

async function removeIfItIsOfNoUse(host: Host, entry: OpenEntry): Promise<void> {
  if (entry.whole || (entry.hashes.size > 0 && !entry.isTooMuch)) return;
  await closeAnEntry(entry);
  await removeTheFiles(host, entry.folder, entry.digest).catch(() => undefined);
}

/** Waits so many milliseconds, or until another source is there. */
async function waitOrGrow(download: Download, host: Host, milliseconds: number): Promise<void> {
  const { controller, forget } = aDependentController(download.controller.signal);
  const waiting = host.wait(milliseconds, controller.signal);
  try {
    await Promise.race([waiting, download.growth.next()]);
  } finally {
    forget();
    waiting.catch(() => undefined);
    controller.abort();
  }
}
