import { BackendError } from "../backend/backend.ts";
import type { LoadedPart } from "../backend/backend.ts";
import { reportProgress } from "../concepts/report-progress.ts";
import type { ProgressReporter } from "../concepts/report-progress.ts";
import type { Host } from "../host/host.ts";
import { addAbortSteps } from "../infra/abort-signal.ts";
import { isFailure } from "../infra/failure.ts";
import type { Failure } from "../infra/failure.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { use } from "../model-cache/locks.ts";
import { obtainAModelFile } from "../model-cache/obtain-a-model-file.ts";
import { notFound } from "../model-cache/verified-file.ts";
import type { VerifiedFile } from "../model-cache/verified-file.ts";
import type { Part, Variant } from "../model-manifest/manifest.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import { missingParts } from "./missing-parts.ts";
import { permits } from "./permits.ts";
import { placementOf } from "./plan.ts";
import { aChange, sparesTheLine } from "./ready.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#client */
export interface Client {
  /** Null if the client does not run the model at all. */
  readonly variant: Variant | null;
  readonly latency: number | null;
  state: "preparing" | "ready" | "gone";
  readonly files: Map<Part, VerifiedFile>;
  readonly loadedParts: Map<Part, LoadedPart>;
  proven: boolean;
  readonly controller: AbortController;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#client */
export function aNewClient(variant: Variant | null, latency: number | null): Client {
  return {
    variant,
    latency,
    state: "preparing",
    files: new Map(),
    loadedParts: new Map(),
    proven: true,
    controller: new AbortController(),
  };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#prepare-the-client */
export async function prepareTheClient(
  model: HybridModelImplementation,
  reporter: ProgressReporter | null,
): Promise<void> {
  // 1. Let client be model's client.
  const client = model.client;

  // 2. Let parts be client's variant's parts.
  const parts = client.variant!.parts;

  // 3. Let missing be those of parts for which looking up a model file named by their file's digest for
  //    model's relevant settings object returns null.
  // NB: Who does not spare the line need not look.
  const missing = sparesTheLine(model) ? await missingParts(model.host, parts) : [];

  // 4. If missing is not empty, then wait until model does not spare the line any more, or client's
  //    controller's signal is aborted.
  if (missing.length > 0) await untilTheLineNeedNotBeSpared(model);

  // 5. Let total be the sum of the sizes of parts' files.
  const total = parts.reduce((sum, { file }) => sum + file.size, 0);

  // 6. Let loaded be a map that has 0 for each of parts.
  const loaded = new Map(parts.map((part) => [part, 0]));

  // 7. For each part of parts:
  for (const part of parts) {
    // 7.1. Let progress be the following steps given a number bytes: set loaded[part] to bytes, and then, if
    //      reporter is not null, report progress of the sum of loaded's values out of total to reporter.
    const progress = (bytes: number) => {
      loaded.set(part, bytes);
      const sum = [...loaded.values()].reduce((a, b) => a + b, 0);
      if (reporter !== null) reportProgress(sum, total, reporter);
    };

    // 7.2. Let file be the result of obtaining a model file described by part's file for model's relevant
    //      settings object, given client's controller's signal and progress. If this throws an exception
    //      error, then give up the client of model with error and return.
    let file: VerifiedFile;
    try {
      file = await obtainAModelFile(model.host, part.file, { signal: client.controller.signal, progress });
    } catch (error) {
      giveUpTheClient(model, error);
      return;
    }

    // 7.3. Set client's files[part] to file.
    client.files.set(part, file);
  }

  // 8. Load the client of model, given true.
  await loadTheClient(model, true);
}

/** Waits until a model does not spare the line any more, or its client's controller's signal is aborted. */
async function untilTheLineNeedNotBeSpared(model: HybridModelImplementation): Promise<void> {
  const { signal } = model.client.controller;
  const forget = addAbortSteps(signal, () => model.changes.tell());
  while (sparesTheLine(model) && !signal.aborted) await aChange(model);
  forget();
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#load-the-client */
export async function loadTheClient(model: HybridModelImplementation, mayObtain: boolean): Promise<void> {
  // 1. Let client be model's client.
  const client = model.client;
  try {
    // 2. Let outcome be the result of consulting an executor named "client" given client's controller's
    //    signal. If this throws an exception error, then give up the client of model with error and return.
    const { signal } = client.controller;
    const outcome = await model.host.consultAnExecutor("client", signal);

    // 3. If outcome is "fail", then give up the client of model with an "OperationError" DOMException and
    //    return.
    if (outcome === "fail") {
      giveUpTheClient(model, new DOMException("The client could not load the model.", "OperationError"));
      return;
    }

    // 4. For each part of client's variant's parts:
    for (const part of client.variant!.parts) {
      // 4.1. Let loadedPart be the result of loading a part part of client. If this throws an exception
      //      error, then give up the client of model with error and return.
      let loadedPart = await loadAPart(model.host, part, client);

      // 4.2. If loadedPart is failure and mayObtain is true:
      if (isFailure(loadedPart) && mayObtain) {
        // 4.2.1. Wait until model does not spare the line any more, or client's controller's signal is
        //        aborted.
        await untilTheLineNeedNotBeSpared(model);

        // 4.2.2. Set client's files[part] to the result of obtaining a model file described by part's file
        //        for model's relevant settings object, given client's controller's signal and an algorithm
        //        that does nothing. If this throws an exception error, then give up the client of model with
        //        error and return.
        client.files.set(part, await obtainAModelFile(model.host, part.file, { signal }));

        // 4.2.3. Set loadedPart to the result of loading a part part of client. If this throws an exception
        //        error, then give up the client of model with error and return.
        // NOTE: A file whose stored bytes have gone bad has lost its bad chunks, and these alone come again.
        loadedPart = await loadAPart(model.host, part, client);
      }

      // 4.3. If loadedPart is failure, then give up the client of model with a "NotFoundError" DOMException
      //      and return.
      if (isFailure(loadedPart)) {
        giveUpTheClient(model, notFound(loadedPart));
        return;
      }

      await beginTheUse(model.host, part, loadedPart);

      // 4.4. If client's controller's signal is aborted, then free loadedPart, give up the client of model
      //      with the signal's abort reason, and return.
      if (signal.aborted) {
        free(loadedPart);
        giveUpTheClient(model, signal.reason);
        return;
      }

      // 4.5. Set client's loaded parts[part] to loadedPart.
      client.loadedParts.set(part, loadedPart);
    }
  } catch (error) {
    giveUpTheClient(model, error);
    return;
  }

  // 5. Set client's state to "ready".
  client.state = "ready";
  model.changes.tell();

  // 6. Queue a global task on the hybrid AI task source given model's relevant global object to resolve
  //    model's client ready promise with undefined.
  model.host.queueATask(() => model.clientReadyPromise.resolve(undefined));

  for (const [part, loadedPart] of client.loadedParts) whenLost(model, part, loadedPart);
}

/** NB: A part that is freed may also say that it is lost; that of the client as it is now is what counts. */
function whenLost(model: HybridModelImplementation, part: Part, loadedPart: LoadedPart): void {
  void loadedPart.lost.then(() => {
    if (model.client.loadedParts.get(part) === loadedPart) inParallel(() => loseTheClient(model));
  });
}

/** What ends the use of the files of loaded parts. */
const endsOfUse = new WeakMap<LoadedPart, () => void>();

/** From now on, until the loaded part is freed, its file is in use (#in-use). */
async function beginTheUse(host: Host, part: Part, loadedPart: LoadedPart): Promise<void> {
  try {
    endsOfUse.set(loadedPart, await use(host, part.file.digest));
  } catch (error) {
    free(loadedPart);
    throw error;
  }
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#load-a-part */
export async function loadAPart(host: Host, part: Part, client: Client): Promise<LoadedPart | Failure> {
  // 1. Let signal be client's controller's signal.
  const signal = client.controller.signal;

  // 2. For each backend of the user agent's backends that reads client's variant's format:
  const { format } = client.variant!;
  let cause: unknown;
  for (const backend of host.backends.filter(({ formats }) => formats.includes(format))) {
    // 2.1. Let bytes be the result of reading bytes of client's files[part] from 0 up to its size.
    const file = client.files.get(part)!;
    const bytes = await file.readBytes(0, file.size);

    // 2.2. If bytes is failure, then return failure.
    if (isFailure(bytes)) return bytes;

    // 2.3. If signal is aborted, then throw signal's abort reason.
    if (signal.aborted) throw signal.reason;

    // 2.4. Load bytes with backend.
    const result = await backend.load(format, bytes).catch((error: unknown) => {
      cause = error;
      return null;
    });

    // 2.5. If that gave a loaded part, then return it.
    if (result !== null) return result;
  }

  // 3. Throw an "OperationError" DOMException.
  const why = cause instanceof BackendError ? `: ${cause.message}` : ".";
  throw new DOMException(`Nothing on this client could load the model${why}`, "OperationError");
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#lose-the-client */
export async function loseTheClient(model: HybridModelImplementation): Promise<void> {
  // 1. Let client be model's client.
  const client = model.client;

  // 2. If client's state is not "ready" or model's ended is true, then return.
  if (client.state !== "ready" || model.ended) return;

  // 3. Set client's state to "preparing".
  client.state = "preparing";
  model.changes.tell();

  // 4. Free client's loaded parts, and clear them.
  freeTheLoadedParts(client);

  // 5. If client's proven is false, then give up the client of model with an "OperationError" DOMException
  //    and return.
  // NOTE: A device that takes the model away each time before it has run once will do so again.
  if (!client.proven) {
    giveUpTheClient(
      model,
      new DOMException("The device takes the model away again and again.", "OperationError"),
    );
    return;
  }

  // 6. Set client's proven to false.
  client.proven = false;

  // 7. Load the client of model, given false.
  // NOTE: This asks the store and never the network: it happens while a run is under way, perhaps at
  //   "device".
  await loadTheClient(model, false);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#give-up-the-client */
export function giveUpTheClient(model: HybridModelImplementation, error: unknown): void {
  // 1. Let client be model's client.
  const client = model.client;

  // 2. Set client's state to "gone".
  client.state = "gone";
  model.changes.tell();

  // 3. Free client's loaded parts, and clear them.
  freeTheLoadedParts(client);

  // 4. Queue a global task on the hybrid AI task source given model's relevant global object to run these
  //    steps:
  model.host.queueATask(() => {
    // 4.1. Reject model's client ready promise with error.
    model.clientReadyPromise.reject(error);

    // 4.2. If model's ended is true, or model's exposure permits any of model's plans whose placement is
    //      "remote" in model's relevant settings object, then return.
    const isRemote = (plan: (typeof model.plans)[number]) => placementOf(plan) === "remote";
    if (
      model.ended ||
      model.plans.some((plan) => isRemote(plan) && permits(model.exposure, plan, model.host))
    ) {
      return;
    }

    // 4.3. Set model's ended to true.
    model.ended = true;

    // 4.4. Resolve model's lost promise with a ModelLostInfo whose reason is "unavailable".
    model.lostPromise.resolve({
      reason: "unavailable",
      message: "Nothing that is permitted can run the model any more. Create another one.",
    });
  });
}

/** Frees a client's loaded parts, and clears them. */
export function freeTheLoadedParts(client: Client): void {
  const parts = [...client.loadedParts.values()];
  client.loadedParts.clear();
  for (const part of parts) free(part);
}

function free(part: LoadedPart): void {
  part.release().catch(() => undefined);
  endsOfUse.get(part)?.();
}
