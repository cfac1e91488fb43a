import type { GlobalObject } from "../../idl/contracts.ts";
import type * as page from "../../idl/page-types.ts";
import { platformMembers } from "../generated/bindings.js";

type Realm = GlobalObject & Record<string, unknown>;

/** The global objects with the interfaces on them, by their `navigator`. */
const realms = new WeakMap<object, Realm>();
const associatedObjects = new WeakMap<Realm, Map<string, object>>();

/**
 * https://hybrid-ai-web.github.io/hybrid-ai/#navigatormodels
 *
 * Defines the attributes of the mixin on the `Navigator` or `WorkerNavigator` of a global, as the platform's own bindings would.
 */
export function includeNavigatorModels(realm: Realm, isSecureContext: boolean): void {
  realms.set(realm.navigator, realm);
  const attributes = Object.getOwnPropertyDescriptors(navigatorModels(realm));
  for (const { target, name, secureContext } of platformMembers) {
    const interfaceObject = realm[target] as { prototype: object } | undefined;
    if (interfaceObject === undefined || (secureContext && !isSecureContext)) continue;
    // A page may have put a `value` on Object.prototype, which no attribute has.
    const attribute = { __proto__: null, ...attributes[name as keyof page.NavigatorModels] };
    Object.defineProperty(interfaceObject.prototype, name, attribute);
  }
}

/** The getters throw a TypeError of `realm` on anything but a `navigator`. */
function navigatorModels(realm: Realm): page.NavigatorModels {
  return {
    /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-navigatormodels-modelcapabilities */
    get modelCapabilities() {
      // 1. Return this's associated ModelCapabilities.
      return associated(this, "modelCapabilities", realm);
    },

    /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-navigatormodels-modelcache */
    get modelCache() {
      // 1. Return this's associated ModelCache.
      return associated(this, "modelCache", realm);
    },
  };
}

/** The one object of a kind that a navigator has, made when it is first asked for. */
function associated<Name extends keyof page.NavigatorModels>(
  navigator: object | undefined,
  name: Name,
  realm: Realm,
): page.NavigatorModels[Name] {
  const owner = realms.get(navigator ?? realm);
  if (owner === undefined) {
    throw new realm.TypeError(`'${name}' was asked of something that is no navigator.`);
  }
  const objects = associatedObjects.get(owner) ?? new Map<string, object>();
  associatedObjects.set(owner, objects);
  const object = objects.get(name) ?? createAssociated(name, owner);
  objects.set(name, object);
  return object as page.NavigatorModels[Name];
}

/** The object that a navigator of `realm` would have under `name`. */
export function createAssociated<Name extends keyof page.NavigatorModels>(
  name: Name,
  realm: GlobalObject,
): page.NavigatorModels[Name] {
  const member = platformMembers.find((each) => each.name === name)!;
  return member.create(realm) as page.NavigatorModels[Name];
}
