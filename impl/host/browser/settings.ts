import { isAllowedInItsFrames } from "../frames.ts";
import type { FramedWindow } from "../frames.ts";
import type { Globals } from "../host.ts";

/** What a window has and a worker has not. */
export interface WindowParts {
  readonly document: { readonly defaultView: object | null };
  readonly window: FramedWindow;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#is-alive */
export function isAlive(environment: Partial<WindowParts>): boolean {
  // 1. Let global be environment's global object.
  const global = environment;

  // 2. If global is a Window object, then return true if global's associated Document is fully active, and
  //    false otherwise.
  // NB: The document of a frame that was taken out, or went elsewhere, has no window.
  if (global.document !== undefined) return global.document.defaultView !== null;

  // 3. Return true if every Document that global's owner set leads to is fully active, and false otherwise.
  // NB: While they are not, a worker stands still, and its script is not told.
  return true;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#may-use */
export function mayUse(
  environment: Partial<WindowParts>,
  feature: Parameters<Globals["isAllowedToUse"]>[0],
): boolean {
  // 1. Let global be environment's global object.
  const global = environment;

  // 2. If global is a Window object, then return true if global's associated Document is allowed to use
  //    feature, and false otherwise.
  if (global.window !== undefined) return isAllowedInItsFrames(global.window, feature);

  // 3. Return true if every Document that global's owner set leads to is allowed to use feature, and false
  //    otherwise.
  // NB: A script in a worker cannot ask the documents that own it; a browser can.
  return true;
}
