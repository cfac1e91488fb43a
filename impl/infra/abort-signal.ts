/** Waits for `promise`; throws the signal's abort reason once the signal is aborted, and lets `promise` go its way. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  const forget = addAbortSteps(signal, abort);
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    forget();
  }
}

/**
 * https://dom.spec.whatwg.org/#abortsignal-add : returns what takes the steps away again.
 *
 * These are steps, and no listener among the page's own: the page can neither run them by an event of its own making nor,
 * where the platform has dependent signals, keep the true one from them.
 */
export function addAbortSteps(signal: AbortSignal, steps: () => void): () => void {
  const dependent = aDependentSignal(signal);
  const forget = () => dependent.removeEventListener("abort", listener);
  function listener(): void {
    if (!signal.aborted) return;
    forget();
    steps();
  }
  dependent.addEventListener("abort", listener);
  return forget;
}

/** The signal itself, where the platform cannot make another one of it. */
function aDependentSignal(signal: AbortSignal): AbortSignal {
  try {
    return AbortSignal.any([signal]);
  } catch {
    return signal;
  }
}

/** A controller that is aborted with `signal`, too, until `forget` is called. */
export function aDependentController(signal: AbortSignal): {
  controller: AbortController;
  forget: () => void;
} {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  return { controller, forget: addAbortSteps(signal, abort) };
}
