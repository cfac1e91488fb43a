/**
 * https://html.spec.whatwg.org/#in-parallel
 *
 * Starts `steps` without waiting for them. The steps settle their promises themselves; an error that escapes them
 * is a fault of this implementation, and is reported as an unhandled rejection rather than swallowed.
 */
export function inParallel(steps: () => Promise<void>): void {
  void Promise.resolve().then(steps);
}
