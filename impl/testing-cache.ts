import { deleteVirtualModelEnvironment, setVirtualModelEnvironment } from "./automation/commands.ts";
import type { TopLevelTraversable } from "./automation/commands.ts";
import { createABrowserHost } from "./host/browser/browser-host.ts";
import type { Host } from "./host/host.ts";
import { VirtualHost } from "./host/virtual/virtual-host.ts";
import { ModelCache, ModelFile, ModelMonitor, createAModelCache } from "./install/cache-bindings.ts";

/**
 * The cache of `cache.ts`, put where the web-platform-tests of the model cache look for it: so they prove its bindings.
 */
const realm = globalThis as typeof globalThis & Record<symbol, unknown>;
const given = realm[Symbol.for("hybrid-ai host")] as Host | undefined;
const host = new VirtualHost(given ?? createABrowserHost(), []);
const traversable: TopLevelTraversable = {
  isOpen: true,
  host,
  get virtualModelEnvironment() {
    return host.environment;
  },
  set virtualModelEnvironment(environment) {
    host.environment = environment;
  },
};

Object.assign(realm, {
  ModelCache,
  ModelFile,
  ModelMonitor,
  [Symbol.for("hybrid-ai testing")]: {
    setVirtualModelEnvironment: (parameters: unknown) => setVirtualModelEnvironment(traversable, parameters),
    deleteVirtualModelEnvironment: () => deleteVirtualModelEnvironment(traversable),
  },
});
const modelCache = createAModelCache(globalThis, host);
Object.defineProperty(navigator, "modelCache", { get: () => modelCache, configurable: true });
