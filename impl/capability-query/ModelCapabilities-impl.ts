import type { GlobalObject, ModelCapabilities, ModelFit, ModelRequirements } from "../../idl/contracts.ts";
import { hostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { aNewPromise } from "../infra/promise.ts";
import { fetchAModelManifest } from "../model-manifest/fetch-a-model-manifest.ts";
import { locateAManifest } from "../model-manifest/locate-a-manifest.ts";
import { assessAModel } from "./assess-a-model.ts";
import type { Verdict } from "./assess-a-model.ts";
import { deviceClassOf } from "./device-class.ts";
import { validateModelRequirements } from "./validate-model-requirements.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#modelcapabilities */
export class ModelCapabilitiesImplementation implements ModelCapabilities {
  readonly #host: Host;

  constructor(globalObject: GlobalObject) {
    this.#host = hostOf(globalObject);
  }

  /**
   * https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelcapabilities-query
   *
   * NB: What is thrown here the bindings make a rejected promise of, at once: in a document that is not fully active
   * no reaction runs, so that the promise of an async function would be heard of no more.
   */
  query(model: ModelRequirements): Promise<ModelFit> {
    // 1. Let environment be this's relevant settings object.
    const host = this.#host;

    // 2. If environment is not alive, then return a promise rejected with an "InvalidStateError"
    //    DOMException.
    if (!host.isFullyActive())
      throw new DOMException("The document is not fully active.", "InvalidStateError");

    // 3. Let location be the result of locating a manifest given model and environment. If this throws an
    //    exception, then return a promise rejected with it.
    const location = locateAManifest(host, model);

    // 4. Validate model. If this throws an exception, then return a promise rejected with it.
    validateModelRequirements(model);

    // 5. If environment may not use "model-capabilities", then return a promise rejected with a
    //    "NotAllowedError" DOMException.
    if (!host.isAllowedToUse("model-capabilities")) {
      throw new DOMException(
        'The permissions policy of this document does not allow "model-capabilities". A frame is given it by its allow attribute.',
        "NotAllowedError",
      );
    }

    // 6. Let promise be a new promise.
    const { promise, resolve, reject } = aNewPromise<ModelFit>();

    // 7. Run the following steps in parallel:
    inParallel(async () => {
      try {
        // 7.1. Let manifest be the result of fetching a model manifest given location, environment, and null.
        //      If this throws an exception error, then queue a global task on the hybrid AI task source given
        //      this's relevant global object to reject promise with error, and abort these steps.
        const manifest = await fetchAModelManifest(host, location, null);

        // 7.2. Let verdict be the result of assessing a model given manifest, the user agent's device class,
        //      and model.
        const verdict = assessAModel(manifest, await deviceClassOf(host), model);

        // 7.3. Queue a global task on the hybrid AI task source given this's relevant global object to
        //      resolve promise with the result of creating a model fit given verdict.
        host.queueATask(() => resolve(createAModelFit(verdict)));
      } catch (error) {
        host.queueATask(() => reject(error));
      }
    });

    // 8. Return promise.
    return promise;
  }
}

export { ModelCapabilitiesImplementation as implementation };

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-a-model-fit */
function createAModelFit(verdict: Verdict): ModelFit {
  // 1. If verdict's variant is null, then return a ModelFit whose supported is false and reason is verdict's
  //    reason.
  if (verdict.variant === null) return { supported: false, reason: verdict.reason };

  // 2. Return a ModelFit whose supported is true, variant is verdict's variant's name, and latency is
  //    verdict's latency.
  return { supported: true, variant: verdict.variant.name, latency: verdict.latency };
}
