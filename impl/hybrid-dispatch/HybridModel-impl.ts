import type {
  Availability,
  GlobalObject,
  HybridModel,
  HybridModelCreateCoreOptions,
  HybridModelCreateOptions,
  ModelExposure,
  ModelLostInfo,
  ModelResult,
  ModelRunOptions,
  ModelTensor,
} from "../../idl/contracts.ts";
import { assessAModel } from "../capability-query/assess-a-model.ts";
import { deviceClassOf } from "../capability-query/device-class.ts";
import { validateModelRequirements } from "../capability-query/validate-model-requirements.ts";
import { createAProgressReporter } from "../concepts/report-progress.ts";
import type { ProgressReporter } from "../concepts/report-progress.ts";
import { hostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { addAbortSteps } from "../infra/abort-signal.ts";
import { aNewSeriesOfChanges } from "../infra/changes.ts";
import { isFailure } from "../infra/failure.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { aNewPromise } from "../infra/promise.ts";
import { fetchAModelManifest } from "../model-manifest/fetch-a-model-manifest.ts";
import { locateAManifest } from "../model-manifest/locate-a-manifest.ts";
import type { ModelManifest } from "../model-manifest/manifest.ts";
import type { Client } from "./client.ts";
import { createTheRemotes } from "./create-the-remotes.ts";
import { dispatchARun } from "./dispatch-a-run.ts";
import { endAModel } from "./end-a-model.ts";
import { finishACreation } from "./finish-a-creation.ts";
import { listThePlans } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { aNewAttempt, aNewRun, cancelARun, takeTheInputs } from "./run.ts";
import type { Run } from "./run.ts";
import { workOutTheAvailability } from "./work-out-the-availability.ts";

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#hybridmodel
 *
 * NB: What a method throws the bindings make a rejected promise of, at once: in a document that is not fully active no
 * reaction runs, so that the promise of an async function would be heard of no more.
 */
export class HybridModelImplementation implements HybridModel {
  readonly globalObject: GlobalObject;
  readonly host: Host;
  readonly manifest: ModelManifest;
  readonly exposure: ModelExposure;
  readonly plans: readonly Plan[];
  readonly client: Client;
  readonly runs = new Set<Run>();
  ended = false;
  readonly clientReadyPromise = aNewPromise<undefined>();
  readonly lostPromise = aNewPromise<ModelLostInfo>();
  /** Of the client's state, and of the states of runs and their attempts. */
  readonly changes = aNewSeriesOfChanges();

  constructor(
    globalObject: GlobalObject,
    {
      manifest,
      exposure,
      plans,
      client,
    }: Pick<HybridModelImplementation, "manifest" | "exposure" | "plans" | "client">,
  ) {
    this.globalObject = globalObject;
    this.host = hostOf(globalObject);
    this.manifest = manifest;
    this.exposure = exposure;
    this.plans = plans;
    this.client = client;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-hybridmodel-availability */
  static availability(
    globalObject: GlobalObject,
    options: HybridModelCreateCoreOptions,
  ): Promise<Availability> {
    // 1. Let environment be the current settings object.
    const host = hostOf(globalObject);

    // 2. If environment is not alive, then return a promise rejected with an "InvalidStateError"
    //    DOMException.
    if (!host.isFullyActive()) throw notFullyActive();

    // 3. Let location be the result of locating a manifest given options and environment. If this throws an
    //    exception, then return a promise rejected with it.
    const location = locateAManifest(host, options);

    // 4. Validate options. If this throws an exception, then return a promise rejected with it.
    validateModelRequirements(options);

    // 5. Let remotes be the result of creating the remotes given options["remotes"] and environment's API
    //    base URL.
    const remotes = createTheRemotes(options.remotes, new URL(host.baseURL()));

    // 6. If remotes is failure, then return a promise rejected with a TypeError.
    if (isFailure(remotes)) throw new TypeError(`The options cannot be used: ${remotes.message}.`);

    // 7. If environment may not use "hybrid-model", then return a promise rejected with a "NotAllowedError"
    //    DOMException.
    if (!host.isAllowedToUse("hybrid-model")) throw notAllowed();

    // 8. Let promise be a new promise.
    const { promise, resolve, reject } = aNewPromise<Availability>();

    // 9. Run the following steps in parallel:
    inParallel(async () => {
      try {
        // 9.1. Let manifest be the result of fetching a model manifest given location, environment, and null.
        //      If this throws an exception error, then queue a global task on the hybrid AI task source given
        //      environment's global object to reject promise with error, and abort these steps.
        const manifest = await fetchAModelManifest(host, location, null);

        // 9.2. Let verdict be the result of assessing a model given manifest, the user agent's device class,
        //      and options.
        const verdict = assessAModel(manifest, await deviceClassOf(host), options);

        // 9.3. Let plans be the result of listing the plans for manifest given verdict's variant, remotes,
        //      and options.
        const plans = listThePlans(manifest, verdict.variant, remotes, options);

        // 9.4. Let availability be the result of working out the availability given verdict's variant, plans,
        //      options["exposure"], and environment.
        const availability = await workOutTheAvailability(verdict.variant, plans, options.exposure, host);

        // 9.5. Queue a global task on the hybrid AI task source given environment's global object to resolve
        //      promise with availability.
        host.queueATask(() => resolve(availability));
      } catch (error) {
        host.queueATask(() => reject(error));
      }
    });

    // 10. Return promise.
    return promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-hybridmodel-create */
  static create(
    globalObject: GlobalObject,
    options: HybridModelCreateOptions,
  ): Promise<HybridModelImplementation> {
    // 1. Let environment be the current settings object.
    const host = hostOf(globalObject);

    // 2. If environment is not alive, then return a promise rejected with an "InvalidStateError"
    //    DOMException.
    if (!host.isFullyActive()) throw notFullyActive();

    // 3. Let location be the result of locating a manifest given options and environment. If this throws an
    //    exception, then return a promise rejected with it.
    const location = locateAManifest(host, options);

    // 4. Validate options. If this throws an exception, then return a promise rejected with it.
    validateModelRequirements(options);

    // 5. Let remotes be the result of creating the remotes given options["remotes"] and environment's API
    //    base URL.
    const remotes = createTheRemotes(options.remotes, new URL(host.baseURL()));

    // 6. If remotes is failure, then return a promise rejected with a TypeError.
    if (isFailure(remotes)) throw new TypeError(`The options cannot be used: ${remotes.message}.`);

    // 7. Let signal be options["signal"] if it exists; otherwise null.
    const signal = options.signal ?? null;

    // 8. If signal is not null and is aborted, then return a promise rejected with signal's abort reason.
    if (signal?.aborted) throw signal.reason;

    // 9. If environment may not use "hybrid-model", then return a promise rejected with a "NotAllowedError"
    //    DOMException.
    if (!host.isAllowedToUse("hybrid-model")) throw notAllowed();

    // 10. Let reporter be null.
    let reporter: ProgressReporter | null = null;

    // 11. If options["monitor"] exists, then set reporter to the result of creating a progress reporter with
    //     options["monitor"] in environment's realm. If this throws an exception error, then return a promise
    //     rejected with error.
    if (options.monitor !== undefined) reporter = createAProgressReporter(options.monitor, globalObject);

    // 12. Let promise be a new promise.
    const promise = aNewPromise<HybridModelImplementation>();

    // 13. Run the following steps in parallel:
    inParallel(async () => {
      try {
        // 13.1. Let manifest be the result of fetching a model manifest given location, environment, and
        //       signal. If this throws an exception error, then queue a global task on the hybrid AI task
        //       source given environment's global object to reject promise with error, and abort these steps.
        const manifest = await fetchAModelManifest(host, location, signal);

        // 13.2. Let verdict be the result of assessing a model given manifest, the user agent's device class,
        //       and options.
        const verdict = assessAModel(manifest, await deviceClassOf(host), options);

        // 13.3. Let plans be the result of listing the plans for manifest given verdict's variant, remotes,
        //       and options.
        const plans = listThePlans(manifest, verdict.variant, remotes, options);

        // 13.4. Queue a global task on the hybrid AI task source given environment's global object to finish
        //       a creation of promise given environment, manifest, verdict, plans, options, and reporter.
        host.queueATask(() =>
          finishACreation(
            (global, internals) => new HybridModelImplementation(global, internals),
            promise,
            globalObject,
            manifest,
            verdict,
            plans,
            options,
            reporter,
          ),
        );
      } catch (error) {
        host.queueATask(() => promise.reject(error));
      }
    });

    // 14. Return promise.
    return promise.promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-hybridmodel-run */
  run(inputs: Record<string, ModelTensor>, options: ModelRunOptions): Promise<ModelResult> {
    // 1. If this's relevant settings object is not alive, or this's ended is true, then return a promise
    //    rejected with an "InvalidStateError" DOMException.
    if (!this.host.isFullyActive()) throw notFullyActive();
    if (this.ended) throw new DOMException("The model has ended. Create another one.", "InvalidStateError");

    // 2. If options["deadline"] exists and is less than 0, then return a promise rejected with a RangeError.
    if (options.deadline !== undefined && options.deadline < 0) {
      throw new RangeError("A deadline is a number of milliseconds from now, 0 or greater.");
    }

    // 3. Let dimensions be an empty map.
    const dimensions = new Map<string, number>();

    // 4. Let tensors be the result of taking the inputs inputs for this's manifest given dimensions. If this
    //    throws an exception, then return a promise rejected with it.
    const tensors = takeTheInputs(inputs, this.manifest, dimensions);

    // 5. If tensors is failure, then return a promise rejected with a TypeError.
    if (isFailure(tensors))
      throw new TypeError(`The model cannot be run with these inputs: ${tensors.message}.`);

    // 6. Let signal be options["signal"] if it exists; otherwise null.
    const signal = options.signal ?? null;

    // 7. If signal is not null and is aborted, then return a promise rejected with signal's abort reason.
    if (signal?.aborted) throw signal.reason;

    // 8. Let now be the monotonic clock's unsafe current time.
    const now = this.host.now();

    // 9. Let run be a new run whose inputs is tensors, dimensions is dimensions, start is now, deadline is
    //    now plus options["deadline"] milliseconds if that exists and null otherwise, and promise is a new
    //    promise.
    const deadline = options.deadline === undefined ? null : now + options.deadline;
    const run = aNewRun(tensors, dimensions, now, deadline);

    // 10. For each plan of this's plans, append to run's attempts a new attempt whose plan is plan, exchange
    //     is a new exchange, and controller is a new AbortController.
    for (const plan of this.plans) run.attempts.push(aNewAttempt(plan));

    // 11. Append run to this's runs.
    this.runs.add(run);
    this.changes.tell();

    // 12. If signal is not null, then add the following abort steps to signal: cancel run of this with
    //     signal's abort reason.
    if (signal !== null)
      run.forgetTheSignal = addAbortSteps(signal, () => cancelARun(run, this, signal.reason));

    // 13. Run these steps in parallel, after those of earlier calls have begun their first attempt or wait:
    //     dispatch run of this.
    inParallel(() => dispatchARun(run, this));

    // 14. Return run's promise.
    return run.promise.promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-hybridmodel-clientready */
  get clientReady(): Promise<void> {
    // 1. Return this's client ready promise.
    return this.clientReadyPromise.promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-hybridmodel-lost */
  get lost(): Promise<ModelLostInfo> {
    // 1. Return this's lost promise.
    return this.lostPromise.promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-hybridmodel-destroy */
  destroy(): void {
    // 1. End this with a new "AbortError" DOMException.
    endAModel(this, new DOMException("The model was destroyed.", "AbortError"));
  }
}

export { HybridModelImplementation as implementation };

function notFullyActive(): DOMException {
  return new DOMException("The document is not fully active.", "InvalidStateError");
}

function notAllowed(): DOMException {
  return new DOMException(
    'The permissions policy of this document does not allow "hybrid-model". A frame is given it by its allow attribute.',
    "NotAllowedError",
  );
}
