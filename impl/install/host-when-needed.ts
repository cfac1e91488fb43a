import type { Host } from "../host/host.ts";

/**
 * A host that is created when something is first asked of it: a module that only names it does nothing yet. Without a secure
 * context there is none, as there is no interface on a global there.
 */
export function hostWhenNeeded(
  create: () => Host,
  { isSecureContext }: { readonly isSecureContext?: boolean } = globalThis,
): Host {
  let host: Host | null = null;
  return new Proxy({} as Host, {
    get(_target, name) {
      if (isSecureContext === false) throw needsASecureContext();
      host ??= create();
      return Reflect.get(host, name) as unknown;
    },
  });
}

function needsASecureContext(): DOMException {
  const message = "There are no models on a page that is not secure. Serve it by https, or from localhost.";
  return new DOMException(message, "SecurityError");
}
