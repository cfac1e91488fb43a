import type { FileRecord } from "../concepts/file-record.ts";
import type { Host } from "../host/host.ts";
import { addAbortSteps } from "../infra/abort-signal.ts";
import { abandonADownload } from "./download.ts";
import type { Listener } from "./download.ts";
import { joinADownload } from "./join-a-download.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import type { VerifiedFile } from "./verified-file.ts";

export interface ObtainOptions {
  /** Detaches this requester; others of the same file go on. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that are there: the file's size only when it is verified. */
  readonly progress?: Listener | undefined;
}

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#obtain-a-model-file
 *
 * Rejects with the signal's reason when aborted, a "NetworkError" DOMException when no URL could be fetched, and a
 * "DataError" DOMException when what came was not what the digest and size name.
 */
export async function obtainAModelFile(
  host: Host,
  record: FileRecord,
  { signal, progress = () => undefined }: ObtainOptions = {},
): Promise<VerifiedFile> {
  // 1. Assert: these steps are running in parallel.
  const inactive = host.untilItIsInactive();

  // 2. Let file be the result of looking up a model file named by record's digest for environment; it is null
  //    as soon as signal is aborted.
  const lookingUp = whenAborted(signal);
  let file = await Promise.race([lookUpAModelFile(host, record.digest), lookingUp.promise]);
  lookingUp.stop();

  // 3. If signal is not null and is aborted, then throw signal's abort reason.
  if (signal?.aborted) throw signal.reason;

  // 4. If environment is not alive, or was not at some time since these steps began, then throw an
  //    "AbortError" DOMException.
  inactive.throwIfAborted();

  // 5. If file is null, then set file to the result of downloading a model file described by record for
  //    environment, given signal and progress.
  file ??= await downloadAModelFile(host, record, signal, progress);

  // 6. If file's size is not record's size, then throw a "DataError" DOMException.
  if (file.size !== record.size) {
    throw new DOMException(
      `The file ${record.digest} has ${file.size} bytes, not the ${record.size} that were asked for. Correct the size.`,
      "DataError",
    );
  }

  // 7. Run progress given file's size.
  progress(file.size);

  // 8. Return file.
  return file;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#download-a-model-file */
async function downloadAModelFile(
  host: Host,
  record: FileRecord,
  signal: AbortSignal | undefined,
  progress: Listener,
): Promise<VerifiedFile> {
  // 1. Let download be the result of joining a download of record for environment.
  const download = joinADownload(record, host);

  // 2. Append progress to download's listeners.
  // NB: A listener of this requester's own: two may pass one function.
  const listener: Listener = (loaded) => progress(loaded);
  download.listeners.add(listener);

  // 3. If record's size is not 0, then run progress given download's loaded.
  if (record.size !== 0) progress(download.loaded);

  // 4. Wait until download's result is not null, or signal is not null and is aborted.
  const aborted = whenAborted(signal);
  const result = await Promise.race([download.result, aborted.promise])
    .then((file) => ({ file }))
    .catch((exception: unknown) => ({ exception }));
  aborted.stop();

  // 5. Remove progress from download's listeners.
  download.listeners.delete(listener);

  // 6. If download's result is null:
  if ("file" in result && result.file === null) {
    // 6.1. If download's listeners is empty, then abandon download for environment.
    if (download.listeners.size === 0) abandonADownload(download, host);

    // 6.2. Throw signal's abort reason.
    throw signal!.reason;
  }

  // 7. If download's result is an exception, then throw it.
  if ("exception" in result) throw result.exception;

  // 8. Return download's result.
  return result.file!;
}

/** Resolves with null when the signal is aborted. */
function whenAborted(signal: AbortSignal | undefined): { promise: Promise<null>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<null>();
  const abort = () => resolve(null);
  if (signal?.aborted) abort();
  return { promise, stop: signal === undefined ? () => undefined : addAbortSteps(signal, abort) };
}
