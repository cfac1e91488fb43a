import type { Host } from "../host/host.ts";

/** A host that is created when something is first asked of it: a module that only names it does nothing yet. */
export function hostWhenNeeded(create: () => Host): Host {
  let host: Host | null = null;
  return new Proxy({} as Host, {
    get(_target, name) {
      host ??= create();
      return Reflect.get(host, name) as unknown;
    },
  });
}
