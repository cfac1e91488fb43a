/** https://webidl.spec.whatwg.org/#a-new-promise : a promise with the means to settle it. */
export interface NewPromise<T> {
  readonly promise: Promise<T>;
  /** https://webidl.spec.whatwg.org/#resolve */
  readonly resolve: (value: T) => void;
  /** https://webidl.spec.whatwg.org/#reject */
  readonly reject: (reason: unknown) => void;
}

/** https://webidl.spec.whatwg.org/#a-new-promise */
export function aNewPromise<T>(): NewPromise<T> {
  return Promise.withResolvers<T>();
}

const handled = new WeakSet<Promise<unknown>>();

/** https://webidl.spec.whatwg.org/#mark-a-promise-as-handled : nobody need hear of its rejection. */
export function markAsHandled(promise: Promise<unknown>): void {
  handled.add(promise);
  promise.catch(() => undefined);
}

/** The bindings carry the mark over to the promise that the page has in its place. */
export function isMarkedAsHandled(promise: Promise<unknown>): boolean {
  return handled.has(promise);
}
