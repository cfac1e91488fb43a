/**
 * https://webidl.spec.whatwg.org/#dfn-platform-object
 *
 * Under this key an implementation holds the object that the page has for it. The bindings put it there when the
 * implementation first leaves for the page.
 */
export const platformObject: unique symbol = Symbol("platform object");

/** The object that the page has for `implementation`, or null where none has left yet. */
export function platformObjectOf(implementation: object): object | null {
  return (implementation as { [platformObject]?: object })[platformObject] ?? null;
}
