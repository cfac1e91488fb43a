import type {
  GlobalObject,
  ModelCache,
  ModelFetchOptions,
  ModelFile,
  ModelFileDescriptor,
} from "../../idl/contracts.ts";
import { parseADigest } from "../concepts/digest.ts";
import { createAFileRecord } from "../concepts/file-record.ts";
import { createAProgressReporter, reportProgress } from "../concepts/report-progress.ts";
import type { ProgressReporter } from "../concepts/report-progress.ts";
import { hostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { aNewPromise } from "../infra/promise.ts";
import { deleteAModelFile } from "./delete-a-model-file.ts";
import { digestsOfWholeEntries } from "./digests-of-whole-entries.ts";
import { lookUpAModelFile } from "./look-up-a-model-file.ts";
import { notAlive } from "./not-alive.ts";
import { ModelFileImplementation } from "./ModelFile-impl.ts";
import { obtainAModelFile } from "./obtain-a-model-file.ts";

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#modelcache
 *
 * NB: What a method throws the bindings make a rejected promise of, at once: in a document that is not fully active no
 * reaction runs, so that the promise of an async function would be heard of no more.
 */
export class ModelCacheImplementation implements ModelCache {
  readonly #globalObject: GlobalObject;
  readonly #host: Host;

  constructor(globalObject: GlobalObject) {
    this.#globalObject = globalObject;
    this.#host = hostOf(globalObject);
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelcache-fetch */
  fetch(file: ModelFileDescriptor, options: ModelFetchOptions): Promise<ModelFile> {
    // 1. Let environment be this's relevant settings object.
    const host = this.#host;

    // 2. If environment is not alive, then return a promise rejected with an "InvalidStateError"
    //    DOMException.
    if (!host.isFullyActive()) throw notAlive();

    // 3. Let record be the result of creating a file record given file and environment's API base URL.
    const record = createAFileRecord(file, new URL(host.baseURL()));

    // 4. If record is failure, then return a promise rejected with a TypeError.
    if (isFailure(record))
      throw new TypeError(`The description of the file is not valid: ${record.message}.`);

    // 5. Let signal be options["signal"] if it exists; otherwise null.
    const { signal } = options;

    // 6. If signal is not null and is aborted, then return a promise rejected with signal's abort reason.
    if (signal?.aborted) throw signal.reason;

    // 7. If environment may not use "model-cache", then return a promise rejected with a "NotAllowedError"
    //    DOMException.
    if (!host.isAllowedToUse("model-cache")) throw notAllowed();

    // 8. Let reporter be null.
    let reporter: ProgressReporter | null = null;

    // 9. If options["monitor"] exists, then set reporter to the result of creating a progress reporter with
    //    options["monitor"] in this's relevant realm. If this throws an exception e, then return a promise
    //    rejected with e.
    if (options.monitor !== undefined)
      reporter = createAProgressReporter(options.monitor, this.#globalObject);

    // 10. Let promise be a new promise.
    const { promise, resolve, reject } = aNewPromise<ModelFile>();

    // 11. Let progress be the following steps given a number of bytes loaded: if reporter is not null, then
    //     report progress of loaded bytes out of record's size to reporter.
    const progress = (loaded: number) => {
      if (reporter !== null) reportProgress(loaded, record.size, reporter);
    };

    // 12. Run the following steps in parallel:
    inParallel(async () => {
      try {
        // 12.1. Let entry be the result of obtaining a model file described by record for environment, given
        //       signal and progress. If this throws an exception e, then queue a global task on the hybrid AI
        //       task source given environment's global object to reject promise with e, and abort these
        //       steps.
        const entry = await obtainAModelFile(host, record, { signal, progress });

        // 12.2. Queue a global task on the hybrid AI task source given environment's global object to resolve
        //       promise with a new ModelFile whose entry is entry.
        host.queueATask(() => resolve(new ModelFileImplementation(this.#globalObject, entry)));
      } catch (exception) {
        host.queueATask(() => reject(exception));
      }
    });

    // 13. Return promise.
    return promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelcache-match */
  match(digest: string): Promise<ModelFile | null> {
    // 1. Let environment be this's relevant settings object.
    const host = this.#host;

    // 2. If environment is not alive, then return a promise rejected with an "InvalidStateError"
    //    DOMException.
    if (!host.isFullyActive()) throw notAlive();

    // 3. If the result of parsing a digest given digest is failure, then return a promise rejected with a
    //    TypeError.
    const parsed = parseADigest(digest);
    if (isFailure(parsed)) throw notADigest(parsed.message);

    // 4. If environment may not use "model-cache", then return a promise rejected with a "NotAllowedError"
    //    DOMException.
    if (!host.isAllowedToUse("model-cache")) throw notAllowed();

    // 5. Let promise be a new promise.
    const { promise, resolve } = aNewPromise<ModelFile | null>();

    // 6. Run the following steps in parallel:
    inParallel(async () => {
      // 6.1. Let entry be the result of looking up a model file named by digest for environment.
      const entry = await lookUpAModelFile(host, digest);

      // 6.2. Queue a global task on the hybrid AI task source given environment's global object to resolve
      //      promise with null if entry is null; otherwise with a new ModelFile whose entry is entry.
      host.queueATask(() =>
        resolve(entry === null ? null : new ModelFileImplementation(this.#globalObject, entry)),
      );
    });

    // 7. Return promise.
    return promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelcache-keys */
  keys(): Promise<readonly string[]> {
    // 1. Let environment be this's relevant settings object.
    const host = this.#host;

    // 2. If environment is not alive, then return a promise rejected with an "InvalidStateError"
    //    DOMException.
    if (!host.isFullyActive()) throw notAlive();

    // 3. If environment may not use "model-cache", then return a promise rejected with a "NotAllowedError"
    //    DOMException.
    if (!host.isAllowedToUse("model-cache")) throw notAllowed();

    // 4. Let promise be a new promise.
    const { promise, resolve } = aNewPromise<readonly string[]>();

    // 5. Run the following steps in parallel:
    inParallel(async () => {
      // 5.1. Let digests be the digests of all entries of environment's stores whose whole is true, each
      //      once, in ascending order by code unit less than.
      const digests = await digestsOfWholeEntries(host);

      // 5.2. Queue a global task on the hybrid AI task source given environment's global object to resolve
      //      promise with digests.
      host.queueATask(() => resolve(digests));
    });

    // 6. Return promise.
    return promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelcache-delete */
  delete(digest: string): Promise<boolean> {
    // 1. Let environment be this's relevant settings object.
    const host = this.#host;

    // 2. If environment is not alive, then return a promise rejected with an "InvalidStateError"
    //    DOMException.
    if (!host.isFullyActive()) throw notAlive();

    // 3. If the result of parsing a digest given digest is failure, then return a promise rejected with a
    //    TypeError.
    const parsed = parseADigest(digest);
    if (isFailure(parsed)) throw notADigest(parsed.message);

    // 4. If environment may not use "model-cache", then return a promise rejected with a "NotAllowedError"
    //    DOMException.
    if (!host.isAllowedToUse("model-cache")) throw notAllowed();

    // 5. Let promise be a new promise.
    const { promise, resolve } = aNewPromise<boolean>();

    // 6. Run the following steps in parallel:
    inParallel(async () => {
      // 6.1. Let deleted be the result of deleting a model file named by digest for environment.
      const deleted = await deleteAModelFile(digest, host);

      // 6.2. Queue a global task on the hybrid AI task source given environment's global object to resolve
      //      promise with deleted.
      host.queueATask(() => resolve(deleted));
    });

    // 7. Return promise.
    return promise;
  }
}

export { ModelCacheImplementation as implementation };

function notADigest(message: string): TypeError {
  return new TypeError(`The digest is not valid: ${message}.`);
}

function notAllowed(): DOMException {
  return new DOMException(
    'The permissions policy of this document does not allow "model-cache". A frame is given it by its allow attribute.',
    "NotAllowedError",
  );
}
