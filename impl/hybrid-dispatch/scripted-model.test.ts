import type { GlobalObject } from "../../idl/contracts.ts";
import type { LoadedPart } from "../backend/backend.ts";
import { setHostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { markAsHandled } from "../infra/promise.ts";
import type { VerifiedFile } from "../model-cache/verified-file.ts";
import type { ModelManifest, Part, Variant } from "../model-manifest/manifest.ts";
import { keepItHere } from "../strategies/keep-it-here.ts";
import { aNewClient } from "./client.ts";
import { HybridModelImplementation } from "./HybridModel-impl.ts";
import type { Plan } from "./plan.ts";
import { setStrategyOf } from "./strategy.ts";

/** What the tests of hybrid dispatch share: a model without inputs, outputs and remotes, on a host of a few members. */

export const part = { inputs: [], outputs: [], file: { digest: "d" } } as unknown as Part;
export const anEmptyFile = { size: 0, readBytes: async () => new Uint8Array() } as unknown as VerifiedFile;
export const variant = { name: "exact", fidelity: 1, format: "onnx", parts: [part] } as unknown as Variant;
export const onTheClient: Plan = { variant, stages: [{ remote: null, parts: [part] }] };

export function aGlobalObject(members: Partial<Host> = {}): GlobalObject {
  const globalObject = {} as GlobalObject;
  const host: Partial<Host> = {
    now: () => 1000,
    wait: () => new Promise(() => undefined),
    queueATask: queueMicrotask,
    isFullyActive: () => true,
    topLevelSite: "https://a.example",
    exposureLimit: () => "any",
    consultAnExecutor: async () => "succeed",
    whenTheUserDecides: () => () => undefined,
    lock: (_storageKey, _name, steps) => steps(),
    untilItIsInactive: () => new AbortController().signal,
    ...members,
  };
  setHostOf(globalObject, host as Host);
  setStrategyOf(globalObject, keepItHere);
  return globalObject;
}

export function aModel(
  members?: Partial<Host>,
  plans: readonly Plan[] = [onTheClient],
): HybridModelImplementation {
  const manifest = { inputs: new Map(), outputs: new Map() } as unknown as ModelManifest;
  const client = aNewClient(variant, null);
  const model = new HybridModelImplementation(aGlobalObject(members), {
    manifest,
    exposure: "any",
    plans,
    client,
  });
  markAsHandled(model.clientReadyPromise.promise);
  return model;
}

/** A part that gives nothing, which is right for one without outputs; `released` counts. */
export function aLoadedPart(members: Partial<LoadedPart> = {}): LoadedPart & { released: number } {
  const loaded = {
    released: 0,
    lost: new Promise<string>(() => undefined),
    run: async () => new Map(),
    release: async () => {
      loaded.released += 1;
    },
    ...members,
  };
  return loaded;
}
