/** A window, as far as the frames around it matter. */
export interface FramedWindow {
  readonly parent: FramedWindow;
  readonly frameElement: { getAttribute(name: string): string | null } | null;
  readonly origin: string;
}

/**
 * Whether a window is allowed to use a policy-controlled feature whose default allowlist is 'self', as far as a page can
 * tell. The frame of another origin cannot see what its embedder allows, and is allowed nothing.
 * https://w3c.github.io/webappsec-permissions-policy/#algo-define-inherited-policy-in-container
 */
export function isAllowedInItsFrames(window: FramedWindow, feature: string): boolean {
  if (window.parent === window) return true;
  const element = frameElementOf(window);
  if (element === null) return false;
  const allowlist = allowlistOf(element.getAttribute("allow") ?? "", feature);
  if (allowlist !== null && !allowlist.some((each) => isMatchedBy(each, window.origin))) return false;
  return isAllowedInItsFrames(window.parent, feature);
}

/** Null in a frame of another origin. */
function frameElementOf(window: FramedWindow): FramedWindow["frameElement"] {
  try {
    return window.parent.origin === window.origin ? window.frameElement : null;
  } catch {
    return null;
  }
}

/** The allowlist that an `allow` attribute gives a feature, or null where it says nothing of it. */
function allowlistOf(attribute: string, feature: string): string[] | null {
  for (const directive of attribute.split(";")) {
    const [name, ...allowlist] = directive.split(/[\t\n\f\r ]+/).filter((each) => each !== "");
    if (name === feature) return allowlist.length === 0 ? ["'src'"] : allowlist;
  }
  return null;
}

function isMatchedBy(item: string, origin: string): boolean {
  return item === "*" || item === "'self'" || item === "'src'" || item === origin;
}
