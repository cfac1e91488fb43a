import type { GlobalObject } from "../../idl/contracts.ts";
import { interfaces } from "../generated/bindings.js";
import { hasHost, setHostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { setStrategyOf } from "../hybrid-dispatch/strategy.ts";
import { keepItHere } from "../strategies/keep-it-here.ts";
import { includeNavigatorModels } from "./navigator-models.ts";

type Realm = GlobalObject & Record<string, unknown>;

/**
 * Gives a window or a dedicated worker the interfaces of the specification, with `host` behind them. Does nothing
 * where they are installed already, where the user agent has them itself, in other kinds of global, and outside of
 * secure contexts.
 *
 * Returns whether the interfaces are now there by this function's doing.
 */
export function install(globalObject: GlobalObject, host: Host): boolean {
  const realm = globalObject as Realm;
  if (hasHost(realm)) return true;
  if (hasInterfaces(realm)) return false;
  const { isSecureContext } = realm;
  defineInterfaces(realm, host, globalNamesOf(realm), isSecureContext);
  if (!hasHost(realm)) return false;
  includeNavigatorModels(realm, isSecureContext);
  return true;
}

/**
 * https://webidl.spec.whatwg.org/#define-the-global-property-references
 *
 * @param globalNames - the names that `[Exposed]` knows the global by
 */
export function defineInterfaces(
  globalObject: GlobalObject,
  host: Host,
  globalNames: readonly string[],
  isSecureContext: boolean,
): void {
  const realm = globalObject as Realm;
  const isExposed = ({ secureContext }: { secureContext: boolean }) => isSecureContext || !secureContext;
  for (const each of interfaces.filter(isExposed)) each.install(realm, globalNames);
  if (!hasInterfaces(realm)) return;
  setHostOf(realm, host);
  setStrategyOf(realm, keepItHere);
}

function hasInterfaces(realm: Realm): boolean {
  return interfaces.some(({ name }) => name in realm);
}

/** https://webidl.spec.whatwg.org/#Global : the names of the global's interface, or none where nothing of ours is exposed. */
function globalNamesOf(realm: Realm): readonly string[] {
  if (isInstance(realm, "Window")) return ["Window"];
  if (isInstance(realm, "DedicatedWorkerGlobalScope")) return ["DedicatedWorker", "Worker"];
  return [];
}

function isInstance(realm: Realm, name: string): boolean {
  const constructor = realm[name];
  return typeof constructor === "function" && realm instanceof constructor;
}
