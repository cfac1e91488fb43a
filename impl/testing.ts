import type { GlobalObject } from "../idl/contracts.ts";
import { arithmeticBackend } from "./backend/arithmetic/arithmetic-backend.ts";
import { deleteVirtualModelEnvironment, setVirtualModelEnvironment } from "./automation/commands.ts";
import type { TopLevelTraversable } from "./automation/commands.ts";
import { createABrowserHost } from "./host/browser/browser-host.ts";
import type { Host } from "./host/host.ts";
import { VirtualHost } from "./host/virtual/virtual-host.ts";
import { install } from "./install/install.ts";

/**
 * The polyfill with a virtual model environment, for web-platform-tests. A runner sets and deletes the environment
 * through `globalThis[Symbol.for("hybrid-ai testing")]`. Where it has put a host at
 * `globalThis[Symbol.for("hybrid-ai host")]` (as in jsdom), that one is used in place of the browser's.
 */
const realm = globalThis as GlobalObject & Record<symbol, unknown>;
const given = realm[Symbol.for("hybrid-ai host")] as Host | undefined;
const host = new VirtualHost(given ?? createABrowserHost(), [arithmeticBackend]);

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

if (install(realm, host)) {
  realm[Symbol.for("hybrid-ai testing")] = {
    setVirtualModelEnvironment: (parameters: unknown) => setVirtualModelEnvironment(traversable, parameters),
    deleteVirtualModelEnvironment: () => deleteVirtualModelEnvironment(traversable),
  };
}
