import type { GlobalObject } from "../../idl/contracts.ts";
import type * as page from "../../idl/page-types.ts";
import type { Host } from "../host/host.ts";
import { defineInterfaces } from "./install.ts";
import { createAssociated } from "./navigator-models.ts";

/** The objects of the specification, on no global. */
export interface ObjectsApart {
  readonly modelCapabilities: page.ModelCapabilities;
  readonly modelCache: page.ModelCache;
  readonly HybridModel: page.HybridModelConstructor;
  readonly ModelRunError: page.ModelRunErrorConstructor;
}

/**
 * Makes the objects of the specification apart from `globalObject`, which is left as it is and lends them the
 * platform's own interfaces. `host` is behind them.
 */
export function makeObjectsApart(globalObject: GlobalObject, host: Host): ObjectsApart {
  const realm = Object.create(globalObject) as GlobalObject & Record<string, unknown>;
  defineInterfaces(realm, host, ["Window"], true);
  const { HybridModel, ModelRunError } = realm as unknown as ObjectsApart;
  return {
    modelCapabilities: createAssociated("modelCapabilities", realm),
    modelCache: createAssociated("modelCache", realm),
    HybridModel,
    ModelRunError,
  };
}
