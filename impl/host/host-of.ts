import type { GlobalObject } from "../../idl/contracts.ts";
import type { Host } from "./host.ts";

const hosts = new WeakMap<GlobalObject, Host>();

/** The host of a global object on which the interfaces are installed. */
export function hostOf(globalObject: GlobalObject): Host {
  const host = hosts.get(globalObject);
  if (host === undefined) {
    throw new Error(
      "This global object has no host: install the interfaces on it before you make one of their objects.",
    );
  }
  return host;
}

export function hasHost(globalObject: GlobalObject): boolean {
  return hosts.has(globalObject);
}

export function setHostOf(globalObject: GlobalObject, host: Host): void {
  hosts.set(globalObject, host);
}
